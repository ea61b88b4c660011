#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include "sqlite/connection.hpp"
#include "sqlite/database_files.hpp"

namespace ingestor::sqlite {

/// So many units share one commit at most: it bounds how long the first one waits for the others.
inline constexpr std::size_t kUnitsInGroupMax = 256;
/// So many units may wait; more are refused as unavailable.
inline constexpr std::size_t kUnitsQueuedMax = 65'536;
/// A commit that takes longer than this hangs: nothing more is queued behind it.
inline constexpr std::chrono::seconds kCommitTimeMax{5};
/// A unit that was not begun for so long is refused: its caller has given up.
inline constexpr std::chrono::seconds kUnitWaitMax{10};

/// A unit of work under way: what is to be done, and who waits for it.
class PendingWrite {
public:
    virtual ~PendingWrite() = default;
    /// Does the work inside an open transaction and keeps its answer. May run again after a
    /// rollback. Throws StorageFailure.
    virtual void run(Connection& connection) = 0;
    /// Replaces the answer.
    virtual void fail(const Error& error) = 0;
    /// Where resume() is to be called; nullptr: on the writer's thread.
    [[nodiscard]] virtual const boost::asio::any_io_executor* executor() const = 0;
    virtual void resume() = 0;
};

/// The writer's counters since the start.
struct GroupCommitStats {
    std::uint64_t commits = 0;
    std::uint64_t units = 0;
    /// Units that ran again alone because a neighbour's failure rolled them back.
    std::uint64_t replays = 0;
};

/// Called on the writer's thread after each commit that wrote, with the pages now in the WAL.
class CommitObserver {
public:
    virtual ~CommitObserver() = default;
    virtual void before_transaction() = 0;
    virtual void after_commit(Connection& writer, std::uint32_t wal_pages) = 0;
};

/// The one thread that writes. Whatever waits when it wakes goes into one transaction, so that a
/// hundred submits cost one sync of the disk; a lone one is committed at once. A unit is resumed
/// after the commit that holds it.
///
/// A unit that returns an error has written nothing and leaves its neighbours alone. A unit that
/// throws has spoilt the transaction: it is rolled back and each unit of the group runs again in
/// one of its own. Where the commit itself fails, the whole group is answered with the cause;
/// SQLite writes the same frames again next time, so a failed sync is never taken for a later
/// success (docs/adr/0018). A commit into files that are not in place any more has failed too.
class GroupCommit {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// `observer` outlives this. Takes over the connection; `files` are its own. With an `executor`
    /// there is no thread: groups are committed there, and all calls come from there.
    GroupCommit(Connection connection, DatabaseFiles files, CommitObserver& observer,
                std::optional<boost::asio::any_io_executor> executor = std::nullopt);
    ~GroupCommit();
    GroupCommit(const GroupCommit&) = delete;
    GroupCommit& operator=(const GroupCommit&) = delete;

    /// Safe from any thread.
    void submit(std::unique_ptr<PendingWrite> unit);
    /// Does a unit of work, as Database::write() does, and blocks until its commit is on disk. Not
    /// for the writer's own thread.
    template <class Unit>
    std::invoke_result_t<const Unit&, Connection&> write_and_wait(Unit unit);
    /// Refuses what has waited longer than kUnitWaitMax. Safe from any thread.
    void refuse_overdue(Time now = std::chrono::steady_clock::now());
    /// Whether a commit hangs at `now`.
    [[nodiscard]] bool stalled(Time now = std::chrono::steady_clock::now()) const;
    /// Why the last commit failed; nullopt once one has succeeded.
    [[nodiscard]] std::optional<Error> last_failure() const;
    /// Commits all that waits and ends the thread; the connection stays open. Idempotent.
    void stop();
    [[nodiscard]] GroupCommitStats stats() const;

private:
    using Group = std::vector<std::unique_ptr<PendingWrite>>;
    struct Waiting {
        std::unique_ptr<PendingWrite> unit;
        Time since;
    };

    void run();
    void commit_next_group();
    void post_turn();
    /// Where there is no thread, commits all that waits now; otherwise nothing.
    void commit_here();
    [[nodiscard]] Group next_group_locked();
    [[nodiscard]] bool stalled_locked(Time now) const;
    void refuse(Group group, const std::string& why);
    void note_outcome(std::optional<Error> failure);
    void commit_group(Group& group);
    void begin();
    void commit();
    void run_alone(PendingWrite& unit);
    void deliver(Group group);

    Connection connection_;
    DatabaseFiles files_;
    CommitObserver& observer_;
    const std::optional<boost::asio::any_io_executor> executor_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Waiting> queue_;
    std::optional<Time> committing_since_;
    std::optional<Error> last_failure_;
    bool stopping_ = false;
    std::atomic<std::uint64_t> commits_{0};
    std::atomic<std::uint64_t> units_{0};
    std::atomic<std::uint64_t> replays_{0};
    bool turn_posted_ = false;     ///< Without a thread: a group will be committed.
    std::uint32_t wal_pages_ = 0;  ///< Set by SQLite's hook during a commit that wrote.
    std::thread thread_;           ///< Last: it uses all of the above.
};

/// A unit whose caller waits in a coroutine.
template <class Handler, class Unit>
class CoroutineWrite final : public PendingWrite {
public:
    using Answer = std::invoke_result_t<const Unit&, Connection&>;

    CoroutineWrite(Handler handler, Unit unit)
        : handler_(std::move(handler)),
          unit_(std::move(unit)),
          executor_(boost::asio::get_associated_executor(handler_)),
          guard_(executor_) {}

    void run(Connection& connection) override { answer_ = unit_(connection); }
    void fail(const Error& error) override { answer_ = std::unexpected(error); }
    [[nodiscard]] const boost::asio::any_io_executor* executor() const override {
        return &executor_;
    }
    void resume() override {
        guard_.reset();
        std::move(handler_)(std::move(answer_));
    }

private:
    Handler handler_;
    // Run again after a rollback, so it must not change.
    const Unit unit_;
    Answer answer_{std::unexpected(Error{})};
    boost::asio::any_io_executor executor_;
    boost::asio::executor_work_guard<boost::asio::any_io_executor> guard_;
};

/// A unit whose caller blocks.
template <class Unit>
class BlockingWrite final : public PendingWrite {
public:
    using Answer = std::invoke_result_t<const Unit&, Connection&>;

    BlockingWrite(Unit unit, std::promise<Answer> promise)
        : unit_(std::move(unit)), promise_(std::move(promise)) {}

    void run(Connection& connection) override { answer_ = unit_(connection); }
    void fail(const Error& error) override { answer_ = std::unexpected(error); }
    [[nodiscard]] const boost::asio::any_io_executor* executor() const override { return nullptr; }
    void resume() override { promise_.set_value(std::move(answer_)); }

private:
    const Unit unit_;
    std::promise<Answer> promise_;
    Answer answer_{std::unexpected(Error{})};
};

template <class Unit>
std::invoke_result_t<const Unit&, Connection&> GroupCommit::write_and_wait(Unit unit) {
    std::promise<std::invoke_result_t<const Unit&, Connection&>> promise;
    auto done = promise.get_future();
    submit(std::make_unique<BlockingWrite<Unit>>(std::move(unit), std::move(promise)));
    commit_here();
    return done.get();
}

}  // namespace ingestor::sqlite
