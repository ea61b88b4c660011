#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "async/monotonic_clock.hpp"
#include "async/notifier.hpp"
#include "jobs/job_deleter.hpp"
#include "ports/clock.hpp"
#include "ports/job_store.hpp"
#include "ports/object_walk.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace ingestor::jobs {

/// What a sweep of the retention did.
struct RetentionResult {
    std::uint32_t removals_resumed = 0;
    std::uint32_t jobs_deleted = 0;
    std::uint64_t objects_removed = 0;  ///< That were on no record.
};

/// Deletes what is past its time: jobs so long after their end, uploads that no job took, outputs
/// whose job is gone. Goes on with deletions that were cut off. Call from the I/O executor only.
class JobRetention {
public:
    static constexpr std::uint32_t kJobsInBatchMax = 100;
    static constexpr std::size_t kObjectsInBatchMax = 500;

    struct Options {
        /// Ended jobs are kept so long; nullopt: for ever.
        std::optional<std::chrono::milliseconds> keep_jobs = std::chrono::days{30};
        /// An object that is on no record may belong to an upload or an attempt under way.
        std::chrono::milliseconds keep_unrecorded = std::chrono::hours{24};
        std::chrono::milliseconds interval = std::chrono::minutes{1};
        /// All objects are gone through so often …
        std::chrono::milliseconds walk_interval = std::chrono::hours{1};
        /// … with a rest after every kObjectsInBatchMax of them.
        std::chrono::milliseconds walk_rest{50};
        /// A sweep begins no further batch of jobs after this.
        std::chrono::milliseconds time_max = std::chrono::minutes{10};
    };
    /// All of it outlives the retention.
    struct Dependencies {
        ports::JobStore& jobs;
        ports::JobDeletions& deletions;
        JobDeleter& deleter;
        ports::WalkableObjects* objects =
            nullptr;  ///< Null: the store sees to its objects by itself.
        const ports::Clock& clock;
        async::MonotonicClock& monotonic;
        telemetry::Log& log;
        telemetry::Metrics& metrics;
    };
    JobRetention(const boost::asio::any_io_executor& executor, Dependencies dependencies,
                 Options options);

    /// Deletions that were cut off, and jobs past their time. Errors: unavailable.
    boost::asio::awaitable<Result<RetentionResult>> sweep();
    /// Goes through all objects, removes those that are on no record, and counts the others.
    /// Errors: unavailable.
    boost::asio::awaitable<Result<RetentionResult>> walk();
    /// Both, at once and then again and again, until stop().
    boost::asio::awaitable<void> run();
    void stop();

private:
    boost::asio::awaitable<Result<std::monostate>> remove_unrecorded(
        const std::vector<ports::WalkedObject>& batch, RetentionResult& result);

    Dependencies dependencies_;
    Options options_;
    async::Notifier wake_;
    bool stopped_ = false;
};

}  // namespace ingestor::jobs
