#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/offload.hpp"
#include "ports/clock.hpp"
#include "sqlite/checkpointer.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/data_directory_lock.hpp"
#include "sqlite/group_commit.hpp"
#include "sqlite/retention.hpp"

namespace ingestor::sqlite {

struct DatabaseOptions {
    std::size_t readers = 2;
    CheckpointOptions checkpoints;
    /// Pages that the file may have, 4 KiB each; 0: as many as SQLite takes.
    std::int64_t pages_max = 0;
    RetentionOptions retention;
};

/// One SQLite file, `agent2-ingestor.db`, in a data directory that is held for this process.
///
/// How it works: writes are queued to one thread that commits them in groups (GroupCommit);
/// reads run on a small pool, each on a connection of its own, and see the last commit (WAL);
/// checkpoints have a thread of their own (Checkpointer); what is no longer needed is deleted in
/// small units of work now and then (Retention).
class Database {
public:
    /// Opens or makes the file and brings its tables up to date. `clock` outlives the database.
    /// Errors: conflict (another process has the directory, or a newer program wrote the file),
    /// unavailable, corrupt.
    [[nodiscard]] static Result<std::unique_ptr<Database>> open(
        const std::filesystem::path& data_directory, const Clock& clock,
        DatabaseOptions options = {});

    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    /// Commits what is queued. No caller may wait any more whose executor is gone.
    ~Database();

    /// Does `unit`, a function of the connection that returns a Result, and resumes the caller on
    /// its own executor once the commit that holds it is on disk. The unit runs on the writer's
    /// thread and may run twice, so it owns what it uses and does not change it. It returns an
    /// error only before it has written anything. Errors: those of the unit, unavailable.
    template <class Unit>
    asio::awaitable<std::invoke_result_t<const Unit&, Connection&>> write(Unit unit) {
        using Answer = std::invoke_result_t<const Unit&, Connection&>;
        auto initiate = [](auto handler, GroupCommit* writer, Unit work) {
            using Handler = decltype(handler);
            writer->submit(std::make_unique<CoroutineWrite<Handler, Unit>>(std::move(handler),
                                                                           std::move(work)));
        };
        co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(Answer)>(
            std::move(initiate), asio::use_awaitable, writer_.get(), std::move(unit));
    }

    /// Runs `work`, a function of a connection that returns a Result, in one snapshot, on a
    /// reader's thread, and resumes the caller on its own executor.
    template <class Work>
    asio::awaitable<std::invoke_result_t<const Work&, Connection&>> read(Work work) {
        using Answer = std::invoke_result_t<const Work&, Connection&>;
        auto job = [this, work = std::move(work)]() -> Answer {
            const ReaderLease lease(*this);
            auto& connection = lease.connection();
            try {
                connection.run("BEGIN");
                auto answer = work(connection);
                connection.run("COMMIT");
                return answer;
            } catch (const StorageFailure& failure) {
                connection.rollback();
                return std::unexpected(failure.error);
            }
        };
        co_return co_await offload(reader_threads_, std::move(job));
    }

    /// Deletes what is past its time now, instead of at the next turn. Blocks; for tests.
    void sweep_now() { retention_->sweep(); }

    [[nodiscard]] GroupCommitStats write_stats() const { return writer_->stats(); }
    [[nodiscard]] std::uint64_t checkpoints() const { return checkpointer_->count(); }
    [[nodiscard]] const std::filesystem::path& file() const { return file_; }

private:
    /// A reader's connection, given back when it goes.
    class ReaderLease {
    public:
        explicit ReaderLease(Database& database);
        ~ReaderLease();
        ReaderLease(const ReaderLease&) = delete;
        ReaderLease& operator=(const ReaderLease&) = delete;
        [[nodiscard]] Connection& connection() const { return *connection_; }

    private:
        Database& database_;
        std::unique_ptr<Connection> connection_;
    };

    Database(DataDirectoryLock lock, std::filesystem::path file, std::size_t readers);

    DataDirectoryLock lock_;
    std::filesystem::path file_;
    std::mutex readers_mutex_;
    std::vector<std::unique_ptr<Connection>> readers_;
    asio::thread_pool reader_threads_;
    std::unique_ptr<Checkpointer> checkpointer_;
    std::unique_ptr<GroupCommit> writer_;
    std::unique_ptr<Retention> retention_;
};

}  // namespace ingestor::sqlite
