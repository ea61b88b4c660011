#include "sqlite/database.hpp"

#include <fmt/format.h>

#include "sqlite/migrations.hpp"

namespace ingestor::sqlite {

namespace asio = boost::asio;

namespace {

constexpr std::uint64_t kPageBytes = 4'096;
constexpr std::uint64_t kFrameHeaderBytes = 24;

}  // namespace

int Database::Reader::overdue(void* reader) {
    const auto& self = *static_cast<const Reader*>(reader);
    const auto held = std::chrono::steady_clock::now() - self.since;
    if (held > kQueryTimeMax) return 1;
    return self.checkpointer && self.checkpointer->wal_is_long() && held > kQueryTimeWhileWalIsLong;
}

Database::ReaderLease::ReaderLease(Database& database) : database_(database) {
    // There are as many connections as threads, so one is always left.
    const std::scoped_lock lock(database_.readers_mutex_);
    reader_ = std::move(database_.readers_.back());
    database_.readers_.pop_back();
    reader_->since = std::chrono::steady_clock::now();
}

Database::ReaderLease::~ReaderLease() {
    const std::scoped_lock lock(database_.readers_mutex_);
    database_.readers_.push_back(std::move(reader_));
}

Database::Database(DataDirectoryLock lock, std::filesystem::path file,
                   const DatabaseOptions& options)
    : lock_(std::move(lock)),
      file_(std::move(file)),
      queries_({.what = "the database", .threads = options.readers, .calls_max = kQueriesMax}) {
    if (!options.executor) reader_threads_.emplace(options.readers);
}

Database::~Database() {
    integrity_.reset();
    retention_.reset();
    if (reader_threads_) reader_threads_->join();
    readers_.clear();
    // The writer's connection is the last one to close: that one copies the WAL and removes it.
    if (writer_) writer_->stop();
    checkpointer_.reset();
    writer_.reset();
}

asio::awaitable<Result<std::monostate>> Database::try_write() {
    auto unit = [](Connection& connection) -> Result<std::monostate> {
        const auto version = connection.number("PRAGMA user_version");
        connection.execute(fmt::format("PRAGMA user_version = {}", version));
        return std::monostate{};
    };
    co_return co_await write(std::move(unit));
}

std::uint64_t Database::wal_bytes() const {
    return checkpointer_->wal_pages() * (kPageBytes + kFrameHeaderBytes);
}

Result<std::unique_ptr<Database::Reader>> Database::open_reader(const char* vfs) const {
    auto connection = Connection::open(file_, Access::read, vfs);
    if (!connection) return std::unexpected(connection.error());
    auto reader = std::make_unique<Reader>(std::move(*connection), checkpointer_);
    reader->connection.interrupt_when(&Reader::overdue, reader.get());
    return reader;
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& data_directory,
                                                 const ports::Clock& clock,
                                                 DatabaseOptions options) {
    auto lock = DataDirectoryLock::acquire(data_directory);
    if (!lock) return std::unexpected(lock.error());
    const auto file = data_directory / kDatabaseFile;

    auto writing = Connection::open(file, Access::write, options.vfs);
    if (!writing) return std::unexpected(writing.error());
    if (writing->text("PRAGMA journal_mode") != "wal") {
        return fail(
            Errc::unavailable,
            fmt::format("{} cannot use a write-ahead log: keep it on a local disk", file.string()));
    }
    if (const auto migrated = migrate(*writing); !migrated) {
        return std::unexpected(migrated.error());
    }
    try {
        writing->checkpoint_all();
    } catch (const StorageFailure& failure) {
        return std::unexpected(failure.error);
    }
    std::unique_ptr<Database> database(new Database(std::move(*lock), file, options));
    for (std::size_t reader = 0; reader < options.readers; ++reader) {
        auto reading = database->open_reader(options.vfs);
        if (!reading) return std::unexpected(reading.error());
        database->readers_.push_back(std::move(*reading));
    }
    auto sweeping = Connection::open(file, Access::scan, options.vfs);
    if (!sweeping) return std::unexpected(sweeping.error());
    auto copying = Connection::open(file, Access::checkpoint, options.vfs);
    if (!copying) return std::unexpected(copying.error());
    auto checking = Connection::open(file, Access::scan, options.vfs);
    if (!checking) return std::unexpected(checking.error());
    // A simulated disk has no files that somebody could remove.
    if (options.vfs == nullptr) {
        auto files = DatabaseFiles::of(file);
        if (!files) return std::unexpected(files.error());
        database->files_ = std::move(*files);
    }
    try {
        if (options.pages_max > 0) {
            writing->execute(fmt::format("PRAGMA max_page_count = {}", options.pages_max));
        }
    } catch (const StorageFailure& failure) {
        return std::unexpected(failure.error);
    }
    database->checkpointer_ =
        std::make_unique<Checkpointer>(std::move(*copying), options.checkpoints);
    database->writer_ = std::make_unique<GroupCommit>(std::move(*writing), database->files_,
                                                      *database->checkpointer_, options.executor);
    database->retention_ = std::make_unique<Retention>(std::move(*sweeping), *database->writer_,
                                                       clock, options.retention);
    database->integrity_ =
        std::make_unique<IntegrityCheck>(std::move(*checking), *database->checkpointer_);
    if (!options.executor) {
        database->checkpointer_->start();
        database->retention_->start();
        database->integrity_->start();
    }
    return database;
}

}  // namespace ingestor::sqlite
