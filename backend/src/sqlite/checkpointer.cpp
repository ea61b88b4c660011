#include "sqlite/checkpointer.hpp"

#include <pthread.h>
#include <sqlite3.h>

namespace ingestor::sqlite {

Checkpointer::Checkpointer(Connection own, CheckpointOptions options)
    : own_(std::move(own)),
      options_(options),
      next_restart_pages_(options.pages_max),
      next_checkpoint_pages_(options.pages_wanted) {
    thread_ = std::thread([this] { run(); });
    ::pthread_setname_np(thread_.native_handle(), "db-checkpoint");
}

Checkpointer::~Checkpointer() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Checkpointer::before_transaction() {
    const std::scoped_lock lock(mutex_);
    ++transactions_begun_;
}

void Checkpointer::after_commit(Connection& writer, std::uint32_t wal_pages) {
    if (wal_pages < options_.pages_max) next_restart_pages_ = options_.pages_max;
    // Fewer pages than one step below the mark: SQLite began the WAL anew.
    if (wal_pages + options_.pages_wanted < next_checkpoint_pages_) {
        next_checkpoint_pages_ = options_.pages_wanted;
    }
    {
        const std::scoped_lock lock(mutex_);
        last_written_ = transactions_begun_;
        if (wal_pages < next_checkpoint_pages_) return;
        wanted_ = true;
    }
    next_checkpoint_pages_ = wal_pages + options_.pages_wanted;
    wake_.notify_one();
    if (wal_pages >= next_restart_pages_) restart_wal(writer, wal_pages);
}

void Checkpointer::restart_wal(Connection& writer, std::uint32_t wal_pages) {
    const std::scoped_lock one_at_a_time(checkpointing_);
    // RESTART and not TRUNCATE: the next round overwrites a file whose blocks are allocated, and
    // syncs without a change of its size.
    const int code = sqlite3_wal_checkpoint_v2(writer.handle(), nullptr, SQLITE_CHECKPOINT_RESTART,
                                               nullptr, nullptr);
    // A reader that stays too long holds the WAL; the next try comes when it has grown further, so
    // that not every commit waits for that reader.
    if (code != SQLITE_OK) next_restart_pages_ = wal_pages + options_.pages_wanted;
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
        sqlite3_wal_checkpoint_v2(own_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                                  nullptr);
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
