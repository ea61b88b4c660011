#include "sqlite/integrity_check.hpp"

#include <chrono>
#include <vector>

#include <fmt/format.h>
#include <pthread.h>
#include <sqlite3.h>

#include "sqlite/queries.hpp"

namespace ingestor::sqlite {

namespace {

constexpr std::chrono::seconds kBeforeRetry{10};

std::vector<std::string> tables_of(Connection& connection) {
    std::vector<std::string> tables;
    auto rows = connection.query(kTables);
    while (rows.next()) tables.push_back(rows.text(0));
    return tables;
}

}  // namespace

IntegrityCheck::IntegrityCheck(Connection connection, const Checkpointer& checkpointer)
    : connection_(std::move(connection)), checkpointer_(checkpointer) {
    const auto overdue = [](void* self) {
        const auto& check = *static_cast<const IntegrityCheck*>(self);
        return check.stopping_ || check.checkpointer_.wal_is_long() ? 1 : 0;
    };
    connection_.interrupt_when(overdue, this);
}

void IntegrityCheck::start() {
    thread_ = std::thread([this] { run(); });
    ::pthread_setname_np(thread_.native_handle(), "db-check");
}

IntegrityCheck::~IntegrityCheck() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    sqlite3_interrupt(connection_.handle());
    if (thread_.joinable()) thread_.join();
}

std::optional<std::string> IntegrityCheck::damage() const {
    const std::scoped_lock lock(mutex_);
    return damage_;
}

void IntegrityCheck::report(std::string damage) {
    const std::scoped_lock lock(mutex_);
    damage_ = std::move(damage);
}

bool IntegrityCheck::wait_before_retry() {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, kBeforeRetry, [this] { return stopping_.load(); });
    return !stopping_;
}

bool IntegrityCheck::check(const std::string& table) {
    try {
        const auto answer = connection_.text(fmt::format("PRAGMA quick_check('{}')", table));
        // A table that is gone meanwhile answers nothing.
        if (!answer.empty() && answer != "ok") report(answer);
        return true;
    } catch (const StorageFailure& failure) {
        if (failure.error.code != Errc::corrupt) return false;
        report(failure.error.message);
        return true;
    }
}

void IntegrityCheck::run() {
    std::vector<std::string> tables;
    bool listed = false;
    while (!listed) {
        try {
            tables = tables_of(connection_);
            listed = true;
        } catch (const StorageFailure& failure) {
            if (failure.error.code == Errc::corrupt) return report(failure.error.message);
            if (!wait_before_retry()) return;
        }
    }
    for (const auto& table : tables) {
        while (!check(table)) {
            if (!wait_before_retry()) return;
        }
        if (stopping_ || damage()) return;
    }
    finished_ = true;
}

}  // namespace ingestor::sqlite
