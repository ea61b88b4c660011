#include "jobs/job_retention.hpp"

#include <array>
#include <map>
#include <set>
#include <utility>

#include "async/for_each_concurrent.hpp"
#include "base/uuid.hpp"
#include "domain/names.hpp"
#include "jobs/file_keys.hpp"

namespace ingestor::jobs {

namespace asio = boost::asio;

namespace {

/// Deletions that are under way at once.
constexpr std::size_t kDeletionsMax = 8;

/// What is stored, for the gauges.
struct Stored {
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0;
};

constexpr std::string_view kUploads = "uploads";
constexpr std::string_view kOutputs = "outputs";
constexpr std::string_view kOthers = "others";

/// nullopt: it is no output of ours, but may be somebody's own.
std::optional<domain::JobId> job_of(const domain::ObjectKey& key) {
    auto job_id = job_of_output(key.value());
    if (!job_id || !is_uuid(job_id->value())) return std::nullopt;
    return job_id;
}

std::string_view kind_of(const domain::ObjectKey& key) {
    if (key.value().starts_with(domain::kUploadsPrefix)) return kUploads;
    return job_of(key) ? kOutputs : kOthers;
}

}  // namespace

JobRetention::JobRetention(const asio::any_io_executor& executor, Dependencies dependencies,
                           Options options)
    : dependencies_(dependencies), options_(options), wake_(executor) {}

asio::awaitable<Result<RetentionResult>> JobRetention::sweep() {
    RetentionResult result;
    const auto resumed = co_await dependencies_.deleter.resume();
    if (!resumed) co_return std::unexpected(resumed.error());
    result.removals_resumed = *resumed;
    const auto end = dependencies_.monotonic.now() + options_.time_max;
    while (options_.keep_jobs && !stopped_ && dependencies_.monotonic.now() < end) {
        const auto ended = co_await dependencies_.deletions.find_ended(
            dependencies_.clock.now() - *options_.keep_jobs, kJobsInBatchMax);
        if (!ended) co_return std::unexpected(ended.error());
        std::uint32_t deleted = 0;
        std::optional<Error> failure;
        auto one = [&](std::size_t index) -> asio::awaitable<void> {
            if (failure) co_return;
            const auto job = co_await dependencies_.jobs.get((*ended)[index]);
            if (!job) {
                if (job.error().code != Errc::not_found) failure = job.error();
                co_return;
            }
            const auto removed = co_await dependencies_.deleter.remove(*job);
            if (removed) {
                ++deleted;
            } else if (is_retryable(removed.error().code)) {
                // Any other: it was retried, or deleted, by its user meanwhile.
                failure = removed.error();
            }
        };
        co_await async::for_each_concurrent(ended->size(), kDeletionsMax, one);
        result.jobs_deleted += deleted;
        if (failure) co_return std::unexpected(std::move(*failure));
        if (ended->size() < kJobsInBatchMax || deleted == 0) break;
    }
    co_return result;
}

asio::awaitable<Result<std::monostate>> JobRetention::remove_unrecorded(
    const std::vector<ports::WalkedObject>& batch, RetentionResult& result) {
    const auto stored_before = dependencies_.clock.now() - options_.keep_unrecorded;
    std::vector<domain::ObjectKey> uploads;
    std::map<domain::JobId, std::vector<domain::ObjectKey>> outputs;
    for (const auto& object : batch) {
        if (object.stored_at >= stored_before) continue;
        if (object.key.value().starts_with(domain::kUploadsPrefix)) {
            uploads.push_back(object.key);
        } else if (auto job_id = job_of(object.key)) {
            outputs[std::move(*job_id)].push_back(object.key);
        }
    }
    if (!uploads.empty()) {
        const auto removed = co_await dependencies_.deleter.remove_unused(std::move(uploads));
        if (!removed) co_return std::unexpected(removed.error());
        result.objects_removed += *removed;
    }
    if (outputs.empty()) co_return std::monostate{};
    std::vector<domain::JobId> job_ids;
    for (const auto& [job_id, keys] : outputs) job_ids.push_back(job_id);
    const auto missing = co_await dependencies_.deletions.find_missing(std::move(job_ids));
    if (!missing) co_return std::unexpected(missing.error());
    for (const auto& job_id : *missing) {
        auto& keys = outputs[job_id];
        const auto count = keys.size();
        const auto removed = co_await dependencies_.deleter.remove_outputs(std::move(keys));
        if (!removed) co_return removed;
        result.objects_removed += count;
    }
    co_return std::monostate{};
}

asio::awaitable<Result<RetentionResult>> JobRetention::walk() {
    RetentionResult result;
    if (dependencies_.objects == nullptr) co_return result;
    std::map<std::string_view, Stored> stored{{kUploads, {}}, {kOutputs, {}}, {kOthers, {}}};
    const auto walk = dependencies_.objects->walk();
    while (!stopped_) {
        const auto batch = co_await walk->next(kObjectsInBatchMax);
        if (!batch) co_return std::unexpected(batch.error());
        if (batch->empty()) {
            for (const auto& [kind, sum] : stored) {
                dependencies_.metrics.set_stored(kind, sum.objects, sum.bytes);
            }
            break;
        }
        for (const auto& object : *batch) {
            auto& sum = stored[kind_of(object.key)];
            ++sum.objects;
            sum.bytes += object.stored_bytes;
        }
        const auto removed = co_await remove_unrecorded(*batch, result);
        if (!removed) co_return std::unexpected(removed.error());
        const auto next = dependencies_.monotonic.now() + options_.walk_rest;
        co_await dependencies_.monotonic.wait(wake_, next);
    }
    co_return result;
}

asio::awaitable<void> JobRetention::run() {
    auto walk_at = dependencies_.monotonic.now();
    while (!stopped_) {
        auto result = co_await sweep();
        if (result && !stopped_ && dependencies_.monotonic.now() >= walk_at) {
            walk_at = dependencies_.monotonic.now() + options_.walk_interval;
            const auto walked = co_await walk();
            if (walked) {
                result->objects_removed = walked->objects_removed;
            } else {
                result = std::unexpected(walked.error());
            }
        }
        if (!result) {
            dependencies_.log.warn("retention could not go on; trying again later",
                                   {{"error", result.error().message}});
        } else if (result->jobs_deleted + result->removals_resumed + result->objects_removed > 0) {
            dependencies_.log.info("deleted what was past its time",
                                   {{"jobs", result->jobs_deleted},
                                    {"removals_resumed", result->removals_resumed},
                                    {"objects_removed", result->objects_removed}});
        }
        if (stopped_) co_return;
        const auto next = dependencies_.monotonic.now() + options_.interval;
        co_await dependencies_.monotonic.wait(wake_, next);
    }
}

void JobRetention::stop() {
    stopped_ = true;
    wake_.notify();
}

}  // namespace ingestor::jobs
