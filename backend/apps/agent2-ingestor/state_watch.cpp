#include "state_watch.hpp"

#include <cerrno>
#include <chrono>
#include <string>
#include <utility>

namespace ingestor {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kInterval{1};

/// What a failed call of a store tells of the storage as a whole.
telemetry::UnavailableReason reason_of(const Error& failure) {
    if (failure.code == Errc::out_of_space) {
        const auto fault = files::storage_fault(ENOSPC);
        return {
            .code = std::string(fault.code), .message = fault.message, .detail = failure.message};
    }
    return {.code = "storage_failing",
            .message = "the database cannot be written: the log says why",
            .detail = failure.message};
}

}  // namespace

StateWatch::StateWatch(Dependencies dependencies)
    : dependencies_(std::move(dependencies)),
      state_(dependencies_.log, dependencies_.metrics),
      next_look_(dependencies_.executor) {
    add_checks();
}

void StateWatch::add_checks() {
    using Reasons = std::vector<telemetry::UnavailableReason>;
    state_.add([this]() -> Reasons {
        const auto fault = dependencies_.storage.fault();
        if (!fault) return {};
        return {{.code = std::string(fault->code), .message = fault->message, .detail = {}}};
    });
    state_.add([this]() -> Reasons {
        if (!dependencies_.database.stalled() && !dependencies_.objects.stalled()) return {};
        return {{.code = "storage_unresponsive",
                 .message = "the disk of the data directory does not answer",
                 .detail = {}}};
    });
    state_.add([this]() -> Reasons {
        const auto failure = dependencies_.database.last_failure();
        if (!failure) return {};
        return {reason_of(*failure)};
    });
    state_.add([this]() -> Reasons {
        auto damage = dependencies_.database.damage();
        if (!damage) return {};
        return {{.code = "database_damaged",
                 .message = "the database is damaged: stop the service and restore a backup",
                 .detail = std::move(*damage)}};
    });
    state_.add([this]() -> Reasons {
        auto why = dependencies_.helpers.unavailable_reason();
        if (!why) return {};
        return {
            {.code = "no_helper",
             .message = "no document can be worked on: the log says why; jobs are taken and wait",
             .detail = std::move(*why)}};
    });
}

void StateWatch::look() {
    dependencies_.database.refuse_overdue();
    state_.refresh(std::chrono::steady_clock::now());
    dependencies_.metrics.set_wal_bytes(dependencies_.database.wal_bytes());
    const auto space = dependencies_.storage.space();
    dependencies_.metrics.set_storage_space(space.free_bytes, space.free_inodes);
}

asio::awaitable<void> StateWatch::run() {
    while (!stopped_) {
        look();
        // Nobody may write while the service is not ready, and then nothing else would show that
        // it could be again.
        if (dependencies_.database.last_failure() && !probing_)
            dependencies_.background.spawn(probe_database());
        co_await next_look_.wait(std::chrono::steady_clock::now() + kInterval);
    }
}

void StateWatch::stop() {
    stopped_ = true;
    next_look_.notify();
}

asio::awaitable<void> StateWatch::probe_database() {
    probing_ = true;
    // Its outcome is what last_failure() says next.
    co_await dependencies_.database.try_write();
    probing_ = false;
}

}  // namespace ingestor
