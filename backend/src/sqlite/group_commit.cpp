#include "sqlite/group_commit.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <new>

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

GroupCommit::GroupCommit(Connection connection, CommitObserver& observer)
    : connection_(std::move(connection)), observer_(observer) {
    const auto note_pages = [](void* self, sqlite3*, const char*, int pages) {
        static_cast<GroupCommit*>(self)->wal_pages_ = static_cast<std::uint32_t>(pages);
        return SQLITE_OK;
    };
    sqlite3_wal_hook(connection_.handle(), note_pages, this);
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
}

void GroupCommit::submit(std::unique_ptr<PendingWrite> unit) {
    {
        std::unique_lock lock(mutex_);
        if (queue_.size() < kUnitsQueuedMax) {
            queue_.push_back(std::move(unit));
            lock.unlock();
            wake_.notify_one();
            return;
        }
    }
    unit->fail(Error{.code = Errc::unavailable,
                     .message = "too many writes wait for the database: retry later"});
    Group refused;
    refused.push_back(std::move(unit));
    deliver(std::move(refused));
}

GroupCommitStats GroupCommit::stats() const {
    return {.commits = commits_, .units = units_, .replays = replays_};
}

void GroupCommit::run() {
    for (;;) {
        Group waiting;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
            if (queue_.empty()) return;
            if (queue_.size() <= kUnitsInGroupMax) {
                waiting.swap(queue_);
            } else {
                const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(kUnitsInGroupMax);
                waiting.assign(std::move_iterator(queue_.begin()), std::move_iterator(end));
                queue_.erase(queue_.begin(), end);
            }
        }
        commit_group(waiting);
        units_ += waiting.size();
        deliver(std::move(waiting));
    }
}

void GroupCommit::begin() {
    observer_.before_transaction();
    wal_pages_ = 0;
    connection_.run("BEGIN IMMEDIATE");
}

void GroupCommit::commit() {
    connection_.run("COMMIT");
    ++commits_;
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
        if (running_units && group.size() > 1) {
            for (auto& unit : group) run_alone(*unit);
            replays_ += group.size();
        } else {
            for (auto& unit : group) unit->fail(error);
        }
    }
}

void GroupCommit::run_alone(PendingWrite& unit) {
    try {
        begin();
        unit.run(connection_);
        commit();
    } catch (...) {
        const auto error = current_failure();
        connection_.rollback();
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
