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

namespace ingestor::jobs {

namespace asio = boost::asio;

namespace {

[[noreturn]] void fail_attempt(const domain::JobId& job_id, std::string_view reason) {
    throw AttemptFailed(fmt::format("job {}: {}", job_id.value(), reason));
}

Trouble trouble_of(const Error& error, std::string_view doing) {
    return {.reason = fmt::format("{}: {}", doing, error.message),
            .kind = fmt::format("{}: {}", doing, to_string(error.code))};
}

}  // namespace

ProcessJob::ProcessJob(Dependencies dependencies, Options options)
    : dependencies_(dependencies), options_(std::move(options)) {}

asio::awaitable<void> ProcessJob::handle(std::shared_ptr<const eventbridge::Event> event,
                                         std::stop_token stop, Deadline deadline) {
    // Lanes work on this frame: it ends by `stop` and never in the middle of an await.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const auto job_id = job_of(*event);
    if (!job_id) throw std::invalid_argument(job_id.error().message);

    RunningJobs::Entry entry(dependencies_.running, *job_id);
    const auto claimed_at = dependencies_.monotonic.now();
    auto outcome = co_await claim(*job_id, stop, deadline);
    if (!outcome) {
        if (outcome.error().code != Errc::not_found) fail_attempt(*job_id, outcome.error().message);
        dependencies_.log.warn("event for a job that is not there",
                               {{"job_id", job_id->value()}, {"event_id", event->id}});
        co_return;
    }
    if (auto* claimed = std::get_if<ports::Claimed>(&*outcome)) {
        entry.begin(claimed->job.attempts.back().number);
        co_await attempt(std::move(event), std::move(*claimed), claimed_at + options_.lease, entry,
                         std::move(stop), deadline);
    } else {
        // A duplicate: the job has ended, or waits, or somebody is at it.
        dependencies_.log.debug("nothing to do for this event",
                                {{"job_id", job_id->value()}, {"event_id", event->id}});
    }
}

asio::awaitable<Result<ports::ClaimOutcome>> ProcessJob::claim(domain::JobId job_id,
                                                               std::stop_token stop,
                                                               Deadline deadline) {
    async::Notifier stopped(co_await asio::this_coro::executor);
    auto wake = [&stopped] { stopped.notify(); };
    const std::stop_callback on_stop(stop, wake);
    for (std::uint32_t waits = 1;; ++waits) {
        const auto now = dependencies_.clock.now();
        domain::ClaimRequest request{.job_id = job_id,
                                     .owner = options_.owner,
                                     .now = now,
                                     .lease_until = now + options_.lease};
        auto outcome = co_await dependencies_.jobs.claim(std::move(request));
        const bool away = !outcome && is_retryable(outcome.error().code);
        if (!away || deadline != Deadline::max()) co_return outcome;
        report_trouble(job_id, trouble_of(outcome.error(), "claim the job"));
        const auto again = dependencies_.monotonic.now() + domain::wait_before_attempt(waits);
        while (dependencies_.monotonic.now() < again && !stop.stop_requested()) {
            co_await dependencies_.monotonic.wait(stopped, again);
        }
        if (stop.stop_requested()) co_return outcome;
    }
}

void ProcessJob::report_trouble(const domain::JobId& job_id, Trouble trouble) {
    auto reason = trouble.reason;
    const bool say = dependencies_.trouble.met(std::move(trouble), dependencies_.monotonic.now());
    if (!say) return;
    dependencies_.log.warn("jobs wait for trouble of the service to pass",
                           {{"job_id", job_id.value()}, {"error", std::move(reason)}});
}

asio::awaitable<void> ProcessJob::attempt(std::shared_ptr<const eventbridge::Event> event,
                                          ports::Claimed claimed, Deadline lease_until,
                                          RunningJobs::Entry& entry, std::stop_token stop,
                                          Deadline deadline) {
    const auto job_id = claimed.job.job_id;
    const auto executor = co_await asio::this_coro::executor;
    auto pass_on = [&entry] { entry.stop().request_stop(); };
    const std::stop_callback on_service_stop(stop, pass_on);

    AttemptRun run(dependencies_, options_, gate_, std::move(claimed), lease_until, entry.stop(),
                   deadline, executor);
    dependencies_.log.debug(
        "attempt started",
        {{"job_id", job_id.value()}, {"event_id", event->id}, {"attempt", run.attempt()}});
    dependencies_.watch.notify(run.job().user_id, job_id);
    co_await run.run();

    auto ended = Ending::lost;
    Trouble trouble;
    auto& reason = trouble.reason;
    if (run.lost()) {
        reason = "the job is not ours any more";
    } else if (run.all_done()) {
        const auto written = co_await finish(run);
        ended = written ? Ending::finished : Ending::waiting;
        if (!written) trouble = trouble_of(written.error(), "end the job");
        if (!written && written.error().code == Errc::conflict) ended = Ending::lost;
        if (ended == Ending::waiting) co_await run.record_rest();
    } else if (stop.stop_requested()) {
        ended = Ending::interrupted;
        reason = "the service stopped during this attempt";
    } else if (run.trouble()) {
        ended = Ending::waiting;
        trouble = *run.trouble();
    } else if (run.out_of_time()) {
        const auto requeued = co_await requeue(run);
        ended = requeued ? Ending::requeued : Ending::waiting;
        if (!requeued) trouble = trouble_of(requeued.error(), "requeue the job");
        if (!requeued && requeued.error().code == Errc::conflict) ended = Ending::lost;
    } else {
        reason = "cancelled";
    }

    switch (ended) {
        case Ending::finished:
            break;
        case Ending::requeued:
            dependencies_.log.info(
                "attempt out of time; a further event goes on with the job",
                {{"job_id", job_id.value()}, {"event_id", event->id}, {"attempt", run.attempt()}});
            dependencies_.watch.notify(run.job().user_id, job_id);
            break;
        case Ending::lost:
            dependencies_.log.info("attempt ended without the job", {{"job_id", job_id.value()},
                                                                     {"event_id", event->id},
                                                                     {"attempt", run.attempt()},
                                                                     {"error", reason}});
            break;
        case Ending::interrupted: {
            domain::AttemptEnd end{.error = reason, .interrupted = true, .waits = run.job().waits};
            // Where this fails, the lease is of a process that is gone: the next start takes over.
            co_await dependencies_.jobs.release(run.lease(), std::move(end),
                                                dependencies_.clock.now());
            fail_attempt(job_id, reason);
        }
        case Ending::waiting: {
            report_trouble(job_id, trouble);
            dependencies_.metrics.job_waits();
            const auto waits = co_await wait_out(run, reason);
            dependencies_.watch.notify(run.job().user_id, job_id);
            // The lease runs out then, and the sweep finds the job.
            if (!waits && waits.error().code != Errc::conflict) fail_attempt(job_id, reason);
            break;
        }
    }
}

asio::awaitable<Result<std::monostate>> ProcessJob::wait_out(const AttemptRun& run,
                                                             std::string reason) {
    const auto waits = run.made_progress() ? 1 : run.job().waits + 1;
    const auto now = dependencies_.clock.now();
    domain::AttemptEnd end{.error = std::move(reason),
                           .next_attempt_at = now + domain::wait_before_attempt(waits),
                           .waits = waits,
                           .suspects = run.faults()};
    co_return co_await dependencies_.jobs.release(run.lease(), std::move(end), now);
}

asio::awaitable<Result<std::monostate>> ProcessJob::requeue(const AttemptRun& run) {
    const auto now = dependencies_.clock.now();
    domain::AttemptEnd end;
    const auto released = co_await dependencies_.jobs.release(run.lease(), std::move(end), now);
    if (!released) co_return released;
    auto event = processing_required(run.job(), options_.names, now);
    const auto published = co_await dependencies_.jobs.republish(run.job().job_id, std::move(event),
                                                                 dependencies_.clock.now());
    // The job is queued again: where the event could not be published, the sweep finds it.
    if (!published) {
        dependencies_.log.warn(
            "could not publish the event that goes on with the job",
            {{"job_id", run.job().job_id.value()}, {"error", published.error().message}});
    }
    co_return std::monostate{};
}

asio::awaitable<Result<std::monostate>> ProcessJob::finish(const AttemptRun& run) {
    if (!run.has_manifest()) {
        // Before the end of the job, so that whoever sees the end finds the manifest.
        auto [key, bytes, options] = manifest_of(run.job());
        const auto put = co_await dependencies_.objects.put(std::move(key), std::move(bytes),
                                                            std::move(options));
        if (!put) co_return std::unexpected(put.error());
    }
    ports::JobEnd end{.status = status_at_end(run.job()),
                      .error = failure_of(run.job()),
                      .last = run.unrecorded()};
    co_return co_await write_end(run, std::move(end));
}

asio::awaitable<Result<std::monostate>> ProcessJob::write_end(const AttemptRun& run,
                                                              ports::JobEnd end) {
    const auto& job = run.job();
    const auto now = dependencies_.clock.now();
    const auto status = end.status;
    const auto error = end.error;
    auto event = processing_ended(job, status, error, options_.names, now);
    auto written =
        co_await dependencies_.jobs.finish(run.lease(), std::move(end), std::move(event), now);
    if (written) {
        dependencies_.trouble.passed();
        dependencies_.metrics.job_ended(domain::to_string(status));
        dependencies_.watch.notify(job.user_id, job.job_id);
        dependencies_.log.info("job ended", {{"job_id", job.job_id.value()},
                                             {"status", domain::to_string(status)},
                                             {"attempt", run.attempt()},
                                             {"error", error.value_or("")}});
    }
    co_return written;
}

}  // namespace ingestor::jobs
