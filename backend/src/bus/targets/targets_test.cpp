#include <map>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "bus/targets/bus_target.hpp"
#include "bus/targets/log_group_target.hpp"
#include "bus/targets/queue_target.hpp"
#include "bus/targets/target_set.hpp"
#include "memory/in_memory_event_log.hpp"
#include "memory/manual_clock.hpp"
#include "ports/fairness_group.hpp"

namespace ingestor::bus::targets {
namespace {

using namespace std::chrono_literals;

/// A group's lines, of which it takes so many.
class Lines final : public ports::LogStore {
public:
    bool append(std::string_view stream, TimePoint at, std::string_view message) override {
        if (room == 0) return false;
        --room;
        lines.push_back({.at = at, .stream = std::string(stream), .message = std::string(message)});
        return true;
    }
    Answer<std::monostate> flush() override { co_return flushed; }
    Answer<ports::LogPage> read(ports::LogQuery) override { co_return ports::LogPage{}; }
    Answer<std::vector<ports::LogStream>> streams() override {
        co_return std::vector<ports::LogStream>();
    }
    [[nodiscard]] TimePoint created_at() const override { return {}; }
    [[nodiscard]] std::uint64_t bytes() const override { return 0; }

    std::size_t room = 100;
    Result<std::monostate> flushed;
    std::vector<ports::LogLine> lines;
};

/// One group, `/aws/events/depot`.
class OneGroup final : public ports::LogGroups {
public:
    Answer<std::monostate> create(std::string) override { co_return std::monostate{}; }
    Answer<std::monostate> remove(std::string) override { co_return std::monostate{}; }
    Answer<std::monostate> retain(std::string, std::optional<int>) override {
        co_return std::monostate{};
    }
    [[nodiscard]] std::vector<ports::LogGroup> groups() const override { return {}; }
    [[nodiscard]] std::optional<ports::LogGroup> find(const std::string& name) const override {
        if (name != "/aws/events/depot") return std::nullopt;
        return ports::LogGroup{.name = name, .created_at = {}, .lines = lines};
    }

    std::shared_ptr<Lines> lines = std::make_shared<Lines>();
};

/// A queue `q`.
class OneQueue final : public ports::MessageSender {
public:
    Answer<std::monostate> send(std::string queue, ports::OutgoingMessage message) override {
        if (queue != "q") co_return fail(Errc::not_found, "no such queue");
        if (failure) co_return std::unexpected(*failure);
        messages.push_back(std::move(message));
        co_return std::monostate{};
    }

    std::optional<Error> failure;
    std::vector<ports::OutgoingMessage> messages;
};

class TargetsTest : public testing::Test {
protected:
    TargetsTest() {
        targets.add(TargetKind::bus, bus_target);
        targets.add(TargetKind::log_group, log_group_target);
        targets.add(TargetKind::queue, queue_target);
        EXPECT_TRUE(run(bus.open(clock.now())));
        EXPECT_TRUE(run(bus.put_bus({.name = "depot", .description = {}, .created_at = {}})));
        ports::Rule rule{.bus = "depot", .name = "all", .event_pattern = R"({"source":["s"]})"};
        rule.targets = {{.id = "f", .arn = "arn:aws:lambda:us-east-1:000000000000:function:f"}};
        EXPECT_TRUE(run(bus.put_rule(rule)));
    }

    template <class Value>
    Value run(boost::asio::awaitable<Value> task) {
        return async::testing::run_to_end(io, std::move(task));
    }
    Outcome invoke(const std::string& arn, std::optional<std::string> input = {}) {
        EXPECT_TRUE(targets.has_room(arn));
        const auto permit = targets.begin(arn);
        EXPECT_TRUE(permit);
        Invocation invocation{.event = std::make_shared<const eventbridge::Event>(event),
                              .rule = "r",
                              .target_id = "t",
                              .target_arn = arn,
                              .group = ports::target_group(arn, "ann"),
                              .input = std::move(input)};
        return run(targets.invoke(std::move(invocation)));
    }
    static std::string code_of(const Outcome& outcome) {
        const auto* failure = std::get_if<DeliveryFailure>(&outcome);
        if (failure == nullptr) return "";
        return failure->code + (failure->retryable ? ", retryable" : "");
    }

    static constexpr auto kBus = "arn:aws:events:us-east-1:000000000000:event-bus/depot";
    static constexpr auto kGroup =
        "arn:aws:logs:us-east-1:000000000000:log-group:/aws/events/depot";

    boost::asio::io_context io;
    memory::ManualClock clock;
    rules::RuleTable table;
    std::vector<ports::Delivery> deliveries;
    memory::InMemoryEventLog event_log{table, clock, [this](std::vector<ports::Delivery> fresh) {
                                           for (auto& one : fresh) deliveries.push_back(one);
                                       }};
    EventBus bus{io.get_executor(), event_log, table};
    OneGroup groups;
    BusTarget bus_target{bus};
    LogGroupTarget log_group_target{groups};
    OneQueue queues;
    QueueTarget queue_target{queues};
    TargetSet targets;
    eventbridge::Event event{.bus = "default",
                             .fairness_group = "ann",
                             .id = "e1",
                             .detail_type = "Parcel Weighed",
                             .source = "s",
                             .account = "111122223333",
                             .time = TimePoint{1'767'323'045'000ms},
                             .region = "eu-west-1",
                             .detail = "{}"};
};

TEST_F(TargetsTest, ABusPassesTheEventOnAsItIs) {
    EXPECT_EQ(code_of(invoke(kBus)), "");
    ASSERT_EQ(deliveries.size(), 1U);
    const auto& passed = *deliveries[0].event;
    EXPECT_EQ(passed.bus, "depot");
    EXPECT_EQ(passed.fairness_group, "ann");
    EXPECT_EQ(eventbridge::to_json(passed), eventbridge::to_json(event));
    EXPECT_TRUE(passed.forwarded);
}

TEST_F(TargetsTest, ABusPassesAnEventOnOnceInItsLife) {
    event.forwarded = true;
    const auto outcome = invoke(kBus);
    EXPECT_EQ(code_of(outcome), "THIRD_ACCOUNT_HOP_DETECTED");
    EXPECT_EQ(std::get<DeliveryFailure>(outcome).message,
              "Event ingestion rejected for event e1 because an event can be sent to an event bus "
              "target only once. This event was previously delivered to an event bus target.");
    EXPECT_TRUE(deliveries.empty());
}

TEST_F(TargetsTest, ALogGroupHasTheEventAsALineAtItsTime) {
    EXPECT_EQ(code_of(invoke(kGroup)), "");
    EXPECT_EQ(code_of(invoke(std::string(kGroup) + ":*", R"({"timestamp":12,"message":"m"})")), "");
    ASSERT_EQ(groups.lines->lines.size(), 2U);
    EXPECT_EQ(groups.lines->lines[0].message, eventbridge::to_json(event));
    EXPECT_EQ(groups.lines->lines[0].at, event.time);
    EXPECT_EQ(groups.lines->lines[1].message, "m");
    EXPECT_EQ(groups.lines->lines[1].at, TimePoint{12ms});
}

TEST_F(TargetsTest, ALogGroupWantsATimeAndAMessage) {
    for (const auto* input : {"\"text\"", "{}", R"({"timestamp":"12","message":"m"})",
                              R"({"timestamp":12,"message":1})", "{"}) {
        EXPECT_EQ(code_of(invoke(kGroup, input)), "INVALID_JSON") << input;
    }
    groups.lines->room = 0;
    EXPECT_EQ(code_of(invoke(kGroup)), "THROTTLING, retryable");
    groups.lines->room = 1;
    groups.lines->flushed = fail(Errc::unavailable, "full");
    EXPECT_EQ(code_of(invoke(kGroup)), "INTERNAL_ERROR, retryable");
}

TEST_F(TargetsTest, AQueueHasTheEventAsAMessage) {
    const std::string queue = "arn:aws:sqs:us-east-1:000000000000:q";
    EXPECT_EQ(code_of(invoke(queue)), "");
    EXPECT_EQ(code_of(invoke(queue, "{\"a\":1}")), "");
    ASSERT_EQ(queues.messages.size(), 2U);
    EXPECT_EQ(queues.messages[0].body, eventbridge::to_json(event));
    EXPECT_EQ(queues.messages[1].body, "{\"a\":1}");
    EXPECT_NE(queues.messages[0].id, queues.messages[1].id);
    struct Row {
        Errc error;
        std::string_view code;
    };
    for (const auto& [error, code] : {Row{Errc::invalid_argument, "INVALID_PARAMETER"},
                                      Row{Errc::too_large, "RESOURCE_LIMIT_EXCEEDED, retryable"},
                                      Row{Errc::unavailable, "INTERNAL_ERROR, retryable"}}) {
        queues.failure = Error{.code = error, .message = "m"};
        EXPECT_EQ(code_of(invoke(queue)), code);
    }
    EXPECT_EQ(code_of(invoke("arn:aws:sqs:us-east-1:000000000000:none")), "NO_RESOURCE");
}

TEST_F(TargetsTest, WhatIsNotThereIsNoResource) {
    EXPECT_EQ(code_of(invoke("arn:aws:events:us-east-1:000000000000:event-bus/none")),
              "NO_RESOURCE");
    EXPECT_EQ(code_of(invoke("arn:aws:logs:us-east-1:000000000000:log-group:none")), "NO_RESOURCE");
    for (const auto* arn : {"arn:aws:sns:us-east-1:000000000000:t",
                            "arn:aws:lambda:us-east-1:000000000000:function:f", "t"}) {
        const auto begun = targets.begin(arn);
        ASSERT_FALSE(begun);
        EXPECT_EQ(begun.error().code, "NO_RESOURCE");
        EXPECT_FALSE(begun.error().retryable);
    }
}

TEST_F(TargetsTest, OneThatIsFullLeavesTheOthersTheirPlaces) {
    std::vector<Permit> permits;
    while (targets.has_room(kBus)) permits.push_back(std::move(*targets.begin(kBus)));
    EXPECT_GT(permits.size(), 1U);
    EXPECT_TRUE(targets.has_room("arn:aws:events:us-east-1:000000000000:event-bus/other"));
    permits.pop_back();
    EXPECT_TRUE(targets.has_room(kBus));
}

}  // namespace
}  // namespace ingestor::bus::targets
