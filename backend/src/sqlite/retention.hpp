#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "ports/clock.hpp"
#include "sqlite/group_commit.hpp"

namespace ingestor::sqlite {

/// An event is kept this long after it was stored, and in any case while a delivery or a dead
/// letter of it is left. Nothing reads it any more; it is for a person who looks into the file.
inline constexpr auto kEventRetention = std::chrono::hours{1};
/// As long as the longest retention of an SQS queue, where dead letters live on AWS.
inline constexpr auto kDeadLetterRetention = std::chrono::days{14};
/// Rows looked at by one unit of work: some 5 ms of the writer's time.
inline constexpr int kSweepRows = 500;

struct RetentionOptions {
    std::chrono::milliseconds interval = std::chrono::minutes{5};
};

/// Deletes, now and then, what is past its time: events without deliveries, dead letters and
/// idempotency keys. It does so through the writer, a few rows a unit, so that no submit waits
/// long.
class Retention {
public:
    /// All outlive this.
    Retention(GroupCommit& writer, const Clock& clock, RetentionOptions options);
    ~Retention();
    Retention(const Retention&) = delete;
    Retention& operator=(const Retention&) = delete;

    /// One sweep, to its end. Safe from any thread but the writer's.
    void sweep();

private:
    void run();
    [[nodiscard]] bool stopping() const;

    GroupCommit& writer_;
    const Clock& clock_;
    RetentionOptions options_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;  ///< Last: it uses all of the above.
};

}  // namespace ingestor::sqlite
