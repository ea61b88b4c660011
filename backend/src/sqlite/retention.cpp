#include "sqlite/retention.hpp"

#include <functional>
#include <future>
#include <optional>

#include <pthread.h>

#include "ports/job_store.hpp"

namespace ingestor::sqlite {

namespace {

/// Where the next unit of a sweep goes on; nullopt: the sweep is through.
using Cursor = std::optional<std::int64_t>;
using SweepUnit = std::function<Cursor(Connection&)>;

/// A unit whose caller blocks.
class BlockingWrite final : public PendingWrite {
public:
    BlockingWrite(SweepUnit unit, std::promise<Cursor> promise)
        : unit_(std::move(unit)), promise_(std::move(promise)) {}

    void run(Connection& connection) override { next_ = unit_(connection); }
    // A sweep that failed is over; the next one starts anew.
    void fail(const Error&) override { next_.reset(); }
    [[nodiscard]] const boost::asio::any_io_executor* executor() const override { return nullptr; }
    void resume() override { promise_.set_value(next_); }

private:
    SweepUnit unit_;
    std::promise<Cursor> promise_;
    Cursor next_;
};

Cursor delete_events(Connection& connection, std::int64_t after, TimePoint now) {
    // Events are stored in the order of time, so the first young one ends the sweep. The newest of
    // all stays, as the next number is counted from it.
    auto events = connection.query(
        "SELECT seq FROM events WHERE seq > ?1 AND stored_at < ?2 "
        "AND seq < (SELECT max(seq) FROM events) ORDER BY seq LIMIT ?3",
        after, TimePoint{now - kEventRetention}, kSweepRows);
    std::int64_t last = after;
    int seen = 0;
    while (events.next()) {
        last = events.integer(0);
        ++seen;
        connection.run(
            "DELETE FROM events WHERE seq = ?1 "
            "AND NOT EXISTS (SELECT 1 FROM deliveries WHERE id >= ?1 << 12 AND id < (?1 + 1) << "
            "12) "
            "AND NOT EXISTS (SELECT 1 FROM dead_letters WHERE id >= ?1 << 12 "
            "AND id < (?1 + 1) << 12)",
            last);
    }
    return seen == kSweepRows ? Cursor{last} : std::nullopt;
}

Cursor delete_rows(Connection& connection, Sql sql, TimePoint before) {
    return connection.run(sql, before, kSweepRows) == kSweepRows ? Cursor{0} : std::nullopt;
}

}  // namespace

Retention::Retention(GroupCommit& writer, const Clock& clock, RetentionOptions options)
    : writer_(writer), clock_(clock), options_(options) {
    thread_ = std::thread([this] { run(); });
    ::pthread_setname_np(thread_.native_handle(), "db-retention");
}

Retention::~Retention() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

bool Retention::stopping() const {
    const std::scoped_lock lock(mutex_);
    return stopping_;
}

void Retention::run() {
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait_for(lock, options_.interval, [this] { return stopping_; });
        }
        if (stopping()) return;
        sweep();
    }
}

void Retention::sweep() {
    const auto now = clock_.now();
    const auto run_to_end = [this](const std::function<Cursor(Connection&, std::int64_t)>& step) {
        for (Cursor cursor = 0; cursor && !stopping();) {
            std::promise<Cursor> promise;
            auto next = promise.get_future();
            SweepUnit unit = [&step, after = *cursor](Connection& connection) {
                return step(connection, after);
            };
            writer_.submit(std::make_unique<BlockingWrite>(std::move(unit), std::move(promise)));
            cursor = next.get();
        }
    };
    run_to_end([now](Connection& connection, std::int64_t) {
        return delete_rows(connection,
                           "DELETE FROM idempotency_keys WHERE (user_id, key) IN (SELECT user_id, "
                           "key FROM idempotency_keys WHERE used_at <= ?1 LIMIT ?2)",
                           now - kIdempotencyKeyLifetime);
    });
    run_to_end([now](Connection& connection, std::int64_t) {
        return delete_rows(connection,
                           "DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters "
                           "WHERE dead_at < ?1 LIMIT ?2)",
                           now - kDeadLetterRetention);
    });
    run_to_end([now](Connection& connection, std::int64_t after) {
        return delete_events(connection, after, now);
    });
}

}  // namespace ingestor::sqlite
