#include "bus/dispatcher.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>

#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "bus/event_bus.hpp"
#include "memory/faulty_stores.hpp"
#include "memory/in_memory_event_log.hpp"
#include "memory/manual_clock.hpp"

namespace ingestor {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

constexpr auto kArn = "arn:aws:lambda:us-east-1:000000000000:function:f";

/// A function that notes its runs and fails, or waits, as told.
struct Function {
    explicit Function(asio::io_context& context) : io(context) {}

    asio::awaitable<void> run(Invocation invocation) {
        runs.push_back(invocation.event.id);
        attempts.push_back(invocation.attempt);
        if (held) {
            asio::steady_timer timer(io, asio::steady_timer::time_point::max());
            waiting.push_back(&timer);
            auto wake = [&timer] { timer.cancel(); };
            const std::stop_callback on_stop(invocation.stop, wake);
            boost::system::error_code ignored;
            co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
            std::erase(waiting, &timer);
            if (invocation.stop.stop_requested()) throw std::runtime_error("interrupted");
        }
        if (failures[invocation.event.id]-- > 0) throw std::runtime_error("scale jammed");
    }
    void release() {
        held = false;
        for (auto* timer : waiting) timer->cancel();
    }

    asio::io_context& io;
    bool held = false;
    std::vector<asio::steady_timer*> waiting;
    std::map<std::string, int> failures;
    std::vector<std::string> runs;
    std::vector<int> attempts;
};

class DispatcherTest : public testing::Test {
protected:
    DispatcherTest()
        : event_log(table, clock,
                    [this](std::vector<Delivery> deliveries) {
                        if (accepting) dispatcher->accept(std::move(deliveries));
                    }),
          log(LogFormat::json, LogLevel::error) {
        Rule rule;
        rule.bus = "bus";
        rule.name = "rule";
        rule.event_pattern = R"({"source":["s"]})";
        auto& target = rule.targets.emplace_back();
        target.id = "t";
        target.arn = kArn;
        target.maximum_retry_attempts = 2;
        EXPECT_TRUE(table.put(std::move(rule)));
        make({});
    }
    ~DispatcherTest() override { stop(); }

    void add_function(FunctionSettings settings) {
        auto run = [this](Invocation invocation) { return function.run(std::move(invocation)); };
        functions.add(kArn, run, settings);
    }
    void make(Dispatcher::Options options, EventLog* over = nullptr) {
        options.jitter_seed = 1;
        EventLog& of_events = over == nullptr ? event_log : *over;
        dispatcher = std::make_unique<Dispatcher>(
            io.get_executor(), Dispatcher::Parts{of_events, table, functions, clock, log, metrics},
            options);
    }
    void stop() { EXPECT_TRUE(run(dispatcher->stop(std::chrono::steady_clock::now() + 10s))); }

    template <class Value>
    Value run(asio::awaitable<Value> task) {
        SpawnedTask<Value> spawned(io, std::move(task));
        while (!spawned.done()) {
            io.restart();
            io.run_one_for(50ms);
        }
        return spawned.get();
    }
    void settle() {
        io.restart();
        while (io.poll() > 0) io.restart();
    }
    void pass(std::chrono::milliseconds time) {
        clock.advance(time);
        dispatcher->wake();
        settle();
    }
    void publish(const std::vector<std::string>& ids, const std::string& user = "ann") {
        std::vector<Event> events;
        for (const auto& id : ids) {
            events.push_back(
                Event{.id = id, .source = "s", .detail = R"({"user_id":")" + user + R"("})"});
        }
        EXPECT_TRUE(run(event_log.append(std::move(events))));
    }
    std::uint64_t depth() { return run(event_log.depth()).value(); }
    std::vector<DeadLetter> dead() { return run(event_log.dead_letters(10)).value(); }

    asio::io_context io;
    ManualClock clock;
    RuleTable table{"bus"};
    std::unique_ptr<Dispatcher> dispatcher;
    bool accepting = true;
    InMemoryEventLog event_log;
    FunctionHost functions;
    Function function{io};
    Log log;
    Metrics metrics;
};

TEST_F(DispatcherTest, ACommittedDeliveryRunsAndIsForgotten) {
    add_function({});
    dispatcher->start();
    publish({"e1"});
    settle();
    EXPECT_EQ(function.runs, std::vector<std::string>{"e1"});
    EXPECT_EQ(depth(), 0U);
}

TEST_F(DispatcherTest, WhatTheLogHoldsIsTakenUpAtTheStart) {
    add_function({});
    publish({"e1", "e2"});
    EXPECT_TRUE(function.runs.empty());
    dispatcher->start();
    settle();
    EXPECT_EQ(function.runs, (std::vector<std::string>{"e1", "e2"}));
}

TEST_F(DispatcherTest, AFunctionsErrorIsRetriedTwiceAndThenADeadLetter) {
    add_function({});
    function.failures["e1"] = 99;
    dispatcher->start();
    publish({"e1"});
    settle();
    EXPECT_EQ(function.attempts, (std::vector<int>{1}));
    pass(700ms);
    EXPECT_EQ(function.attempts, (std::vector<int>{1}));
    pass(600ms);
    EXPECT_EQ(function.attempts, (std::vector<int>{1, 2}));
    pass(1'400ms);
    EXPECT_EQ(function.attempts, (std::vector<int>{1, 2}));
    pass(1'200ms);
    EXPECT_EQ(function.attempts, (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(depth(), 0U);
    const auto letters = dead();
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters[0].error_code, "RetriesExhausted");
    EXPECT_EQ(letters[0].error_message, "scale jammed");
    EXPECT_EQ(letters[0].exhausted, "MaximumRetryAttempts");
    EXPECT_EQ(letters[0].delivery.attempts, 3);
    EXPECT_EQ(letters[0].delivery.event.id, "e1");
}

TEST_F(DispatcherTest, AnErrorThatPassesEndsInSuccess) {
    add_function({});
    function.failures["e1"] = 1;
    dispatcher->start();
    publish({"e1"});
    settle();
    pass(2s);
    EXPECT_EQ(function.attempts, (std::vector<int>{1, 2}));
    EXPECT_EQ(depth(), 0U);
    EXPECT_TRUE(dead().empty());
}

TEST_F(DispatcherTest, AnUnknownFunctionIsADeadLetterAtOnce) {
    dispatcher->start();
    publish({"e1"});
    settle();
    ASSERT_EQ(dead().size(), 1U);
    EXPECT_EQ(dead()[0].error_code, "NO_RESOURCE");
    EXPECT_EQ(dead()[0].exhausted, "");
    EXPECT_EQ(dead()[0].delivery.attempts, 1);
}

TEST_F(DispatcherTest, ADeadLetterThatIsRedrivenRunsAgain) {
    dispatcher->start();
    publish({"e1"});
    settle();
    add_function({});
    EXPECT_TRUE(run(event_log.redrive(dead().at(0).id, clock.now())));
    dispatcher->wake();
    settle();
    EXPECT_EQ(function.runs, std::vector<std::string>{"e1"});
    EXPECT_TRUE(dead().empty());
}

TEST_F(DispatcherTest, ThrottledDeliveriesFollowTheRetryPolicy) {
    add_function({.concurrency_max = 1, .async_invoke = {}});
    function.held = true;
    dispatcher->start();
    publish({"e1", "e2", "e3"});
    settle();
    EXPECT_EQ(function.runs, std::vector<std::string>{"e1"});
    EXPECT_EQ(depth(), 3U);
    function.release();
    settle();
    for (int n = 0; n < 5; ++n) pass(3s);
    EXPECT_EQ(function.runs.size(), 3U);
    EXPECT_TRUE(dead().empty());

    function.held = true;
    publish({"e4", "e5"});
    settle();
    for (int n = 0; n < 5; ++n) pass(3s);
    ASSERT_EQ(dead().size(), 1U);
    EXPECT_EQ(dead()[0].error_code, "THROTTLING");
    EXPECT_EQ(dead()[0].exhausted, "MaximumRetryAttempts");
    EXPECT_EQ(dead()[0].delivery.attempts, 3);
}

TEST_F(DispatcherTest, OneGroupDoesNotBlockAnother) {
    add_function({});
    make({.in_flight_max = 1, .window_max = 20});
    function.held = true;
    dispatcher->start();
    std::vector<std::string> many;
    for (int n = 0; n < 100; ++n) many.push_back("a" + std::to_string(n));
    publish(many);
    publish({"b"}, "bob");
    settle();
    EXPECT_LE(dispatcher->ready(), 20U);
    function.release();
    settle();
    const auto place = std::ranges::find(function.runs, "b") - function.runs.begin();
    EXPECT_LE(place, 3);
    EXPECT_EQ(function.runs.size(), 101U);
    EXPECT_EQ(depth(), 0U);
}

TEST_F(DispatcherTest, AWindowMuchSmallerThanTheLogLosesNothing) {
    add_function({});
    make({.in_flight_max = 3, .window_max = 8});
    for (int n = 0; n < 40; ++n) {
        publish({"x" + std::to_string(n), "y" + std::to_string(n)}, "user" + std::to_string(n % 7));
    }
    function.failures["x5"] = 1;
    dispatcher->start();
    publish({"late"}, "bob");
    for (int n = 0; n < 10; ++n) pass(1s);
    EXPECT_EQ(function.runs.size(), 82U);
    EXPECT_EQ(depth(), 0U);
}

TEST_F(DispatcherTest, AfterARestartABacklogHidesNobody) {
    accepting = false;
    std::vector<std::string> backlog;
    for (int n = 0; n < 2'000; ++n) backlog.push_back("ann-" + std::to_string(n));
    publish(backlog, "ann");
    publish({"bob-0"}, "bob");
    make({.in_flight_max = 1, .window_max = 20});
    add_function({});
    function.held = true;
    dispatcher->start();
    settle();
    function.release();
    settle();
    const auto bob = std::ranges::find(function.runs, "bob-0") - function.runs.begin();
    EXPECT_LE(bob, 2);
    EXPECT_EQ(function.runs.size(), 2'001U);
    EXPECT_EQ(depth(), 0U);
}

TEST_F(DispatcherTest, AStopInterruptsAndLeavesTheDeliveryInTheLog) {
    add_function({});
    function.held = true;
    dispatcher->start();
    publish({"e1"});
    settle();
    EXPECT_EQ(dispatcher->in_flight(), 1U);
    stop();
    EXPECT_EQ(dispatcher->in_flight(), 0U);
    EXPECT_EQ(depth(), 1U);
    publish({"e2"});
    EXPECT_EQ(function.runs.size(), 1U);

    function.held = false;
    make({});
    dispatcher->start();
    settle();
    EXPECT_EQ(function.runs, (std::vector<std::string>{"e1", "e1", "e2"}));
    EXPECT_EQ(function.attempts, (std::vector<int>{1, 1, 1}));
}

TEST_F(DispatcherTest, ALogThatFailsNowAndThenLosesNothing) {
    add_function({});
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE(seed);
        FaultPlan plan(seed, {.before_percent = 20, .after_percent = 20});
        FaultyEventLog faulty(event_log, plan);
        function.runs.clear();
        make({}, &faulty);
        dispatcher->start();
        std::vector<std::string> ids;
        for (int n = 0; n < 20; ++n) ids.push_back(std::to_string(n));
        for (const auto& id : ids) function.failures[id] = 1;
        publish(ids);
        for (int n = 0; n < 40 && depth() > 0; ++n) pass(2s);
        EXPECT_EQ(depth(), 0U);
        for (const auto& id : ids) EXPECT_GE(std::ranges::count(function.runs, id), 1) << id;
        EXPECT_TRUE(dead().empty());
        stop();
    }
}

TEST_F(DispatcherTest, ARetryComesWhenItsTimeHasCome) {
    add_function({.concurrency_max = 1'000, .async_invoke = {.first_wait = 1ms}});
    const SystemClock real;
    InMemoryEventLog real_log(table, real, [this](std::vector<Delivery> deliveries) {
        dispatcher->accept(std::move(deliveries));
    });
    dispatcher = std::make_unique<Dispatcher>(
        io.get_executor(), Dispatcher::Parts{real_log, table, functions, real, log, metrics},
        Dispatcher::Options{.poll = std::chrono::hours(1), .jitter_seed = 1});
    function.failures["e1"] = 2;
    dispatcher->start();
    const std::vector<Event> events{Event{.id = "e1", .source = "s", .detail = "{}"}};
    EXPECT_TRUE(run(real_log.append(events)));
    while (run(real_log.depth()).value() > 0) io.run_one_for(50ms);
    EXPECT_EQ(function.attempts, (std::vector<int>{1, 2, 3}));
    stop();
    make({});
}

TEST_F(DispatcherTest, TheBusKeepsItsRulesAcrossRestarts) {
    EventBus bus(event_log, table, clock);
    auto provision = read_template(embedded_template(), Names{}).value();
    EXPECT_TRUE(run(bus.open(provision)));
    Rule disabled = provision.rules[0];
    disabled.enabled = false;
    EXPECT_TRUE(run(bus.put_rule(disabled)));
    Rule lost = disabled;
    lost.bus = "nowhere";
    EXPECT_EQ(run(bus.put_rule(lost)).error().code, Errc::not_found);
    lost.event_pattern = "[]";
    EXPECT_EQ(run(bus.put_rule(lost)).error().code, Errc::invalid_argument);

    RuleTable fresh(Names{}.event_bus());
    EventBus reopened(event_log, fresh, clock);
    EXPECT_TRUE(run(reopened.open(provision)));
    ASSERT_EQ(reopened.rules().size(), 1U);
    EXPECT_FALSE(reopened.rules()[0].enabled);
    EXPECT_TRUE(run(reopened.delete_rule(disabled.bus, disabled.name)));
    EXPECT_TRUE(reopened.rules().empty());
}

}  // namespace
}  // namespace ingestor
