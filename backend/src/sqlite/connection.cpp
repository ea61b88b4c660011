#include "sqlite/connection.hpp"

#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/system_error.hpp"

namespace ingestor::sqlite {

namespace {

/// Enough for the pages that one group dirties, so that none is spilled to the WAL before its
/// commit, and for the inner pages of the trees.
constexpr int kWriterCacheKib = 65'536;
constexpr int kReaderCacheKib = 16'384;

/// What a WAL that had to grow beyond this leaves on the disk when it is begun anew.
constexpr int kWalFileBytesKept = 64 << 20;

/// Steps of SQLite's virtual machine, some 20 ns each.
constexpr int kStepsBetweenChecks = 1'000;

/// `system_error`: what the system call behind it answered; 0 or stale where there was none.
Errc errc_of(int code, int system_error) {
    switch (code & 0xff) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return Errc::corrupt;
        case SQLITE_FULL:
            return Errc::out_of_space;
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
            // SQLITE_FULL is for write() and ENOSPC alone: quotas, and files that it makes or maps,
            // come as these.
            return errc_of_system_error(system_error) == Errc::out_of_space ? Errc::out_of_space
                                                                            : Errc::unavailable;
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
        case SQLITE_MISUSE:
        case SQLITE_RANGE:
        case SQLITE_ERROR:
            return Errc::internal;
        default:
            return Errc::unavailable;
    }
}

/// They cost a lock of the whole process at each allocation, and nobody reads them. It takes effect
/// only before the first connection of the process; later it changes nothing.
void turn_off_memory_statistics() {
    static std::once_flag once;
    std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

std::string pragmas_of(Access access) {
    switch (access) {
        case Access::write:
            // A commit is on disk when it returns. Checkpoints are made by a thread of their own.
            // Deleted rows are not overwritten with zeros, which Debian's build would do otherwise.
            // Memory-mapped reads stay off everywhere: a disk error would come as a signal.
            return fmt::format(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
                "PRAGMA cache_spill=OFF; PRAGMA secure_delete=OFF; PRAGMA foreign_keys=OFF; PRAGMA "
                "cache_size=-{}; PRAGMA journal_size_limit={};",
                kWriterCacheKib, kWalFileBytesKept);
        case Access::read:
            return fmt::format("PRAGMA query_only=ON; PRAGMA cache_size=-{};", kReaderCacheKib);
        case Access::scan:
            // No size of a cache: setting it reads the schema, which not every process will need.
            return "PRAGMA query_only=ON;";
        case Access::checkpoint:
            return "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;";
    }
    return "";
}

}  // namespace

Query::Query(Query&& other) noexcept
    : connection_(other.connection_), statement_(std::exchange(other.statement_, nullptr)) {}

Query::~Query() {
    if (statement_ != nullptr) sqlite3_reset(statement_);
}

bool Query::next() {
    switch (sqlite3_step(statement_)) {
        case SQLITE_ROW:
            return true;
        case SQLITE_DONE:
            return false;
        default:
            connection_->throw_last();
    }
}

bool Query::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Query::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

std::string Query::text(int column) const {
    // The pointer is asked for first: it decides the form that the size is given in.
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return size == 0 ? std::string{} : std::string{bytes, size};
}

TimePoint Query::time(int column) const {
    return TimePoint{std::chrono::milliseconds{integer(column)}};
}

std::optional<std::int64_t> Query::integer_or_none(int column) const {
    if (is_null(column)) return std::nullopt;
    return integer(column);
}

std::optional<std::string> Query::text_or_none(int column) const {
    if (is_null(column)) return std::nullopt;
    return text(column);
}

std::optional<TimePoint> Query::time_or_none(int column) const {
    if (is_null(column)) return std::nullopt;
    return time(column);
}

void Query::bind(int place, std::int64_t value, Lifetime) {
    if (sqlite3_bind_int64(statement_, place, value) != SQLITE_OK) connection_->throw_last();
}

void Query::bind(int place, int value, Lifetime lifetime) {
    bind(place, std::int64_t{value}, lifetime);
}

void Query::bind(int place, std::uint32_t value, Lifetime lifetime) {
    bind(place, std::int64_t{value}, lifetime);
}

void Query::bind(int place, std::uint64_t value, Lifetime lifetime) {
    bind(place, static_cast<std::int64_t>(value), lifetime);
}

void Query::bind(int place, std::string_view value, Lifetime lifetime) {
    // A null pointer would bind NULL; an empty text is not that.
    const char* bytes = value.data() == nullptr ? "" : value.data();
    const auto destructor = lifetime == Lifetime::borrowed ? SQLITE_STATIC : SQLITE_TRANSIENT;
    if (sqlite3_bind_text64(statement_, place, bytes, value.size(), destructor, SQLITE_UTF8) !=
        SQLITE_OK) {
        connection_->throw_last();
    }
}

void Query::bind(int place, const std::string& value, Lifetime lifetime) {
    bind(place, std::string_view{value}, lifetime);
}

void Query::bind(int place, Blob value, Lifetime lifetime) {
    const auto destructor = lifetime == Lifetime::borrowed ? SQLITE_STATIC : SQLITE_TRANSIENT;
    if (sqlite3_bind_blob64(statement_, place, value.bytes.data(), value.bytes.size(),
                            destructor) != SQLITE_OK) {
        connection_->throw_last();
    }
}

void Query::bind(int place, TimePoint value, Lifetime lifetime) {
    bind(place, std::int64_t{value.time_since_epoch().count()}, lifetime);
}

void Query::bind(int place, std::nullopt_t, Lifetime) {
    if (sqlite3_bind_null(statement_, place) != SQLITE_OK) connection_->throw_last();
}

void Connection::Close::operator()(sqlite3* handle) const {
    sqlite3_close_v2(handle);
}

void Connection::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Result<Connection> Connection::open(const std::filesystem::path& file, Access access,
                                    const char* vfs) {
    turn_off_memory_statistics();
    sqlite3* raw = nullptr;
    // A connection is used by one thread at a time, so SQLite need not lock it.
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (access == Access::write) flags |= SQLITE_OPEN_CREATE;
    const int code = sqlite3_open_v2(file.c_str(), &raw, flags, vfs);
    Connection connection(std::unique_ptr<sqlite3, Close>{raw}, file.string());
    try {
        if (code != SQLITE_OK) connection.throw_last();
        sqlite3_busy_timeout(raw, kBusyTimeoutMs);
        connection.execute(pragmas_of(access));
    } catch (const StorageFailure& failure) {
        return std::unexpected(failure.error);
    }
    return connection;
}

std::vector<std::string> Connection::plan(Sql sql) {
    const auto text = fmt::format("EXPLAIN QUERY PLAN {}", sql.text());
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(handle(), text.c_str(), -1, &raw, nullptr) != SQLITE_OK) throw_last();
    const std::unique_ptr<sqlite3_stmt, Finalize> statement{raw};
    Query rows(*this, raw);
    std::vector<std::string> steps;
    while (rows.next()) steps.push_back(rows.text(3));
    return steps;
}

void Connection::execute(const std::string& script) {
    if (sqlite3_exec(handle(), script.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        throw_last();
    }
}

template <class Value>
Value Connection::first(const std::string& sql, Value (Query::*column)(int) const) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(handle(), sql.c_str(), -1, &raw, nullptr) != SQLITE_OK) throw_last();
    const std::unique_ptr<sqlite3_stmt, Finalize> statement{raw};
    Query query(*this, raw);
    return query.next() ? (query.*column)(0) : Value{};
}

std::int64_t Connection::number(const std::string& sql) {
    return first(sql, &Query::integer);
}

std::string Connection::text(const std::string& sql) {
    return first(sql, &Query::text);
}

void Connection::interrupt_when(int (*overdue)(void* context), void* context) {
    sqlite3_progress_handler(handle(), kStepsBetweenChecks, overdue, context);
}

void Connection::checkpoint_all() {
    if (sqlite3_wal_checkpoint_v2(handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr,
                                  nullptr) != SQLITE_OK) {
        throw_last();
    }
}

void Connection::rollback() noexcept {
    ++rollbacks_;
    // Some failures have rolled back already; there is nothing to do then.
    if (sqlite3_get_autocommit(handle()) == 0) {
        sqlite3_exec(handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

void Connection::throw_last() const {
    const int code = sqlite3_extended_errcode(handle());
    throw StorageFailure{Error{.code = errc_of(code, sqlite3_system_errno(handle())),
                               .message = fmt::format("database {}: {} (SQLite {})", name_,
                                                      sqlite3_errmsg(handle()), code)}};
}

sqlite3_stmt* Connection::prepare(Sql sql) {
    auto& statement = statements_[sql.text()];
    if (!statement) {
        sqlite3_stmt* raw = nullptr;
        if (sqlite3_prepare_v3(handle(), sql.text(), -1, SQLITE_PREPARE_PERSISTENT, &raw,
                               nullptr) != SQLITE_OK) {
            throw_last();
        }
        statement.reset(raw);
    }
    return statement.get();
}

std::int64_t Connection::changes() const {
    return sqlite3_changes64(handle());
}

}  // namespace ingestor::sqlite
