#include "sqlite/retention.hpp"

#include <utility>
#include <vector>

#include <pthread.h>

#include "ports/job_store.hpp"
#include "sqlite/queries.hpp"
#include "sqlite/queue_rows.hpp"

namespace ingestor::sqlite {

Retention::Retention(Connection reader, GroupCommit& writer, const ports::Clock& clock,
                     RetentionOptions options)
    : reader_(std::move(reader)), writer_(writer), clock_(clock), options_(options) {}

void Retention::start() {
    thread_ = std::thread([this] { run(); });
    ::pthread_setname_np(thread_.native_handle(), "db-retention");
}

Retention::~Retention() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
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

std::int64_t Retention::once(const Step& step) {
    const auto rows = writer_.write_and_wait(
        [&step](Connection& writer) -> Result<std::int64_t> { return step(writer); });
    // A sweep that failed is over; the next one starts anew.
    return rows.value_or(0);
}

void Retention::repeat(const Step& step) {
    for (std::int64_t rows = kSweepRows; rows >= kSweepRows && !stopping();) rows = once(step);
}

void Retention::delete_events(TimePoint stored_before) {
    for (std::size_t found = kSweepRows; found >= kSweepRows && !stopping();) {
        std::vector<std::int64_t> expired;
        try {
            auto events = reader_.query(kExpiredEvents, stored_before, kSweepRows);
            while (events.next()) expired.push_back(events.integer(0));
        } catch (const StorageFailure&) {
            return;
        }
        found = expired.size();
        if (expired.empty()) return;
        const auto deleted = once([&expired](Connection& writer) {
            std::int64_t rows = 0;
            for (const auto seq : expired) rows += writer.run(kDeleteEvent, seq);
            return rows;
        });
        // What cannot be deleted just now would be found again and again.
        if (deleted == 0) return;
    }
}

void Retention::delete_messages(TimePoint now) {
    std::vector<std::pair<std::int64_t, TimePoint>> kept_from;  // By queue.
    try {
        auto queues = reader_.query(kQueues);
        while (queues.next()) {
            auto queue = reader_.query(kFindQueue, queues.text(0));
            if (!queue.next()) continue;
            kept_from.emplace_back(queue.integer(0), now - settings_of(queues.text(3)).retention);
        }
    } catch (const StorageFailure&) {
        return;
    }
    for (const auto& [queue, from] : kept_from) {
        repeat([queue, from](Connection& writer) {
            return writer.run(kDeleteExpiredMessages, queue, from, kSweepRows);
        });
    }
}

void Retention::sweep() {
    const std::scoped_lock one_at_a_time(sweeping_);
    const auto now = clock_.now();
    repeat([now](Connection& writer) {
        return writer.run(kDeleteExpiredKeys, now - ports::kIdempotencyKeyLifetime, kSweepRows);
    });
    repeat([now](Connection& writer) {
        return writer.run(kDeleteExpiredDeadLetters, now - kDeadLetterRetention, kSweepRows);
    });
    delete_events(now - kEventRetention);
    delete_messages(now);
}

}  // namespace ingestor::sqlite
