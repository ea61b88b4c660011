#include "bus/schedules/scheduler.hpp"

#include <map>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include "async/testing/spawned_task.hpp"
#include "bus/rules/rule_table.hpp"
#include "memory/in_memory_event_log.hpp"
#include "memory/manual_clock.hpp"
#include "memory/manual_monotonic_clock.hpp"

namespace ingestor::bus::schedules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SchedulerTest : public ::testing::Test {
protected:
    SchedulerTest() {
        run(bus.open(clock.now()));
        bus.on_rules_changed([this] { scheduler.wake(); });
        async::testing::spawn_for_test(io, scheduler.run(), [](const std::exception_ptr&) {});
        settle();
    }
    ~SchedulerTest() override {
        scheduler.stop();
        settle();
    }
    void settle() {
        io.restart();
        io.poll();
    }
    template <class Value>
    Value run(boost::asio::awaitable<Value> task) {
        async::testing::SpawnedTask<Value> spawned(io, std::move(task));
        settle();
        return spawned.get();
    }
    void put(const std::string& name, const std::string& schedule, bool enabled = true,
             std::optional<TimePoint> fired_at = std::nullopt) {
        ports::Rule rule{.bus = "default", .name = name, .enabled = enabled};
        rule.schedule = schedule;
        rule.scheduled_since = clock.now();
        rule.fired_at = fired_at;
        rule.targets = {{.id = "t", .arn = "arn:aws:logs:us-east-1:000000000000:log-group:g"}};
        ASSERT_TRUE(run(bus.put_rule(std::move(rule))));
    }
    void pass(std::chrono::milliseconds time) {
        for (auto left = time; left.count() > 0;) {
            const auto step = std::min<std::chrono::milliseconds>(left, std::chrono::seconds(1));
            clock.advance(step);
            monotonic.advance(step);
            settle();
            left -= step;
        }
    }

    boost::asio::io_context io;
    memory::ManualClock clock{parse_rfc3339("2026-03-01T09:32:30Z").value()};
    memory::ManualMonotonicClock monotonic;
    rules::RuleTable table;
    std::vector<ports::Delivery> delivered;
    memory::InMemoryEventLog log{table, clock, [this](std::vector<ports::Delivery> deliveries) {
                                     for (auto& each : deliveries) {
                                         delivered.push_back(std::move(each));
                                     }
                                 }};
    EventBus bus{io.get_executor(), log, table};
    telemetry::Log quiet{telemetry::LogFormat::json, telemetry::LogLevel::error};
    Scheduler scheduler{
        io.get_executor(),
        {.bus = bus, .clock = clock, .monotonic = monotonic, .log = quiet, .names = {}}};
};

TEST_F(SchedulerTest, GivesTheTargetsOfARuleAnEventEachInterval) {
    put("tick", "rate(1 minute)");
    EXPECT_THAT(delivered, IsEmpty());
    pass(std::chrono::seconds(59));
    EXPECT_THAT(delivered, IsEmpty());
    pass(std::chrono::seconds(1));
    ASSERT_THAT(delivered, SizeIs(1));
    const auto& event = *delivered[0].event;
    EXPECT_EQ(
        eventbridge::to_json(event),
        R"({"version":"0","id":")" + event.id +
            R"(","detail-type":"Scheduled Event","source":"aws.events","account":"000000000000",)"
            R"("time":"2026-03-01T09:33:30Z","region":"us-east-1",)"
            R"("resources":["arn:aws:events:us-east-1:000000000000:rule/tick"],"detail":{}})");
    EXPECT_EQ(delivered[0].rule, "tick");
    pass(std::chrono::minutes(3));
    EXPECT_THAT(delivered, SizeIs(4));
}

TEST_F(SchedulerTest, FiresAtTheMinutesOfCron) {
    put("noon", "cron(35 9 * * ? *)");
    pass(std::chrono::seconds(149));
    EXPECT_THAT(delivered, IsEmpty());
    pass(std::chrono::seconds(1));
    EXPECT_THAT(delivered, SizeIs(1));
    pass(std::chrono::minutes(10));
    EXPECT_THAT(delivered, SizeIs(1));
}

TEST_F(SchedulerTest, LeavesOtherRulesAlone) {
    ports::Rule all{.bus = "default", .name = "all"};
    all.event_pattern = R"({"source":["aws.events"]})";
    all.targets = {{.id = "t", .arn = "arn:aws:logs:us-east-1:000000000000:log-group:g"}};
    ASSERT_TRUE(run(bus.put_rule(std::move(all))));
    put("tick", "rate(1 minute)");
    put("still", "rate(1 minute)", false);
    pass(std::chrono::minutes(1));
    ASSERT_THAT(delivered, SizeIs(1));
    EXPECT_EQ(delivered[0].rule, "tick");
    // No event that is put on the bus is for a rule without a pattern.
    std::vector<eventbridge::Event> events{{.bus = "default", .id = "x", .source = "mine"}};
    ASSERT_TRUE(run(bus.publish(std::move(events))));
    EXPECT_THAT(delivered, SizeIs(1));
}

TEST_F(SchedulerTest, FiresNoMoreWhenTheRuleIsGone) {
    put("tick", "rate(1 minute)");
    ASSERT_TRUE(run(bus.delete_rule({"default", "tick"})));
    pass(std::chrono::minutes(3));
    EXPECT_THAT(delivered, IsEmpty());
}

TEST_F(SchedulerTest, RemembersWhenARuleFired) {
    put("tick", "rate(1 minute)");
    pass(std::chrono::minutes(2));
    const auto rules = run(log.rules()).value();
    ASSERT_THAT(rules, SizeIs(1));
    EXPECT_EQ(rules[0].fired_at, clock.now());
    EXPECT_EQ(bus.find_rule({"default", "tick"})->fired_at, clock.now());
}

TEST_F(SchedulerTest, MakesUpForWhatWasMissedOnce) {
    // As a start finds it: made ten hours ago, and last fired nine hours ago.
    const auto now = clock.now();
    clock.set(now - std::chrono::hours(10));
    put("tick", "rate(1 hour)", true, now - std::chrono::hours(9));
    EXPECT_THAT(delivered, IsEmpty());
    clock.set(now);
    pass(std::chrono::seconds(30));
    EXPECT_THAT(delivered, SizeIs(1));
    pass(std::chrono::minutes(59));
    EXPECT_THAT(delivered, SizeIs(1));
    pass(std::chrono::minutes(1));
    EXPECT_THAT(delivered, SizeIs(2));
}

TEST_F(SchedulerTest, FiresThoughTheClockRanAhead) {
    const auto now = clock.now();
    clock.set(now + std::chrono::days(300));
    put("cron", "cron(* * * * ? *)");
    put("rate", "rate(1 minute)");
    put("fired", "cron(* * * * ? *)", true, now + std::chrono::days(300));
    pass(std::chrono::minutes(2));
    delivered.clear();
    clock.set(now);
    pass(std::chrono::minutes(5));
    std::map<std::string, int> firings;
    for (const auto& each : delivered) ++firings[each.rule];
    for (const auto* rule : {"cron", "rate", "fired"}) {
        EXPECT_GE(firings[rule], 4) << rule;
        EXPECT_LE(firings[rule], 6) << rule;
    }
}

}  // namespace
}  // namespace ingestor::bus::schedules
