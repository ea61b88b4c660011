#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "ports/clock.hpp"
#include "sqlite/connection.hpp"
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
/// idempotency keys, and messages of queues. Events that are to go are found on a connection of its
/// own; the writer is only given what it deletes, a few rows a unit, so that no submit waits long.
class Retention {
public:
    /// `writer` and `clock` outlive this. Takes over the connection.
    Retention(Connection reader, GroupCommit& writer, const ports::Clock& clock,
              RetentionOptions options);
    ~Retention();
    Retention(const Retention&) = delete;
    Retention& operator=(const Retention&) = delete;

    /// Starts the thread that sweeps each interval. Without one, sweep() is called by somebody.
    void start();
    /// One sweep, to its end. Safe from any thread but the writer's.
    void sweep();

private:
    /// Does some rows and says how many; nothing is left once it is fewer than kSweepRows.
    using Step = std::function<std::int64_t(Connection&)>;

    void run();
    /// 0 where the writer could not do it.
    std::int64_t once(const Step& step);
    void repeat(const Step& step);
    void delete_events(TimePoint stored_before);
    void delete_messages(TimePoint now);
    [[nodiscard]] bool stopping() const;

    Connection reader_;
    GroupCommit& writer_;
    const ports::Clock& clock_;
    RetentionOptions options_;
    std::mutex sweeping_;  ///< The reader is used by one thread at a time.
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;  ///< Last: it uses all of the above.
};

}  // namespace ingestor::sqlite
