#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace ingestor::sqlite {

/// How long a connection waits for another's lock. Ours never wait for long (one writer, one
/// checkpointer); someone else's `sqlite3` shell may.
inline constexpr int kBusyTimeoutMs = 5'000;

/// A statement's text: a literal, so that its address names it in the cache of prepared statements.
class Sql {
public:
    consteval Sql(const char* text) : text_(text) {}
    [[nodiscard]] const char* text() const { return text_; }

private:
    const char* text_;
};

/// Bytes that are no text.
struct Blob {
    std::string_view bytes;
};

/// Thrown inside this module when SQLite fails, and caught where a unit of work or a query is run:
/// whatever the transaction did up to there is rolled back. A refusal (a lost lease, say) is an
/// Error that is returned before anything was written.
struct StorageFailure {
    Error error;
};

class Connection;

/// A prepared statement in use: the rows of a query, one at a time. Reset when it goes.
class Query {
public:
    Query(Query&& other) noexcept;
    Query& operator=(Query&&) = delete;
    ~Query();

    /// Steps to the next row; false after the last.
    bool next();

    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::string blob(int column) const { return text(column); }
    [[nodiscard]] TimePoint time(int column) const;
    [[nodiscard]] std::optional<std::int64_t> integer_or_none(int column) const;
    [[nodiscard]] std::optional<std::string> text_or_none(int column) const;
    [[nodiscard]] std::optional<TimePoint> time_or_none(int column) const;

private:
    friend class Connection;
    /// Whether bound text must be copied because it may go before the last step.
    enum class Lifetime { borrowed, copied };

    Query(const Connection& connection, sqlite3_stmt* statement)
        : connection_(&connection), statement_(statement) {}

    void bind(int place, std::int64_t value, Lifetime lifetime);
    void bind(int place, int value, Lifetime lifetime);
    void bind(int place, std::uint32_t value, Lifetime lifetime);
    void bind(int place, std::uint64_t value, Lifetime lifetime);
    void bind(int place, std::string_view value, Lifetime lifetime);
    void bind(int place, const std::string& value, Lifetime lifetime);
    void bind(int place, Blob value, Lifetime lifetime);
    void bind(int place, TimePoint value, Lifetime lifetime);
    void bind(int place, std::nullopt_t, Lifetime lifetime);
    template <class T>
    void bind(int place, const std::optional<T>& value, Lifetime lifetime) {
        if (value) {
            bind(place, *value, lifetime);
        } else {
            bind(place, std::nullopt, lifetime);
        }
    }

    const Connection* connection_;
    sqlite3_stmt* statement_;
};

/// How a connection is used; it decides the pragmas. A scan reads each page about once.
enum class Access { write, read, scan, checkpoint };

/// One SQLite connection, used by one thread at a time. Members throw StorageFailure.
class Connection {
public:
    /// `vfs` names the layer of SQLite that reaches the disk; nullptr: the system's.
    /// Errors: unavailable, out_of_space, corrupt (not a database).
    [[nodiscard]] static Result<Connection> open(const std::filesystem::path& file, Access access,
                                                 const char* vfs = nullptr);

    /// Rows of a query; the arguments are copied.
    template <class... Arguments>
    [[nodiscard]] Query query(Sql sql, const Arguments&... arguments) {
        Query query(*this, prepare(sql));
        [[maybe_unused]] int place = 0;
        (query.bind(++place, arguments, Query::Lifetime::copied), ...);
        return query;
    }

    /// Runs a statement that returns no rows; says how many rows it inserted, changed or deleted.
    template <class... Arguments>
    std::int64_t run(Sql sql, const Arguments&... arguments) {
        Query query(*this, prepare(sql));
        [[maybe_unused]] int place = 0;
        (query.bind(++place, arguments, Query::Lifetime::borrowed), ...);
        query.next();
        return changes();
    }

    /// How SQLite would go about a statement: EXPLAIN QUERY PLAN, a step a line.
    [[nodiscard]] std::vector<std::string> plan(Sql sql);

    /// Runs statements without arguments, not cached.
    void execute(const std::string& script);
    /// The first column of the first row of a pragma or an aggregate.
    [[nodiscard]] std::int64_t number(const std::string& sql);

    [[nodiscard]] std::string text(const std::string& sql);

    /// From now on a statement is interrupted (unavailable) when `overdue(context)`, asked every
    /// few microseconds while it runs, is not 0.
    void interrupt_when(int (*overdue)(void* context), void* context);

    /// Copies the whole WAL into the database and empties it. For a time when nobody else is there.
    ///
    /// What a process finds in the WAL that an earlier one left may not be durable: a sync failed,
    /// which leaves pages that the system takes for clean, and then the process died. Commits that
    /// follow them would be lost with them. The copies are written anew, and synced.
    void checkpoint_all();

    /// Rolls back if a transaction is open; never throws.
    void rollback() noexcept;
    /// Rises with every rollback: whatever was remembered of uncommitted rows is void.
    [[nodiscard]] std::uint64_t rollbacks() const { return rollbacks_; }

    [[nodiscard]] sqlite3* handle() const { return handle_.get(); }
    /// Throws the last failure of this connection.
    [[noreturn]] void throw_last() const;

private:
    struct Close {
        void operator()(sqlite3* handle) const;
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };

    Connection(std::unique_ptr<sqlite3, Close> handle, std::string name)
        : handle_(std::move(handle)), name_(std::move(name)) {}

    template <class Value>
    Value first(const std::string& sql, Value (Query::*column)(int) const);
    sqlite3_stmt* prepare(Sql sql);
    [[nodiscard]] std::int64_t changes() const;

    std::unique_ptr<sqlite3, Close> handle_;
    std::string name_;
    std::unordered_map<const char*, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;
    std::uint64_t rollbacks_ = 0;
};

}  // namespace ingestor::sqlite
