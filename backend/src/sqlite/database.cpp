#include "sqlite/database.hpp"

#include <fmt/format.h>

#include "sqlite/migrations.hpp"

namespace ingestor::sqlite {

Database::ReaderLease::ReaderLease(Database& database) : database_(database) {
    // There are as many connections as threads, so one is always left.
    const std::scoped_lock lock(database_.readers_mutex_);
    connection_ = std::move(database_.readers_.back());
    database_.readers_.pop_back();
}

Database::ReaderLease::~ReaderLease() {
    const std::scoped_lock lock(database_.readers_mutex_);
    database_.readers_.push_back(std::move(connection_));
}

Database::Database(DataDirectoryLock lock, std::filesystem::path file, std::size_t readers)
    : lock_(std::move(lock)), file_(std::move(file)), reader_threads_(readers) {}

Database::~Database() {
    retention_.reset();
    reader_threads_.join();
    readers_.clear();
    // The writer's connection is the last one to close: that one copies the WAL and removes it.
    if (writer_) writer_->stop();
    checkpointer_.reset();
    writer_.reset();
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& data_directory,
                                                 const Clock& clock, DatabaseOptions options) {
    auto lock = DataDirectoryLock::acquire(data_directory);
    if (!lock) return std::unexpected(lock.error());
    const auto file = data_directory / "agent2-ingestor.db";

    auto writing = Connection::open(file, Access::write);
    if (!writing) return std::unexpected(writing.error());
    if (writing->text("PRAGMA journal_mode") != "wal") {
        return fail(
            Errc::unavailable,
            fmt::format("{} cannot use a write-ahead log: keep it on a local disk", file.string()));
    }
    if (const auto migrated = migrate(*writing); !migrated) {
        return std::unexpected(migrated.error());
    }
    std::unique_ptr<Database> database(new Database(std::move(*lock), file, options.readers));
    for (std::size_t reader = 0; reader < options.readers; ++reader) {
        auto reading = Connection::open(file, Access::read);
        if (!reading) return std::unexpected(reading.error());
        database->readers_.push_back(std::make_unique<Connection>(std::move(*reading)));
    }
    auto copying = Connection::open(file, Access::checkpoint);
    if (!copying) return std::unexpected(copying.error());
    try {
        if (options.pages_max > 0) {
            writing->execute(fmt::format("PRAGMA max_page_count = {}", options.pages_max));
        }
    } catch (const StorageFailure& failure) {
        return std::unexpected(failure.error);
    }
    database->checkpointer_ =
        std::make_unique<Checkpointer>(std::move(*copying), options.checkpoints);
    database->writer_ =
        std::make_unique<GroupCommit>(std::move(*writing), *database->checkpointer_);
    database->retention_ =
        std::make_unique<Retention>(*database->writer_, clock, options.retention);
    return database;
}

}  // namespace ingestor::sqlite
