#include "jobs/sweeper.hpp"

#include <algorithm>
#include <utility>

#include "async/in_lanes.hpp"
#include "jobs/job_events.hpp"

namespace ingestor {

namespace asio = boost::asio;

namespace {

/// A store behind a network takes up many in the time of one.
constexpr std::size_t kAtOnceMax = 16;

TimePoint queued_since(const Job& job) {
    if (job.attempts.empty()) return job.created_at;
    return job.attempts.back().ended_at.value_or(job.created_at);
}

}  // namespace

Sweeper::Sweeper(const asio::any_io_executor& executor, JobStore& jobs, const Clock& clock,
                 Log& log, Options options)
    : jobs_(jobs), clock_(clock), log_(log), options_(std::move(options)), wake_(executor) {}

asio::awaitable<Result<Swept>> Sweeper::sweep() {
    const auto end = clock_.now() + options_.time_max;
    Swept swept;
    for (;;) {
        const auto before = swept.republished;
        const auto found = co_await sweep_batch(swept);
        if (!found) co_return std::unexpected(found.error());
        // Those that wait to be taken up again may be found once more: without progress it is over.
        const bool may_be_more = *found == kJobsInBatchMax && swept.republished > before;
        if (!may_be_more || stopped_ || clock_.now() >= end) co_return swept;
    }
}

asio::awaitable<Result<std::size_t>> Sweeper::sweep_batch(Swept& swept) {
    const auto now = clock_.now();
    std::erase_if(redriven_, [this, now](const auto& entry) {
        return entry.second + options_.patience <= now;
    });
    const auto stranded =
        co_await jobs_.find_stranded(now, now - options_.queued_for, kJobsInBatchMax);
    if (!stranded) co_return std::unexpected(stranded.error());
    std::optional<Error> failure;
    auto one = [&](std::size_t index) { return take_up((*stranded)[index], now, swept, failure); };
    co_await in_lanes(stranded->size(), kAtOnceMax, one);
    if (failure) co_return std::unexpected(std::move(*failure));
    co_return stranded->size();
}

asio::awaitable<void> Sweeper::take_up(const JobId& job_id, TimePoint now, Swept& swept,
                                       std::optional<Error>& failure) {
    if (failure) co_return;
    const auto job = co_await jobs_.get(job_id);
    if (!job) {
        if (job.error().code != Errc::not_found) failure = job.error();
        co_return;
    }
    if (job->status == JobStatus::queued) {
        swept.oldest_queued = std::max(swept.oldest_queued, now - queued_since(*job));
    }
    if (redriven_.contains(job_id)) co_return;
    auto event = processing_required(*job, options_.names, now);
    const auto redriven = co_await jobs_.redrive(job_id, std::move(event), now);
    if (!redriven) {
        if (is_retryable(redriven.error().code)) failure = redriven.error();
        co_return;
    }
    redriven_.emplace(job_id, now);
    ++swept.republished;
    log_.warn("stranded job published again", {{"job_id", job_id.value()}});
}

asio::awaitable<void> Sweeper::run() {
    while (!stopped_) {
        co_await wake_.wait(std::chrono::steady_clock::now() + options_.interval);
        if (stopped_) co_return;
        const auto swept = co_await sweep();
        if (!swept) log_.error("sweep failed", {{"error", swept.error().message}});
    }
}

void Sweeper::stop() {
    stopped_ = true;
    wake_.notify();
}

}  // namespace ingestor
