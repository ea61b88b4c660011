#include "bus/delivery/dispatcher.hpp"

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
#include "bus/targets/function_host.hpp"
#include "memory/faulty_stores.hpp"
#include "memory/in_memory_event_log.hpp"
#include "memory/manual_clock.hpp"

namespace ingestor::bus::delivery {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

constexpr auto kArn = "arn:aws:lambda:us-east-1:000000000000:function:f";

/// A function that notes its runs and fails, or waits, as told.
struct Function {
    explicit Function(asio::io_context& context) : io(context) {}

    asio::awaitable<void> run(targets::Invocation invocation) {
        runs.push_back(invocation.event->id);
        attempts.push_back(invocation.attempt);
        inputs.push_back(invocation.input);
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
        if (failures[invocation.event->id]-- > 0) throw std::runtime_error("scale jammed");
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
    std::vector<std::optional<std::string>> inputs;
};

/// Counts what is read, and refuses writes when told to.
class CountingEventLog final : public ports::EventLog {
public:
    explicit CountingEventLog(ports::EventLog& log) : log_(log) {}

    Answer<std::monostate> append(std::vector<eventbridge::Event> events) override {
        return log_.append(std::move(events));
    }
    Answer<std::monostate> fire(ports::RuleKey rule, TimePoint at,
                                eventbridge::Event event) override {
        return log_.fire(std::move(rule), at, std::move(event));
    }
    Answer<std::vector<ports::DueGroup>> due_groups(TimePoint now, std::optional<std::string> after,
                                                    std::uint32_t groups_max,
                                                    std::uint32_t of_each) override {
        auto groups = co_await log_.due_groups(now, std::move(after), groups_max, of_each);
        for (const auto& group : *groups) ids_read += group.ids.size();
        co_return groups;
    }
    Answer<std::vector<std::int64_t>> due(TimePoint now, std::string fairness_group,
                                          std::int64_t after, std::uint32_t limit) override {
        auto ids = co_await log_.due(now, std::move(fairness_group), after, limit);
        ids_read += ids->size();
        co_return ids;
    }
    Answer<ports::FoundDeliveries> read(std::vector<std::int64_t> ids) override {
        auto found = co_await log_.read(std::move(ids));
        deliveries_read += found->deliveries.size();
        co_return found;
    }
    Answer<std::optional<TimePoint>> next_due(TimePoint now) override { return log_.next_due(now); }
    Answer<std::uint64_t> depth() override { return log_.depth(); }
    Answer<std::monostate> acknowledge(std::int64_t id) override {
        return write(log_.acknowledge(id));
    }
    Answer<std::monostate> reschedule(std::int64_t id, ports::Retry retry) override {
        return write(log_.reschedule(id, std::move(retry)));
    }
    Answer<std::monostate> move_to_dead_letters(std::int64_t id, ports::GivenUp reason) override {
        return write(log_.move_to_dead_letters(id, std::move(reason)));
    }
    Answer<std::monostate> set_aside(std::int64_t id, TimePoint at) override {
        return write(log_.set_aside(id, at));
    }
    Answer<std::vector<ports::DeadLetter>> dead_letters(std::uint32_t limit) override {
        return log_.dead_letters(limit);
    }
    Answer<std::vector<std::int64_t>> redrive(std::vector<std::int64_t> ids,
                                              TimePoint now) override {
        return log_.redrive(std::move(ids), now);
    }
    Answer<std::vector<ports::EventBusRecord>> buses() override { return log_.buses(); }
    Answer<std::vector<ports::Rule>> rules() override { return log_.rules(); }
    Answer<std::monostate> apply(ports::BusChange change) override {
        return log_.apply(std::move(change));
    }

    bool writable = true;
    std::size_t ids_read = 0;
    std::size_t deliveries_read = 0;
    std::size_t writes_refused = 0;

private:
    Answer<std::monostate> write(Answer<std::monostate> call) {
        if (!writable) {
            ++writes_refused;
            co_return fail(Errc::unavailable, "disk I/O error");
        }
        co_return co_await std::move(call);
    }

    ports::EventLog& log_;
};

/// A queue `dead`, while it is there.
class OneQueue final : public ports::MessageSender {
public:
    Answer<std::monostate> send(std::string queue, ports::OutgoingMessage message) override {
        if (failure) co_return std::unexpected(*failure);
        if (queue != "dead") co_return fail(Errc::not_found, "no such queue");
        messages.push_back(std::move(message));
        co_return std::monostate{};
    }

    std::optional<Error> failure;
    std::vector<ports::OutgoingMessage> messages;
};

class DispatcherTest : public testing::Test {
protected:
    DispatcherTest()
        : event_log(table, clock,
                    [this](std::vector<ports::Delivery> deliveries) {
                        if (accepting) dispatcher->accept(std::move(deliveries));
                    }),
          log(telemetry::LogFormat::json, telemetry::LogLevel::error) {
        ports::Rule rule;
        rule.bus = "bus";
        rule.name = "rule";
        rule.event_pattern = R"({"source":["s"]})";
        auto& target = rule.targets.emplace_back();
        target.id = "t";
        target.arn = kArn;
        target.maximum_retry_attempts = 2;
        EXPECT_TRUE(table.put(std::move(rule)));
        target_set.add(targets::TargetKind::function, functions);
        make({});
    }
    ~DispatcherTest() override { stop(); }

    void add_function(targets::FunctionSettings settings) {
        auto run = [this](targets::Invocation invocation) {
            return function.run(std::move(invocation));
        };
        functions.add(kArn, run, settings);
    }
    void make(Dispatcher::Options options, ports::EventLog* over = nullptr) {
        options.jitter_seed = 1;
        Dispatcher::Dependencies dependencies{
            .event_log = over == nullptr ? event_log : *over,
            .rules = table,
            .targets = target_set,
            .clock = clock,
            .monotonic = monotonic,
            .log = log,
            .metrics = metrics,
            .deliveries = delivery_log,
            .names = {},
            .queues = &queues,
            .on_depth = [this](std::uint64_t depth) { depths.push_back(depth); }};
        dispatcher =
            std::make_unique<Dispatcher>(io.get_executor(), std::move(dependencies), options);
    }
    void stop() { EXPECT_TRUE(run(dispatcher->stop(std::chrono::steady_clock::now() + 10s))); }

    template <class Value>
    Value run(asio::awaitable<Value> task) {
        async::testing::SpawnedTask<Value> spawned(io, std::move(task));
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
        std::vector<eventbridge::Event> events;
        for (const auto& id : ids) {
            events.push_back(
                {.bus = "bus", .fairness_group = user, .id = id, .source = "s", .detail = "{}"});
        }
        EXPECT_TRUE(run(event_log.append(std::move(events))));
    }
    std::uint64_t depth() { return run(event_log.depth()).value(); }
    std::vector<ports::DeadLetter> dead() { return run(event_log.dead_letters(10)).value(); }

    asio::io_context io;
    memory::ManualClock clock;
    DeliveryLog delivery_log;
    async::SteadyClock monotonic;
    rules::RuleTable table;
    std::unique_ptr<Dispatcher> dispatcher;
    bool accepting = true;
    memory::InMemoryEventLog event_log;
    targets::FunctionHost functions;
    targets::TargetSet target_set;
    OneQueue queues;
    Function function{io};
    telemetry::Log log;
    telemetry::Metrics metrics;
    std::vector<std::uint64_t> depths;  ///< As they were told.
};

TEST_F(DispatcherTest, ACommittedDeliveryRunsAndIsForgotten) {
    add_function({});
    dispatcher->start();
    publish({"e1"});
    settle();
    EXPECT_EQ(function.runs, std::vector<std::string>{"e1"});
    EXPECT_EQ(depth(), 0U);
}

TEST_F(DispatcherTest, TellsTheDeliveryLogOfEachTryAndOfWhatRuns) {
    add_function({.concurrency_max = 1'000, .async_invoke = {.first_wait = 1s}});
    function.failures["e1"] = 1;
    function.held = true;
    dispatcher->start();
    publish({"e1"});
    settle();
    const auto running = delivery_log.running({}, 10);
    ASSERT_EQ(running.size(), 1U);
    EXPECT_EQ(running[0].delivery.event->id, "e1");
    EXPECT_EQ(running[0].since, clock.now());
    function.release();
    settle();
    EXPECT_TRUE(delivery_log.running({}, 10).empty());
    auto tries = delivery_log.tries({}, std::nullopt, 10);
    ASSERT_EQ(tries.size(), 1U);
    EXPECT_EQ(tries[0].attempt.outcome, TryOutcome::retried);
    EXPECT_EQ(tries[0].attempt.error_code, kFunctionError);
    EXPECT_EQ(tries[0].attempt.error_message, "scale jammed");
    EXPECT_EQ(tries[0].attempt.stage, ports::DeliveryStage::invocation);
    EXPECT_GT(tries[0].attempt.next_at, clock.now());
    const auto waiting = run(event_log.retrying({}, 10)).value();
    ASSERT_EQ(waiting.size(), 1U);
    EXPECT_EQ(waiting[0].error_code, kFunctionError);
    EXPECT_EQ(waiting[0].error_message, "scale jammed");

    pass(1min);
    tries = delivery_log.tries({}, std::nullopt, 10);
    ASSERT_EQ(tries.size(), 2U);
    EXPECT_EQ(tries[0].attempt.outcome, TryOutcome::delivered);
    EXPECT_EQ(tries[0].attempt.attempt, 2);
    EXPECT_EQ(delivery_log.counts("bus", "rule", "t"),
              (TryCounts{.delivered = 1, .failed = 1, .retried = 1, .dead_lettered = 0}));
}

TEST_F(DispatcherTest, ATargetIsGivenWhatItsInputSays) {
    add_function({});
    auto rule = *table.find({"bus", "rule"});
    rule.targets[0].input = eventbridge::transform::InputTransformer{
        .paths = {{"w", "$.source"}},
        .input_template = R"("<w> by <aws.events.rule-arn> <aws.events.event.ingestion-time>")"};
    ASSERT_TRUE(table.put(rule));
    dispatcher->start();
    publish({"e1"});
    settle();
    rule.targets[0].input = {};
    ASSERT_TRUE(table.put(rule));
    publish({"e2"});
    settle();
    ASSERT_EQ(function.inputs.size(), 2U);
    EXPECT_EQ(function.inputs[0], "\"s by arn:aws:events:us-east-1:000000000000:rule/bus/rule " +
                                      to_rfc3339(clock.now()) + "\"");
    EXPECT_EQ(function.inputs[1], std::nullopt);
}

TEST_F(DispatcherTest, AnInputThatCannotBeMadeIsADeadLetterAtOnce) {
    add_function({});
    auto rule = *table.find({"bus", "rule"});
    rule.targets[0].input = eventbridge::transform::InputPath{"$.detail.none"};
    ASSERT_TRUE(table.put(rule));
    dispatcher->start();
    publish({"e1"});
    settle();
    EXPECT_TRUE(function.runs.empty());
    ASSERT_EQ(dead().size(), 1U);
    EXPECT_EQ(dead()[0].error_code, "INVALID_JSON");
    EXPECT_EQ(dead()[0].exhausted, "");
    const auto tries = delivery_log.tries({}, TryOutcome::dead_lettered, 10);
    ASSERT_EQ(tries.size(), 1U);
    EXPECT_EQ(tries[0].attempt.error_code, "INVALID_JSON");
}

class DeadLetterQueueTest : public DispatcherTest {
protected:
    /// There is no function, so that no delivery succeeds.
    void name_queue(const std::string& name) {
        auto rule = *table.find({"bus", "rule"});
        rule.targets[0].dead_letter_arn = "arn:aws:sqs:us-east-1:000000000000:" + name;
        ASSERT_TRUE(table.put(rule));
        dispatcher->start();
    }
};

TEST_F(DeadLetterQueueTest, GetsTheEventWithTheReason) {
    name_queue("dead");
    publish({"e1"});
    settle();
    EXPECT_TRUE(dead().empty());
    EXPECT_EQ(depth(), 0U);
    ASSERT_EQ(queues.messages.size(), 1U);
    const auto& message = queues.messages[0];
    EXPECT_NE(message.body.find("\"id\":\"e1\""), std::string::npos);
    std::map<std::string, std::string> attributes;
    for (const auto& [name, attribute] : message.attributes) {
        EXPECT_EQ(attribute.type, "String");
        attributes.emplace(name, attribute.value);
    }
    EXPECT_EQ(attributes, (std::map<std::string, std::string>{
                              {"RULE_ARN", "arn:aws:events:us-east-1:000000000000:rule/bus/rule"},
                              {"TARGET_ARN", kArn},
                              {"ERROR_CODE", "NO_RESOURCE"},
                              {"ERROR_MESSAGE", std::string("Function not found: ") + kArn},
                              {"RETRY_ATTEMPTS", "0"}}));
}

TEST_F(DeadLetterQueueTest, ThatIsNotThereLeavesTheEventToTheBus) {
    name_queue("other");
    publish({"e1"});
    settle();
    EXPECT_EQ(dead().size(), 1U);
    EXPECT_EQ(depth(), 0U);
}

TEST_F(DeadLetterQueueTest, ThatCannotBeReachedIsWaitedFor) {
    queues.failure = Error{.code = Errc::unavailable, .message = "disk I/O error"};
    name_queue("dead");
    publish({"e1"});
    settle();
    EXPECT_EQ(depth(), 1U);
    queues.failure.reset();
    pass(1min);
    EXPECT_EQ(queues.messages.size(), 1U);
    EXPECT_EQ(depth(), 0U);
    EXPECT_TRUE(dead().empty());
}

TEST_F(DeadLetterQueueTest, DoesNotGetWhatTheFunctionFailedAt) {
    add_function({.async_invoke = {.maximum_retry_attempts = 0}});
    name_queue("dead");
    function.failures["e1"] = 1;
    publish({"e1"});
    settle();
    EXPECT_EQ(dead().size(), 1U);
    EXPECT_TRUE(queues.messages.empty());
}

TEST_F(DispatcherTest, TellsHowManyDeliveriesAreUnderWay) {
    add_function({});
    function.held = true;
    accepting = false;
    publish({"e1", "e2"});
    dispatcher->start();
    settle();
    EXPECT_EQ(depths, std::vector<std::uint64_t>{2});
}

TEST_F(DispatcherTest, WhatTheLogHoldsIsTakenUpAtTheStart) {
    add_function({});
    publish({"e1", "e2"});
    EXPECT_TRUE(function.runs.empty());
    dispatcher->start();
    settle();
    EXPECT_EQ(function.runs, (std::vector<std::string>{"e1", "e2"}));
}

TEST_F(DispatcherTest, AnEventThatCannotBeReadIsADeadLetterAndTheOthersGoOn) {
    add_function({});
    publish({"e1", "e2", "e3"});
    publish({"e4"}, "bob");
    const auto groups = run(event_log.due_groups(clock.now(), std::nullopt, 10, 10)).value();
    for (const auto& group : groups) event_log.corrupt_event_of(group.ids.front());
    dispatcher->start();
    settle();
    EXPECT_EQ(function.runs, (std::vector<std::string>{"e2", "e3"}));
    EXPECT_EQ(depth(), 0U);
    const auto letters = dead();
    ASSERT_EQ(letters.size(), 2U);
    for (const auto& letter : letters) EXPECT_EQ(letter.error_code, ports::kEventCorrupt);
    EXPECT_NE(metrics.expose().find("EVENT_CORRUPT"), std::string::npos);
    // It is not the log that failed: what comes now is handed out at once.
    publish({"e5"});
    settle();
    EXPECT_EQ(function.runs.back(), "e5");
}

TEST_F(DispatcherTest, AnEventThatCannotBeSetAsideYetIsTriedAgainOnceTheLogCanBeWritten) {
    CountingEventLog counting(event_log);
    make({}, &counting);
    add_function({});
    publish({"e1", "e2"});
    event_log.corrupt_event_of(run(event_log.due(clock.now(), "ann", 0, 1)).value().at(0));
    counting.writable = false;
    dispatcher->start();
    settle();
    EXPECT_EQ(dead().size(), 0U);
    counting.writable = true;
    pass(1min);
    EXPECT_EQ(dead().size(), 1U);
    EXPECT_EQ(depth(), 0U);
    EXPECT_NE(std::ranges::find(function.runs, "e2"), function.runs.end());
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
    EXPECT_EQ(letters[0].delivery.event->id, "e1");
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
    const std::vector<std::int64_t> ids{dead().at(0).id};
    EXPECT_EQ(run(event_log.redrive(ids, clock.now())).value(), ids);
    dispatcher->wake();
    settle();
    EXPECT_EQ(function.runs, std::vector<std::string>{"e1"});
    EXPECT_TRUE(dead().empty());
}

TEST_F(DispatcherTest, AFullFunctionCostsNoDeliveryAnAttemptHoweverLongItIsFull) {
    add_function({.concurrency_max = 2, .async_invoke = {}});
    make({.in_flight_max = 3'000});
    function.held = true;
    dispatcher->start();
    std::vector<std::string> ids;
    for (int n = 0; n < 2'600; ++n) ids.push_back(std::to_string(n));
    publish(ids);
    settle();
    for (int n = 0; n < 50; ++n) pass(1h);
    EXPECT_EQ(function.runs.size(), 2U);
    EXPECT_EQ(dispatcher->in_flight(), 2U);
    EXPECT_EQ(depth(), 2'600U);
    EXPECT_TRUE(dead().empty());
    // Its error comes days later, and is the first that counts.
    function.failures["1"] = 1;
    function.release();
    settle();
    for (int n = 0; n < 5; ++n) pass(3s);
    EXPECT_EQ(function.runs.size(), 2'601U);
    EXPECT_EQ(depth(), 0U);
    EXPECT_TRUE(dead().empty());
    EXPECT_EQ(std::ranges::count(function.attempts, 1), 2'600);
    EXPECT_EQ(std::ranges::count(function.attempts, 2), 1);
}

TEST_F(DispatcherTest, ARetryThatFindsTheFunctionFullKeepsItsAttempts) {
    add_function({.concurrency_max = 1, .async_invoke = {}});
    function.failures["e1"] = 1;
    dispatcher->start();
    publish({"e1"});
    settle();
    function.held = true;
    publish({"e2"}, "bob");
    settle();
    for (int n = 0; n < 5; ++n) pass(1h);
    EXPECT_EQ(function.runs, (std::vector<std::string>{"e1", "e2"}));
    function.release();
    settle();
    EXPECT_EQ(function.runs, (std::vector<std::string>{"e1", "e2", "e1"}));
    EXPECT_EQ(function.attempts.back(), 2);
    EXPECT_TRUE(dead().empty());
}

TEST_F(DispatcherTest, AFunctionThatIsFullForOthersIsTriedAgainWhenTheLogIsLookedThrough) {
    add_function({.concurrency_max = 1, .async_invoke = {}});
    dispatcher->start();
    {
        const auto elsewhere = functions.begin(kArn);
        ASSERT_TRUE(elsewhere);
        publish({"e1"});
        settle();
        EXPECT_TRUE(function.runs.empty());
    }
    dispatcher->wake();
    settle();
    EXPECT_EQ(function.runs, std::vector<std::string>{"e1"});
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

TEST_F(DispatcherTest, ABurstOfOneGroupWaitsInTheLogAndNotInMemory) {
    add_function({});
    make({.in_flight_max = 4});
    function.held = true;
    dispatcher->start();
    std::vector<std::string> burst;
    for (int n = 0; n < 5'000; ++n) burst.push_back(std::to_string(n));
    publish(burst);
    settle();
    EXPECT_LE(dispatcher->ready(), 512U);
    function.release();
    settle();
    EXPECT_EQ(function.runs, burst);
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
    for (int n = 0; n < 20'000; ++n) backlog.push_back("ann-" + std::to_string(n));
    publish(backlog, "ann");
    publish({"bob-0"}, "bob");
    add_function({});
    function.held = true;
    make({.in_flight_max = 4, .window_max = 100});
    dispatcher->start();
    settle();
    EXPECT_EQ(function.runs, (std::vector<std::string>{"ann-0", "bob-0", "ann-1"}));
    EXPECT_LE(dispatcher->ready(), 100U);
    function.release();
    settle();
    EXPECT_EQ(function.runs.size(), 20'001U);
    EXPECT_EQ(depth(), 0U);
}

TEST_F(DispatcherTest, ABacklogIsReadAPieceAtATime) {
    accepting = false;
    std::vector<std::string> backlog;
    for (int n = 0; n < 20'000; ++n) backlog.push_back("ann-" + std::to_string(n));
    publish(backlog, "ann");
    CountingEventLog counting(event_log);
    add_function({});
    make({.in_flight_max = 100}, &counting);
    dispatcher->start();
    settle();
    EXPECT_EQ(function.runs.size(), 20'000U);
    EXPECT_EQ(counting.deliveries_read, 20'000U);
    // A look into the ids goes over what is in memory; it stays in proportion.
    EXPECT_LT(counting.ids_read, 20'000U * 16);
}

TEST_F(DispatcherTest, ANewcomerStartsWhileAnotherHoldsAllPlacesThatOneMayHold) {
    add_function({});
    make({.in_flight_max = 8});
    function.held = true;
    dispatcher->start();
    std::vector<std::string> many;
    for (int n = 0; n < 100; ++n) many.push_back("a" + std::to_string(n));
    publish(many);
    settle();
    EXPECT_EQ(dispatcher->in_flight(), 6U);
    publish({"b0", "b1"}, "bob");
    settle();
    EXPECT_EQ(function.runs.back(), "b0");
    publish({"c0"}, "cid");
    settle();
    EXPECT_EQ(function.runs.back(), "c0");
    EXPECT_EQ(dispatcher->in_flight(), 8U);
    function.release();
    settle();
    EXPECT_EQ(function.runs.size(), 103U);
}

TEST_F(DispatcherTest, MoreGroupsThanThereIsRoomForAllComeToTheirTurn) {
    accepting = false;
    constexpr int kGroups = 2'000;
    for (int n = 0; n < kGroups; ++n) {
        publish({"e" + std::to_string(n), "f" + std::to_string(n)}, "user" + std::to_string(n));
    }
    accepting = true;
    add_function({});
    make({.in_flight_max = 3, .window_max = 16});
    dispatcher->start();
    settle();
    EXPECT_EQ(function.runs.size(), 2U * kGroups);
    EXPECT_EQ(depth(), 0U);
}

TEST_F(DispatcherTest, WhatIsCommittedWhileItsGroupIsBeingReadIsNotLeftBehind) {
    accepting = false;
    std::vector<std::string> backlog;
    for (int n = 0; n < 500; ++n) backlog.push_back("ann-" + std::to_string(n));
    publish(backlog, "ann");
    accepting = true;
    add_function({});
    make({.in_flight_max = 2, .window_max = 50, .poll = std::chrono::hours(1)});
    dispatcher->start();
    for (int n = 0; n < 300; ++n) {
        publish({"late-" + std::to_string(n)}, "ann");
    }
    settle();
    EXPECT_EQ(function.runs.size(), 800U);
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
        memory::FaultPlan plan(seed, {.before_percent = 20, .after_percent = 20});
        memory::FaultyEventLog faulty(event_log, plan);
        function.runs.clear();
        make({}, &faulty);
        dispatcher->start();
        std::vector<std::string> ids;
        for (int n = 0; n < 20; ++n) ids.push_back(std::to_string(n));
        for (const auto& id : ids) function.failures[id] = 1;
        publish(ids);
        for (int n = 0; n < 1'000 && depth() > 0; ++n) pass(2s);
        EXPECT_EQ(depth(), 0U);
        for (const auto& id : ids) EXPECT_GE(std::ranges::count(function.runs, id), 1) << id;
        EXPECT_TRUE(dead().empty());
        stop();
    }
}

TEST_F(DispatcherTest, ARetryComesWhenItsTimeHasCome) {
    add_function({.concurrency_max = 1'000, .async_invoke = {.first_wait = 1ms}});
    const ports::SystemClock real;
    memory::InMemoryEventLog real_log(table, real, [this](std::vector<ports::Delivery> deliveries) {
        dispatcher->accept(std::move(deliveries));
    });
    dispatcher = std::make_unique<Dispatcher>(
        io.get_executor(),
        Dispatcher::Dependencies{
            real_log, table, target_set, real, monotonic, log, metrics, delivery_log, {}, {}},
        Dispatcher::Options{.poll = std::chrono::hours(1), .jitter_seed = 1});
    function.failures["e1"] = 2;
    dispatcher->start();
    const std::vector<eventbridge::Event> events{
        {.bus = "bus", .id = "e1", .source = "s", .detail = "{}"}};
    EXPECT_TRUE(run(real_log.append(events)));
    while (run(real_log.depth()).value() > 0) io.run_one_for(50ms);
    EXPECT_EQ(function.attempts, (std::vector<int>{1, 2, 3}));
    stop();
    make({});
}

TEST_F(DispatcherTest, WhileTheLogCannotBeWrittenNothingIsRunAgain) {
    add_function({});
    CountingEventLog counting(event_log);
    make({.store_backoff = {.base = 1ms, .cap = 4ms}}, &counting);
    dispatcher->start();
    counting.writable = false;
    publish({"e1", "e2"});
    publish({"e3"}, "bob");
    settle();
    const auto before = function.runs.size();
    EXPECT_LT(before, 3U);
    publish({"e4"});
    // Whatever is tried is one write.
    while (counting.writes_refused < 20) {
        io.restart();
        io.run_one_for(5ms);
    }
    EXPECT_EQ(function.runs.size(), before);
    EXPECT_EQ(depth(), 4U);

    counting.writable = true;
    while (depth() > 0) io.run_one_for(5ms);
    std::ranges::sort(function.runs);
    EXPECT_EQ(function.runs, (std::vector<std::string>{"e1", "e2", "e3", "e4"}));
    EXPECT_EQ(function.attempts, (std::vector<int>{1, 1, 1, 1}));
}

TEST_F(DispatcherTest, AFailureThatCameWithTheLogsOwnIsNotHeldAgainstTheEvent) {
    add_function({});
    CountingEventLog counting(event_log);
    make({}, &counting);
    dispatcher->start();
    function.failures["e1"] = 1;
    counting.writable = false;
    publish({"e1"});
    settle();
    EXPECT_EQ(function.attempts, (std::vector<int>{1}));
    EXPECT_EQ(depth(), 1U);
    counting.writable = true;
    pass(0s);
    EXPECT_EQ(function.attempts, (std::vector<int>{1, 1}));
    EXPECT_EQ(depth(), 0U);
}

TEST_F(DispatcherTest, AnEventGoesThroughWithoutACopy) {
    std::vector<const eventbridge::Event*> seen;
    auto look = [&seen](targets::Invocation invocation) -> asio::awaitable<void> {
        seen.push_back(invocation.event.get());
        co_return;
    };
    functions.add(kArn, look, {});
    std::vector<const eventbridge::Event*> announced;
    memory::InMemoryEventLog log_of_events(table, clock,
                                           [&](std::vector<ports::Delivery> deliveries) {
                                               for (const auto& delivery : deliveries)
                                                   announced.push_back(delivery.event.get());
                                               dispatcher->accept(std::move(deliveries));
                                           });
    make({}, &log_of_events);
    dispatcher->start();
    std::vector<eventbridge::Event> events{{.bus = "bus", .fairness_group = "ann", .source = "s"}};
    EXPECT_TRUE(run(log_of_events.append(std::move(events))));
    settle();
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen, announced);
    stop();
    make({});
}

}  // namespace
}  // namespace ingestor::bus::delivery
