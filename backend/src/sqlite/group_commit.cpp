#include "sqlite/group_commit.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <new>
#include <utility>

#include <boost/asio/post.hpp>
#include <pthread.h>
#include <sqlite3.h>

namespace ingestor::sqlite {

namespace {

/// Resumes units one after the other. Should one throw, the rest is posted again first.
class Resumption {
public:
    Resumption(boost::asio::any_io_executor executor,
               std::vector<std::unique_ptr<PendingWrite>> units)
        : executor_(std::move(executor)), units_(std::move(units)) {}

    void operator()() {
        while (next_ < units_.size()) {
            const auto unit = std::move(units_[next_++]);
            try {
                unit->resume();
            } catch (...) {
                if (next_ < units_.size()) boost::asio::post(executor_, std::move(*this));
                throw;
            }
        }
    }

private:
    boost::asio::any_io_executor executor_;
    std::vector<std::unique_ptr<PendingWrite>> units_;
    std::size_t next_ = 0;
};

/// What a unit threw, as an answer.
Error current_failure() {
    try {
        throw;
    } catch (const StorageFailure& failure) {
        return failure.error;
    } catch (const std::bad_alloc&) {
        return Error{.code = Errc::unavailable, .message = "out of memory: retry later"};
    } catch (const std::exception& failure) {
        return Error{.code = Errc::internal, .message = failure.what()};
    }
}

}  // namespace

GroupCommit::GroupCommit(Connection connection, DatabaseFiles files, CommitObserver& observer,
                         std::optional<boost::asio::any_io_executor> executor)
    : connection_(std::move(connection)),
      files_(std::move(files)),
      observer_(observer),
      executor_(std::move(executor)) {
    const auto note_pages = [](void* self, sqlite3*, const char*, int pages) {
        static_cast<GroupCommit*>(self)->wal_pages_ = static_cast<std::uint32_t>(pages);
        return SQLITE_OK;
    };
    sqlite3_wal_hook(connection_.handle(), note_pages, this);
    if (executor_) return;
    thread_ = std::thread([this] { run(); });
    ::pthread_setname_np(thread_.native_handle(), "db-writer");
}

GroupCommit::~GroupCommit() {
    stop();
}

void GroupCommit::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
    commit_here();
}

void GroupCommit::submit(std::unique_ptr<PendingWrite> unit) {
    const auto now = std::chrono::steady_clock::now();
    std::string why;
    {
        std::unique_lock lock(mutex_);
        if (stalled_locked(now)) {
            why = "the database does not answer: retry later";
        } else if (queue_.size() >= kUnitsQueuedMax) {
            why = "too many writes wait for the database: retry later";
        } else {
            queue_.push_back({.unit = std::move(unit), .since = now});
            lock.unlock();
            wake_.notify_one();
            post_turn();
            return;
        }
    }
    Group refused;
    refused.push_back(std::move(unit));
    refuse(std::move(refused), why);
}

void GroupCommit::refuse_overdue(Time now) {
    Group overdue;
    {
        const std::scoped_lock lock(mutex_);
        while (!queue_.empty() && now - queue_.front().since > kUnitWaitMax) {
            overdue.push_back(std::move(queue_.front().unit));
            queue_.pop_front();
        }
    }
    refuse(std::move(overdue), "the database did not answer in time: retry later");
}

void GroupCommit::refuse(Group group, const std::string& why) {
    for (auto& unit : group) unit->fail(Error{.code = Errc::unavailable, .message = why});
    deliver(std::move(group));
}

bool GroupCommit::stalled(Time now) const {
    const std::scoped_lock lock(mutex_);
    return stalled_locked(now);
}

bool GroupCommit::stalled_locked(Time now) const {
    return committing_since_ && now - *committing_since_ > kCommitTimeMax;
}

std::optional<Error> GroupCommit::last_failure() const {
    const std::scoped_lock lock(mutex_);
    return last_failure_;
}

void GroupCommit::note_outcome(std::optional<Error> failure) {
    const std::scoped_lock lock(mutex_);
    last_failure_ = std::move(failure);
}

GroupCommitStats GroupCommit::stats() const {
    return {.commits = commits_, .units = units_, .replays = replays_};
}

void GroupCommit::run() {
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
            if (queue_.empty()) return;
        }
        commit_next_group();
    }
}

void GroupCommit::commit_next_group() {
    Group group;
    {
        const std::scoped_lock lock(mutex_);
        group = next_group_locked();
        committing_since_ = std::chrono::steady_clock::now();
    }
    commit_group(group);
    {
        const std::scoped_lock lock(mutex_);
        committing_since_.reset();
    }
    units_ += group.size();
    deliver(std::move(group));
}

void GroupCommit::post_turn() {
    if (!executor_ || std::exchange(turn_posted_, true)) return;
    auto turn = [this] {
        turn_posted_ = false;
        if (queue_.empty()) return;
        commit_next_group();
        if (!queue_.empty()) post_turn();
    };
    boost::asio::post(*executor_, std::move(turn));
}

void GroupCommit::commit_here() {
    while (executor_ && !queue_.empty()) commit_next_group();
}

GroupCommit::Group GroupCommit::next_group_locked() {
    Group group;
    group.reserve(std::min(queue_.size(), kUnitsInGroupMax));
    while (!queue_.empty() && group.size() < kUnitsInGroupMax) {
        group.push_back(std::move(queue_.front().unit));
        queue_.pop_front();
    }
    return group;
}

void GroupCommit::begin() {
    observer_.before_transaction();
    wal_pages_ = 0;
    connection_.run("BEGIN IMMEDIATE");
}

void GroupCommit::commit() {
    connection_.run("COMMIT");
    // Only now: what was in place before the commit may be gone by its end.
    if (const auto in_place = files_.check(); !in_place) throw StorageFailure{in_place.error()};
    ++commits_;
    note_outcome(std::nullopt);
    if (wal_pages_ > 0) observer_.after_commit(connection_, wal_pages_);
}

void GroupCommit::commit_group(Group& group) {
    bool running_units = false;
    try {
        begin();
        running_units = true;
        for (auto& unit : group) unit->run(connection_);
        running_units = false;
        commit();
    } catch (...) {
        const auto error = current_failure();
        connection_.rollback();
        if (!running_units) note_outcome(error);
        if (running_units && group.size() > 1) {
            for (auto& unit : group) run_alone(*unit);
            replays_ += group.size();
        } else {
            for (auto& unit : group) unit->fail(error);
        }
    }
}

void GroupCommit::run_alone(PendingWrite& unit) {
    bool running_unit = false;
    try {
        begin();
        running_unit = true;
        unit.run(connection_);
        running_unit = false;
        commit();
    } catch (...) {
        const auto error = current_failure();
        connection_.rollback();
        if (!running_unit) note_outcome(error);
        unit.fail(error);
    }
}

void GroupCommit::deliver(Group group) {
    // Callers mostly share one executor: one post wakes them all.
    for (auto first = group.begin(); first != group.end();) {
        const auto* home = (*first)->executor();
        if (home == nullptr) {
            (*first)->resume();
            ++first;
            continue;
        }
        const auto elsewhere = [home](const std::unique_ptr<PendingWrite>& unit) {
            return unit->executor() == nullptr || *unit->executor() != *home;
        };
        const auto last = std::find_if(first, group.end(), elsewhere);
        auto executor = *home;
        Group units;
        std::move(first, last, std::back_inserter(units));
        boost::asio::post(executor, Resumption(executor, std::move(units)));
        first = last;
    }
}

}  // namespace ingestor::sqlite
