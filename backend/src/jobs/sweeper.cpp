#include "jobs/sweeper.hpp"

#include <algorithm>
#include <utility>

#include "async/for_each_concurrent.hpp"
#include "jobs/job_events.hpp"

namespace ingestor::jobs {

namespace asio = boost::asio;

namespace {

/// A store behind a network takes up many in the time of one.
constexpr std::size_t kAtOnceMax = 16;

TimePoint queued_since(const domain::Job& job) {
    if (job.attempts.empty()) return job.created_at;
    return job.attempts.back().ended_at.value_or(job.created_at);
}

}  // namespace

Sweeper::Sweeper(const asio::any_io_executor& executor, Dependencies dependencies, Options options)
    : dependencies_(dependencies),
      options_(std::move(options)),
      wake_(executor),
      state_(dependencies.log, telemetry::LogLevel::error, "sweep failed") {}

asio::awaitable<Result<SweepResult>> Sweeper::sweep() {
    const auto end = dependencies_.monotonic.now() + options_.time_max;
    const auto over = [&] { return stopped_ || dependencies_.monotonic.now() >= end; };
    SweepResult result;
    for (bool more = true; more;) {
        const auto before = result.republished;
        const auto found = co_await sweep_orphaned(result);
        if (!found) co_return failed(found.error());
        // Those within their grace period are found once more: without progress it is over.
        more = *found == kJobsInBatchMax && result.republished > before && !over();
    }
    for (bool more = !over(); more;) {
        const auto limit =
            dependencies_.trouble.current(dependencies_.monotonic.now()) ? 1 : kJobsInBatchMax;
        const auto found = co_await sweep_waiting(limit, result);
        if (!found) co_return failed(found.error());
        more = *found == kJobsInBatchMax && !over();
    }
    co_return result;
}

std::unexpected<Error> Sweeper::failed(const Error& error) {
    dependencies_.trouble.lasts(dependencies_.monotonic.now());
    return std::unexpected(error);
}

asio::awaitable<Result<std::size_t>> Sweeper::sweep_orphaned(SweepResult& result) {
    const auto now = dependencies_.clock.now();
    std::erase_if(republished_, [this](const auto& entry) {
        return entry.second + options_.grace_period <= dependencies_.monotonic.now();
    });
    const auto orphaned =
        co_await dependencies_.jobs.find_orphaned(now, now - options_.queued_for, kJobsInBatchMax);
    if (!orphaned) co_return std::unexpected(orphaned.error());
    std::optional<Error> failure;
    auto one = [&](std::size_t index) { return take_up((*orphaned)[index], now, result, failure); };
    co_await async::for_each_concurrent(orphaned->size(), kAtOnceMax, one);
    if (failure) co_return std::unexpected(std::move(*failure));
    co_return orphaned->size();
}

asio::awaitable<Result<std::size_t>> Sweeper::sweep_waiting(std::uint32_t limit,
                                                            SweepResult& result) {
    const auto now = dependencies_.clock.now();
    const auto waiting = co_await dependencies_.jobs.find_waiting(now, limit);
    if (!waiting) co_return std::unexpected(waiting.error());
    std::optional<Error> failure;
    auto one = [&](std::size_t index) { return take_up((*waiting)[index], now, result, failure); };
    co_await async::for_each_concurrent(waiting->size(), kAtOnceMax, one);
    if (failure) co_return std::unexpected(std::move(*failure));
    co_return waiting->size();
}

asio::awaitable<void> Sweeper::take_up(const domain::JobId& job_id, TimePoint now,
                                       SweepResult& result, std::optional<Error>& failure) {
    if (failure) co_return;
    const auto job = co_await dependencies_.jobs.get(job_id);
    if (!job) {
        if (job.error().code != Errc::not_found) failure = job.error();
        co_return;
    }
    const bool waited = job->next_attempt_at.has_value();
    if (job->status == domain::JobStatus::queued && !waited) {
        result.oldest_queued = std::max(result.oldest_queued, now - queued_since(*job));
    }
    if (!waited && republished_.contains(job_id)) co_return;
    auto event = processing_required(*job, options_.names, now);
    const auto republished = co_await dependencies_.jobs.republish(job_id, std::move(event), now);
    if (!republished) {
        if (is_retryable(republished.error().code)) failure = republished.error();
        co_return;
    }
    ++result.republished;
    if (waited) co_return;
    republished_.emplace(job_id, dependencies_.monotonic.now());
    dependencies_.log.warn("orphaned job published again", {{"job_id", job_id.value()}});
}

asio::awaitable<void> Sweeper::run() {
    while (!stopped_) {
        const auto next = dependencies_.monotonic.now() + options_.interval;
        while (!stopped_ && dependencies_.monotonic.now() < next) {
            co_await dependencies_.monotonic.wait(wake_, next);
        }
        if (stopped_) co_return;
        const auto swept = co_await sweep();
        if (swept) {
            state_.over(dependencies_.monotonic.now());
        } else {
            state_.report(dependencies_.monotonic.now(), swept.error().message);
        }
    }
}

void Sweeper::stop() {
    stopped_ = true;
    wake_.notify();
}

}  // namespace ingestor::jobs
