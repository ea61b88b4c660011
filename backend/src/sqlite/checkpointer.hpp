#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "sqlite/connection.hpp"
#include "sqlite/group_commit.hpp"

namespace ingestor::sqlite {

struct CheckpointOptions {
    /// So many new pages in the WAL are copied into the database at a time, beside the writer. A
    /// page is 4 KiB.
    std::uint32_t pages_wanted = 1'024;
    /// Pages in the WAL from which on the writer itself ends a checkpoint and starts the WAL anew:
    /// under load without a pause the thread beside it never catches up entirely. It does so once
    /// no more than `pages_wanted` are left to copy, which takes some milliseconds.
    std::uint32_t pages_restart = 8'192;
    /// Pages from which on it does so however many are left, and queries that hold the WAL are cut
    /// short. What stands in the WAL beyond these is what one group of writes put there.
    std::uint32_t pages_max = 16'384;
};

/// How long a query may hold its snapshot, and with it the WAL, while the WAL is too long.
inline constexpr std::chrono::milliseconds kQueryTimeWhileWalIsLong{500};

/// Copies the WAL into the database on a thread of its own, as a checkpoint inside a commit makes
/// that commit a hundred times slower than the others.
///
/// SQLite up to 3.51.2 has a data race ("The WAL-reset bug" in its document on WAL): a checkpoint
/// that starts with nothing to copy, while another connection commits and thereby restarts the WAL,
/// may corrupt the database. Here a checkpoint starts only when a transaction that began after the
/// end of the checkpoint before has written: the WAL then holds what is not copied, and no commit
/// can restart it.
class Checkpointer final : public CommitObserver {
public:
    Checkpointer(Connection own, CheckpointOptions options);
    ~Checkpointer() override;
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    /// Starts the thread. Without one the WAL is copied on the writer's alone, at its limits.
    void start();

    void before_transaction() override;
    void after_commit(Connection& writer, std::uint32_t wal_pages) override;

    /// How many checkpoints ended, here and on the writer's thread.
    [[nodiscard]] std::uint64_t count() const;
    /// Whether queries keep the WAL from being started anew.
    [[nodiscard]] bool wal_is_long() const { return wal_is_long_; }
    /// Pages in the WAL since it was last begun; its file may be longer.
    [[nodiscard]] std::uint32_t wal_pages() const { return wal_pages_; }

private:
    void run();
    [[nodiscard]] bool restart_is_due(std::uint32_t wal_pages) const;
    void restart_wal(Connection& writer, std::uint32_t wal_pages);

    Connection own_;
    CheckpointOptions options_;
    std::uint32_t next_restart_pages_;  ///< The writer's thread only.
    std::atomic<std::uint32_t> wal_pages_ = 0;
    /// Of the WAL, how many pages the last checkpoint left copied.
    std::atomic<std::uint32_t> copied_pages_ = 0;
    std::atomic<bool> wal_is_long_ = false;
    std::uint32_t next_checkpoint_pages_;  ///< The writer's thread only.

    /// Held during a checkpoint, by whichever thread makes it.
    std::mutex checkpointing_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    bool wanted_ = false;
    std::uint64_t transactions_begun_ = 0;
    /// The last transaction that wrote, by its place among those begun.
    std::uint64_t last_written_ = 0;
    /// Those begun before the end of the last checkpoint: it may have copied what they wrote.
    std::uint64_t begun_at_last_end_ = 0;
    std::uint64_t count_ = 0;
    std::thread thread_;  ///< Last: it uses all of the above.
};

}  // namespace ingestor::sqlite
