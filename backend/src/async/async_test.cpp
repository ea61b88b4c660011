#include <stdexcept>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "async/notifier.hpp"
#include "async/offload.hpp"
#include "async/task_group.hpp"

namespace ingestor {
namespace {

using namespace std::chrono_literals;

/// Runs one coroutine to its end and hands on what it threw.
template <class Body>
void run(asio::io_context& io, Body body) {
    std::exception_ptr failure;
    asio::co_spawn(io, body(), [&failure](std::exception_ptr error) { failure = error; });
    io.run();
    if (failure) std::rethrow_exception(failure);
}

TEST(Offload, RunsOnThePoolAndResumesAtHome) {
    asio::io_context io;
    asio::thread_pool pool(1);
    const auto home = std::this_thread::get_id();
    std::thread::id worker;
    run(io, [&]() -> asio::awaitable<void> {
        auto work = [&worker] {
            worker = std::this_thread::get_id();
            return 42;
        };
        EXPECT_EQ(co_await offload(pool, work), 42);
        EXPECT_EQ(std::this_thread::get_id(), home);
    });
    EXPECT_NE(worker, home);
}

TEST(Offload, HandsOnWhatTheWorkThrew) {
    asio::io_context io;
    asio::thread_pool pool(1);
    const auto body = [&]() -> asio::awaitable<void> {
        auto work = []() -> int { throw std::runtime_error("no disk"); };
        co_await offload(pool, work);
    };
    EXPECT_THROW(run(io, body), std::runtime_error);
}

TEST(Notifier, KeepsANoticeThatNobodyWaitedFor) {
    asio::io_context io;
    run(io, [&]() -> asio::awaitable<void> {
        Notifier notifier(io.get_executor());
        notifier.notify();
        const auto start = std::chrono::steady_clock::now();
        co_await notifier.wait(start + 1h);
        EXPECT_LT(std::chrono::steady_clock::now() - start, 30min);
    });
}

TEST(TaskGroup, CancelEndsATaskThatWaits) {
    asio::io_context io;
    int errors = 0;
    run(io, [&]() -> asio::awaitable<void> {
        TaskGroup group(io.get_executor(), [&errors](const std::exception_ptr&) { ++errors; });
        const auto wait_for_ever = [](asio::io_context& on) -> asio::awaitable<void> {
            asio::steady_timer timer(on, asio::steady_timer::time_point::max());
            co_await timer.async_wait(asio::use_awaitable);
        };
        group.spawn(wait_for_ever(io));
        group.spawn(wait_for_ever(io));
        EXPECT_FALSE(co_await group.join(std::chrono::steady_clock::now() + 1ms));
        group.cancel();
        EXPECT_TRUE(co_await group.join(std::chrono::steady_clock::now() + 1h));
    });
    EXPECT_EQ(errors, 0);
}

TEST(TaskGroup, ReportsWhatATaskThrew) {
    asio::io_context io;
    int errors = 0;
    run(io, [&]() -> asio::awaitable<void> {
        TaskGroup group(io.get_executor(), [&errors](const std::exception_ptr&) { ++errors; });
        const auto fail_at_once = []() -> asio::awaitable<void> {
            throw std::logic_error("wrong");
            co_return;
        };
        group.spawn(fail_at_once());
        EXPECT_TRUE(co_await group.join(std::chrono::steady_clock::now() + 1h));
    });
    EXPECT_EQ(errors, 1);
}

}  // namespace
}  // namespace ingestor
