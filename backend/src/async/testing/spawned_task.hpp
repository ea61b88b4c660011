#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace ingestor::async::testing {

/// Starts the task on `io`. `ended` is called with what it threw. Compiled once: what Asio makes of
/// a co_spawn is the larger part of a small test's build.
void spawn_for_test(boost::asio::io_context& io, boost::asio::awaitable<void> task,
                    std::function<void(std::exception_ptr)> ended);

/// A coroutine of a test's own that runs while somebody runs its io_context.
template <class Value>
class SpawnedTask {
public:
    SpawnedTask(boost::asio::io_context& io, boost::asio::awaitable<Value> task)
        : ending_(std::make_shared<Ending>()) {
        auto ended = [ending = ending_](std::exception_ptr thrown) {
            ending->thrown = std::move(thrown);
            ending->done = true;
        };
        spawn_for_test(io, keep(std::move(task), ending_), std::move(ended));
    }

    [[nodiscard]] bool done() const { return ending_->done; }
    /// What it returned; throws what it threw, and std::bad_optional_access before its end.
    Value get() {
        if (ending_->thrown) std::rethrow_exception(ending_->thrown);
        return std::move(ending_->value).value();
    }

private:
    // Shared: a test that gives up waiting must not be written to afterwards.
    struct Ending {
        std::optional<Value> value;
        std::exception_ptr thrown;
        bool done = false;
    };

    static boost::asio::awaitable<void> keep(boost::asio::awaitable<Value> task,
                                             std::shared_ptr<Ending> ending) {
        ending->value.emplace(co_await std::move(task));
    }

    std::shared_ptr<Ending> ending_;
};

/// Runs `io` until it has nothing to do, and hands on what the task returned or threw.
template <class Value>
Value run_to_end(boost::asio::io_context& io, boost::asio::awaitable<Value> task) {
    SpawnedTask<Value> spawned(io, std::move(task));
    io.restart();
    io.run();
    return spawned.get();
}

}  // namespace ingestor::async::testing
