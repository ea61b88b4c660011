#pragma once

#include <atomic>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "async/testing/spawned_task.hpp"
#include "base/testing/temporary_directory.hpp"
#include "base/time.hpp"
#include "ports/clock.hpp"

namespace ingestor::identity::testing {

/// A clock that stands still until it is told.
class HandClock final : public ports::Clock {
public:
    [[nodiscard]] TimePoint now() const override {
        return TimePoint(std::chrono::milliseconds(milliseconds_.load()));
    }
    void advance(std::chrono::milliseconds by) { milliseconds_ += by.count(); }
    [[nodiscard]] std::int64_t seconds() const { return milliseconds_ / 1000; }

private:
    std::atomic<std::int64_t> milliseconds_{1'800'000'000'000};
};

/// Runs one coroutine to its end on `io` and returns what it returned or throws what it threw.
template <class Value>
Value run(boost::asio::io_context& io, boost::asio::awaitable<Value> task) {
    return async::testing::run_to_end(io, std::move(task));
}

}  // namespace ingestor::identity::testing
