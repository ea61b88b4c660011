#include "sqlite/checkpointer.hpp"

#include <algorithm>

#include <pthread.h>
#include <sqlite3.h>

namespace ingestor::sqlite {

namespace {

/// How long the writer waits for queries that hold the WAL: longer than nearly all of them take.
constexpr int kRestartWaitMs = 100;

}  // namespace

Checkpointer::Checkpointer(Connection own, CheckpointOptions options)
    : own_(std::move(own)),
      options_(options),
      next_restart_pages_(std::min(options.pages_restart, options.pages_max)),
      next_checkpoint_pages_(options.pages_wanted) {}

void Checkpointer::start() {
    thread_ = std::thread([this] { run(); });
    ::pthread_setname_np(thread_.native_handle(), "db-checkpoint");
}

Checkpointer::~Checkpointer() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void Checkpointer::before_transaction() {
    const std::scoped_lock lock(mutex_);
    ++transactions_begun_;
}

void Checkpointer::after_commit(Connection& writer, std::uint32_t wal_pages) {
    if (wal_pages < wal_pages_) {
        // SQLite began the WAL anew.
        copied_pages_ = 0;
        wal_is_long_ = false;
        next_restart_pages_ = std::min(options_.pages_restart, options_.pages_max);
        next_checkpoint_pages_ = options_.pages_wanted;
    }
    wal_pages_ = wal_pages;
    {
        const std::scoped_lock lock(mutex_);
        last_written_ = transactions_begun_;
        wanted_ = wanted_ || wal_pages >= next_checkpoint_pages_;
    }
    if (wal_pages >= next_checkpoint_pages_) {
        next_checkpoint_pages_ = wal_pages + options_.pages_wanted;
        wake_.notify_one();
    }
    if (restart_is_due(wal_pages)) restart_wal(writer, wal_pages);
}

bool Checkpointer::restart_is_due(std::uint32_t wal_pages) const {
    if (wal_pages < next_restart_pages_) return false;
    return wal_pages >= options_.pages_max || wal_pages - copied_pages_ <= options_.pages_wanted;
}

void Checkpointer::restart_wal(Connection& writer, std::uint32_t wal_pages) {
    const std::scoped_lock one_at_a_time(checkpointing_);
    // RESTART and not TRUNCATE: the next round overwrites a file whose blocks are allocated, and
    // syncs without a change of its size.
    sqlite3_busy_timeout(writer.handle(), kRestartWaitMs);
    const int code = sqlite3_wal_checkpoint_v2(writer.handle(), nullptr, SQLITE_CHECKPOINT_RESTART,
                                               nullptr, nullptr);
    sqlite3_busy_timeout(writer.handle(), kBusyTimeoutMs);
    if (code != SQLITE_OK) {
        // A query that stays holds the WAL. The next try comes when the WAL has grown further, so
        // that not every commit waits for that query.
        next_restart_pages_ = wal_pages + options_.pages_wanted;
        wal_is_long_ = wal_pages >= options_.pages_max;
    }
    const std::scoped_lock lock(mutex_);
    begun_at_last_end_ = transactions_begun_;
    ++count_;
}

void Checkpointer::run() {
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return stopping_ || wanted_; });
            if (stopping_) return;
            wanted_ = false;
        }
        const std::scoped_lock one_at_a_time(checkpointing_);
        {
            const std::scoped_lock lock(mutex_);
            if (last_written_ <= begun_at_last_end_) continue;
        }
        // A failure (a full disk, say) loses nothing: the WAL keeps the pages, and the next commit
        // asks again.
        int copied = 0;
        const int code = sqlite3_wal_checkpoint_v2(own_.handle(), nullptr,
                                                   SQLITE_CHECKPOINT_PASSIVE, nullptr, &copied);
        if (code == SQLITE_OK && copied > 0) copied_pages_ = static_cast<std::uint32_t>(copied);
        const std::scoped_lock lock(mutex_);
        begun_at_last_end_ = transactions_begun_;
        ++count_;
    }
}

std::uint64_t Checkpointer::count() const {
    const std::scoped_lock lock(mutex_);
    return count_;
}

}  // namespace ingestor::sqlite
