#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include "async/mutex.hpp"
#include "async/notifier.hpp"
#include "async/offload.hpp"
#include "async/task_group.hpp"

namespace ingestor::async {

namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;

/// Runs one coroutine to its end and hands on what it threw.
void run(asio::io_context& io, asio::awaitable<void> body) {
    std::exception_ptr failure;
    asio::co_spawn(io, std::move(body), [&failure](std::exception_ptr error) { failure = error; });
    io.run();
    if (failure) std::rethrow_exception(failure);
}

TEST(Offload, RunsOnThePoolAndResumesAtHome) {
    asio::io_context io;
    asio::thread_pool pool(1);
    const auto home = std::this_thread::get_id();
    std::thread::id worker;
    const auto body = [](asio::thread_pool& on, std::thread::id& seen) -> asio::awaitable<void> {
        const auto before = std::this_thread::get_id();
        auto work = [&seen] {
            seen = std::this_thread::get_id();
            return 42;
        };
        EXPECT_EQ(co_await offload(on, work), 42);
        EXPECT_EQ(std::this_thread::get_id(), before);
    };
    run(io, body(pool, worker));
    EXPECT_NE(worker, home);
}

TEST(Offload, HandsOnWhatTheWorkThrew) {
    asio::io_context io;
    asio::thread_pool pool(1);
    const auto body = [](asio::thread_pool& on) -> asio::awaitable<void> {
        auto work = []() -> int { throw std::runtime_error("no disk"); };
        co_await offload(on, work);
    };
    EXPECT_THROW(run(io, body(pool)), std::runtime_error);
}

TEST(Offload, EndsTheWorkBeforeItsCallerGoesOn) {
    asio::io_context io;
    asio::thread_pool pool(1);
    const auto body = [](asio::thread_pool& on) -> asio::awaitable<void> {
        auto owned = std::make_shared<int>(42);
        const std::weak_ptr<int> left = owned;
        auto work = [owned = std::move(owned)] { return *owned; };
        EXPECT_EQ(co_await offload(on, std::move(work)), 42);
        EXPECT_TRUE(left.expired());
    };
    for (int n = 0; n < 100; ++n) run(io, body(pool));
}

TEST(Notifier, KeepsANoticeThatNobodyWaitedFor) {
    asio::io_context io;
    const auto body = [](asio::io_context& on) -> asio::awaitable<void> {
        Notifier notifier(on.get_executor());
        notifier.notify();
        const auto start = std::chrono::steady_clock::now();
        co_await notifier.wait(start + 1h);
        EXPECT_LT(std::chrono::steady_clock::now() - start, 30min);
    };
    run(io, body(io));
}

TEST(TaskGroup, CancelEndsATaskThatWaits) {
    asio::io_context io;
    int errors = 0;
    const auto body = [](asio::io_context& on, int& thrown) -> asio::awaitable<void> {
        TaskGroup group(on.get_executor(), [&thrown](const std::exception_ptr&) { ++thrown; });
        const auto wait_for_ever = [](asio::io_context& where) -> asio::awaitable<void> {
            asio::steady_timer timer(where, asio::steady_timer::time_point::max());
            co_await timer.async_wait(asio::use_awaitable);
        };
        group.spawn(wait_for_ever(on));
        group.spawn(wait_for_ever(on));
        EXPECT_FALSE(co_await group.join(std::chrono::steady_clock::now() + 1ms));
        group.cancel();
        EXPECT_TRUE(co_await group.join(std::chrono::steady_clock::now() + 1h));
    };
    run(io, body(io, errors));
    EXPECT_EQ(errors, 0);
}

TEST(TaskGroup, ReportsWhatATaskThrew) {
    asio::io_context io;
    int errors = 0;
    const auto body = [](asio::io_context& on, int& thrown) -> asio::awaitable<void> {
        TaskGroup group(on.get_executor(), [&thrown](const std::exception_ptr&) { ++thrown; });
        const auto fail_at_once = []() -> asio::awaitable<void> {
            throw std::logic_error("wrong");
            co_return;
        };
        group.spawn(fail_at_once());
        EXPECT_TRUE(co_await group.join(std::chrono::steady_clock::now() + 1h));
    };
    run(io, body(io, errors));
    EXPECT_EQ(errors, 1);
}

TEST(Mutex, LetsOneThroughAtATimeInTheirOrder) {
    asio::io_context io;
    Mutex mutex(io.get_executor());
    std::vector<int> order;
    int inside = 0;
    const auto visit = [&](int number) -> asio::awaitable<void> {
        const auto lock = co_await mutex.lock();
        EXPECT_EQ(inside++, 0);
        order.push_back(number);
        asio::steady_timer timer(io, 1ms);
        co_await timer.async_wait(asio::use_awaitable);
        --inside;
    };
    for (int i = 0; i < 5; ++i) {
        asio::co_spawn(io, visit(i), [](std::exception_ptr error) { EXPECT_FALSE(error); });
    }
    io.run();
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(Mutex, IsFreeAgainWhenItsHolderThrows) {
    asio::io_context io;
    Mutex mutex(io.get_executor());
    const auto fail = [&]() -> asio::awaitable<void> {
        const auto lock = co_await mutex.lock();
        throw std::runtime_error("no luck");
    };
    EXPECT_THROW(run(io, fail()), std::runtime_error);
    bool passed = false;
    const auto pass = [&]() -> asio::awaitable<void> {
        const auto lock = co_await mutex.lock();
        passed = true;
    };
    io.restart();
    run(io, pass());
    EXPECT_TRUE(passed);
}

}  // namespace
}  // namespace ingestor::async
