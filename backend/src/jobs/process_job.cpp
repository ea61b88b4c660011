#include "jobs/process_job.hpp"

#include <utility>
#include <variant>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include "jobs/attempt_run.hpp"
#include "jobs/file_keys.hpp"
#include "jobs/job_events.hpp"
#include "jobs/manifest.hpp"

namespace ingestor {

namespace asio = boost::asio;

namespace {

[[noreturn]] void fail_attempt(const JobId& job_id, std::string_view reason) {
    throw AttemptFailed(fmt::format("job {}: {}", job_id.value(), reason));
}

AttemptEnd interrupted_for(const std::string& reason) {
    return {.error = reason, .interrupted = true};
}

std::string last_words(const Job& job) {
    for (auto attempt = job.attempts.rbegin(); attempt != job.attempts.rend(); ++attempt) {
        if (attempt->error && !attempt->interrupted) return *attempt->error;
    }
    return "the service stopped each time";
}

}  // namespace

ProcessJob::ProcessJob(Parts parts, Options options)
    : parts_(parts), options_(std::move(options)) {}

asio::awaitable<void> ProcessJob::handle(Event event, std::stop_token stop, Deadline deadline) {
    // Lanes work on this frame: it ends by `stop` and never in the middle of an await.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const auto job_id = job_of(event);
    if (!job_id) throw std::invalid_argument(job_id.error().message);

    const auto now = parts_.clock.now();
    const auto lease_until = now + options_.lease;
    ClaimRequest request{
        .job_id = *job_id, .owner = options_.owner, .now = now, .lease_until = lease_until};
    auto claim = co_await parts_.jobs.claim(std::move(request));
    if (!claim) {
        if (claim.error().code != Errc::not_found) fail_attempt(*job_id, claim.error().message);
        parts_.log.warn("event for a job that is not there",
                        {{"job_id", job_id->value()}, {"event_id", event.id}});
        co_return;
    }
    if (auto* exhausted = std::get_if<AttemptsExhausted>(&*claim)) {
        co_await give_up(std::move(exhausted->job));
    } else if (auto* claimed = std::get_if<Claimed>(&*claim)) {
        co_await attempt(event.id, std::move(*claimed), lease_until, std::move(stop), deadline);
    } else {
        // A duplicate: the job has ended, or somebody is at it.
        parts_.log.debug("nothing to do for this event",
                         {{"job_id", job_id->value()}, {"event_id", event.id}});
    }
}

asio::awaitable<void> ProcessJob::attempt(std::string event_id, Claimed claimed,
                                          TimePoint lease_until, std::stop_token stop,
                                          Deadline deadline) {
    const auto job_id = claimed.job.job_id;
    const auto executor = co_await asio::this_coro::executor;
    RunningJobs::Entry entry(parts_.running, job_id);
    auto pass_on = [&entry] { entry.stop().request_stop(); };
    const std::stop_callback on_service_stop(stop, pass_on);

    AttemptRun run(parts_, options_, std::move(claimed), lease_until, entry.stop(), deadline,
                   executor);
    parts_.log.debug(
        "attempt started",
        {{"job_id", job_id.value()}, {"event_id", event_id}, {"attempt", run.attempt()}});
    parts_.watch.notify(run.job().user_id, job_id);
    co_await run.run();

    auto ended = Ending::lost;
    std::string reason;
    if (run.lost()) {
        reason = "the job is not ours any more";
    } else if (run.all_done()) {
        const auto written = co_await finish(run);
        ended = written ? Ending::finished : Ending::failed;
        if (!written) reason = written.error().message;
        if (!written && written.error().code == Errc::conflict) ended = Ending::lost;
    } else if (stop.stop_requested()) {
        ended = Ending::interrupted;
        reason = "the service stopped during this attempt";
    } else if (run.passing_error()) {
        ended = Ending::failed;
        reason = *run.passing_error();
    } else if (run.out_of_time()) {
        const auto handed_on = co_await hand_on(run);
        ended = handed_on ? Ending::handed_on : Ending::failed;
        if (!handed_on) reason = handed_on.error().message;
        if (!handed_on && handed_on.error().code == Errc::conflict) ended = Ending::lost;
    } else {
        reason = "cancelled";
    }

    switch (ended) {
        case Ending::finished:
            break;
        case Ending::handed_on:
            parts_.log.info(
                "attempt out of time; a further event goes on with the job",
                {{"job_id", job_id.value()}, {"event_id", event_id}, {"attempt", run.attempt()}});
            parts_.watch.notify(run.job().user_id, job_id);
            break;
        case Ending::lost:
            parts_.log.info("attempt ended without the job", {{"job_id", job_id.value()},
                                                              {"event_id", event_id},
                                                              {"attempt", run.attempt()},
                                                              {"error", reason}});
            break;
        case Ending::interrupted:
            // Where this fails, the lease is of a process that is gone: the next start takes over.
            co_await parts_.jobs.release(run.lease(), interrupted_for(reason), parts_.clock.now());
            fail_attempt(job_id, reason);
        case Ending::failed:
            parts_.log.warn("attempt failed", {{"job_id", job_id.value()},
                                               {"event_id", event_id},
                                               {"attempt", run.attempt()},
                                               {"error", reason}});
            co_await put_back(run, reason);
            parts_.watch.notify(run.job().user_id, job_id);
            fail_attempt(job_id, reason);
    }
}

asio::awaitable<Result<std::monostate>> ProcessJob::hand_on(const AttemptRun& run) {
    const auto now = parts_.clock.now();
    AttemptEnd end;
    const auto released = co_await parts_.jobs.release(run.lease(), std::move(end), now);
    if (!released) co_return released;
    auto event = processing_required(run.job(), options_.names, now);
    const auto published =
        co_await parts_.jobs.redrive(run.job().job_id, std::move(event), parts_.clock.now());
    // The job is queued again: where the event could not be published, the sweep finds it.
    if (!published) {
        parts_.log.warn(
            "could not publish the event that goes on with the job",
            {{"job_id", run.job().job_id.value()}, {"error", published.error().message}});
    }
    co_return std::monostate{};
}

asio::awaitable<Result<std::monostate>> ProcessJob::finish(const AttemptRun& run) {
    const auto& job = run.job();
    auto error = failure_of(job);
    const auto status = error ? JobStatus::failed : JobStatus::completed;
    // Before the end of the job, so that whoever sees the end finds the manifest.
    PutOptions options;
    options.attributes.content_type = "application/json";
    auto manifest = manifest_of(job, status);
    const auto put = co_await parts_.objects.put(manifest_key(job.job_id), std::move(manifest),
                                                 std::move(options));
    if (!put) co_return std::unexpected(put.error());
    co_return co_await end(run, status, std::move(error));
}

asio::awaitable<Result<std::monostate>> ProcessJob::end(const AttemptRun& run, JobStatus status,
                                                        std::optional<std::string> error) {
    const auto& job = run.job();
    const auto now = parts_.clock.now();
    auto event = processing_ended(job, status, error, options_.names, now);
    auto written = co_await parts_.jobs.finish(run.lease(), status, error, std::move(event), now);
    if (written) {
        parts_.metrics.job_ended(to_string(status));
        parts_.watch.notify(job.user_id, job.job_id);
        parts_.log.info("job ended", {{"job_id", job.job_id.value()},
                                      {"status", to_string(status)},
                                      {"attempt", run.attempt()},
                                      {"error", error.value_or("")}});
    }
    co_return written;
}

asio::awaitable<void> ProcessJob::put_back(const AttemptRun& run, std::string reason) {
    const auto failed = failed_attempts(run.job()) + 1;
    if (failed < kFailedAttemptsMax) {
        AttemptEnd end{.error = reason};
        co_await parts_.jobs.release(run.lease(), std::move(end), parts_.clock.now());
        co_return;
    }
    auto error = fmt::format("gave up after {} failed attempts; the last: {}", failed, reason);
    co_await end(run, JobStatus::failed, std::move(error));
}

asio::awaitable<void> ProcessJob::give_up(Job job) {
    const auto now = parts_.clock.now();
    const auto error = fmt::format("gave up after {} attempts; the last: {}", job.attempts.size(),
                                   last_words(job));
    auto event = processing_ended(job, JobStatus::failed, error, options_.names, now);
    const auto written =
        co_await parts_.jobs.fail_exhausted(job.job_id, error, std::move(event), now);
    if (written) {
        parts_.metrics.job_ended(to_string(JobStatus::failed));
        parts_.watch.notify(job.user_id, job.job_id);
        parts_.log.warn("job failed", {{"job_id", job.job_id.value()}, {"error", error}});
    } else if (is_retryable(written.error().code)) {
        fail_attempt(job.job_id, written.error().message);
    }
}

}  // namespace ingestor
