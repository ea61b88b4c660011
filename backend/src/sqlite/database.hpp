#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/admission.hpp"
#include "async/offload.hpp"
#include "ports/clock.hpp"
#include "sqlite/checkpointer.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/data_directory_lock.hpp"
#include "sqlite/database_files.hpp"
#include "sqlite/group_commit.hpp"
#include "sqlite/integrity_check.hpp"
#include "sqlite/retention.hpp"

namespace ingestor::sqlite {

/// How long a query may hold its snapshot; then it is cut short as unavailable.
inline constexpr std::chrono::seconds kQueryTimeMax{10};
/// So many queries may run or wait; more are refused as unavailable.
inline constexpr std::size_t kQueriesMax = 4'096;

struct DatabaseOptions {
    std::size_t readers = 2;
    /// The layer of SQLite that reaches the disk; nullptr: the system's.
    const char* vfs = nullptr;
    CheckpointOptions checkpoints;
    /// Pages that the file may have, 4 KiB each; 0: as many as SQLite takes.
    std::int64_t pages_max = 0;
    RetentionOptions retention;
    /// All is done here, one piece after the other, and no thread is started: for simulations, as
    /// an order of events can then be replayed. What threads do by themselves is left out: sweeps
    /// come by sweep_now(), and the pages are not checked after the start.
    std::optional<boost::asio::any_io_executor> executor = {};
};

inline constexpr const char* kDatabaseFile = "agent2-ingestor.db";

/// One SQLite file, kDatabaseFile, in a data directory that is held for this process.
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
        const std::filesystem::path& data_directory, const ports::Clock& clock,
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
    boost::asio::awaitable<std::invoke_result_t<const Unit&, Connection&>> write(Unit unit) {
        using Answer = std::invoke_result_t<const Unit&, Connection&>;
        auto initiate = [](auto handler, GroupCommit* writer, Unit work) {
            using Handler = decltype(handler);
            writer->submit(std::make_unique<CoroutineWrite<Handler, Unit>>(std::move(handler),
                                                                           std::move(work)));
        };
        co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&,
                                                       void(Answer)>(
            std::move(initiate), boost::asio::use_awaitable, writer_.get(), std::move(unit));
    }

    /// As write(), for a caller that may block.
    template <class Unit>
    std::invoke_result_t<const Unit&, Connection&> write_and_wait(Unit unit) {
        return writer_->write_and_wait(std::move(unit));
    }

    /// Runs `work`, a function of a connection that returns a Result, in one snapshot, on a
    /// reader's thread, and resumes the caller on its own executor. Errors: those of the work,
    /// unavailable (too many wait, none has ended for a while, or it took too long).
    template <class Work>
    boost::asio::awaitable<std::invoke_result_t<const Work&, Connection&>> read(Work work) {
        using Answer = std::invoke_result_t<const Work&, Connection&>;
        auto admitted = queries_.enter();
        if (!admitted) co_return std::unexpected(admitted.error());
        auto job = [this, ticket = std::move(*admitted), work = std::move(work)]() -> Answer {
            const ReaderLease lease(*this);
            auto& connection = lease.connection();
            try {
                connection.run("BEGIN");
                auto answer = work(connection);
                // There is nothing to commit, which SQLite would refuse after a corrupt page that
                // the work has got over.
                connection.run("ROLLBACK");
                return answer;
            } catch (const StorageFailure& failure) {
                connection.rollback();
                return std::unexpected(failure.error);
            } catch (const std::bad_alloc&) {
                connection.rollback();
                return fail(Errc::unavailable, "out of memory: retry later");
            }
        };
        if (!reader_threads_) {
            co_await boost::asio::post(boost::asio::use_awaitable);
            co_return job();
        }
        co_return co_await async::offload(*reader_threads_, std::move(job));
    }

    /// Deletes what is past its time now, instead of at the next turn. Blocks; for tests.
    void sweep_now() { retention_->sweep(); }

    // Whether writes and reads proceed. None of these waits for the disk save check_files().

    /// Refuses writes that wait for a commit that hangs; to be called now and then.
    void refuse_overdue(GroupCommit::Time now = std::chrono::steady_clock::now()) {
        writer_->refuse_overdue(now);
    }
    /// Whether a commit or all queries hang.
    [[nodiscard]] bool stalled(GroupCommit::Time now = std::chrono::steady_clock::now()) const {
        return writer_->stalled(now) || queries_.stalled(now);
    }
    /// Why the last commit failed; nullopt once one has succeeded.
    [[nodiscard]] std::optional<Error> last_failure() const { return writer_->last_failure(); }
    /// Commits a change that changes nothing: after a failure it shows whether writes proceed
    /// again.
    boost::asio::awaitable<Result<std::monostate>> try_write();
    /// What the check of all pages after the start has found, in words.
    [[nodiscard]] std::optional<std::string> damage() const { return integrity_->damage(); }
    [[nodiscard]] bool fully_checked() const { return integrity_->finished(); }
    /// Errors: unavailable (the files were removed or replaced).
    [[nodiscard]] Result<std::monostate> check_files() const { return files_.check(); }
    /// Bytes of the write-ahead log that are in use.
    [[nodiscard]] std::uint64_t wal_bytes() const;

    [[nodiscard]] GroupCommitStats write_stats() const { return writer_->stats(); }
    [[nodiscard]] std::uint64_t checkpoints() const { return checkpointer_->count(); }
    [[nodiscard]] const std::filesystem::path& file() const { return file_; }

private:
    /// A connection that reads, and since when it holds its snapshot.
    struct Reader {
        Reader(Connection opened, const std::unique_ptr<Checkpointer>& log)
            : connection(std::move(opened)), checkpointer(log) {}
        /// For Connection::interrupt_when, with the reader as its context.
        [[nodiscard]] static int overdue(void* reader);

        Connection connection;
        const std::unique_ptr<Checkpointer>& checkpointer;
        std::chrono::steady_clock::time_point since;
    };

    /// A reader, given back when it goes.
    class ReaderLease {
    public:
        explicit ReaderLease(Database& database);
        ~ReaderLease();
        ReaderLease(const ReaderLease&) = delete;
        ReaderLease& operator=(const ReaderLease&) = delete;
        [[nodiscard]] Connection& connection() const { return reader_->connection; }

    private:
        Database& database_;
        std::unique_ptr<Reader> reader_;
    };

    Database(DataDirectoryLock lock, std::filesystem::path file, const DatabaseOptions& options);
    [[nodiscard]] Result<std::unique_ptr<Reader>> open_reader(const char* vfs) const;

    DataDirectoryLock lock_;
    std::filesystem::path file_;
    DatabaseFiles files_;
    std::mutex readers_mutex_;
    std::vector<std::unique_ptr<Reader>> readers_;
    async::Admission queries_;
    std::optional<boost::asio::thread_pool> reader_threads_;
    std::unique_ptr<Checkpointer> checkpointer_;
    std::unique_ptr<GroupCommit> writer_;
    std::unique_ptr<Retention> retention_;
    std::unique_ptr<IntegrityCheck> integrity_;
};

}  // namespace ingestor::sqlite
