#include "bus/event_bus.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "memory/in_memory_event_log.hpp"
#include "memory/manual_clock.hpp"
#include "ports/testing/all_due.hpp"

namespace ingestor::bus {
namespace {

class EventBusTest : public testing::Test {
protected:
    EventBusTest() {
        ports::BusChange change;
        change.put_buses = {{.name = "depot", .description = "", .created_at = clock.now()}};
        EXPECT_TRUE(run(log.apply(std::move(change))));
        EXPECT_TRUE(run(bus.open(clock.now())));
        rule.bus = "depot";
        rule.name = "weighed";
        rule.event_pattern = R"({"source":["scale"]})";
        rule.targets = {{.id = "t", .arn = "arn:t"}};
    }
    template <class Value>
    Value run(boost::asio::awaitable<Value> task) {
        return async::testing::run_to_end(io, std::move(task));
    }

    boost::asio::io_context io;
    memory::ManualClock clock;
    rules::RuleTable table;
    memory::InMemoryEventLog log{table, clock, {}};
    EventBus bus{io.get_executor(), log, table};
    ports::Rule rule;
};

TEST_F(EventBusTest, KeepsItsRulesAcrossRestarts) {
    EXPECT_TRUE(run(bus.put_rule(rule)));
    rules::RuleTable fresh;
    EventBus reopened(io.get_executor(), log, fresh);
    EXPECT_TRUE(run(reopened.open(clock.now())));
    EXPECT_EQ(reopened.rules(), std::vector<ports::Rule>{rule});
    EXPECT_TRUE(run(reopened.delete_rule({rule.bus, rule.name})));
    EXPECT_TRUE(reopened.rules().empty());
    EXPECT_TRUE(run(log.rules())->empty());
}

TEST_F(EventBusTest, HasTheBusThatEveryAccountHas) {
    EXPECT_NE(bus.find_bus("default"), nullptr);
    EXPECT_NE(bus.find_bus("depot"), nullptr);
    EXPECT_EQ(bus.find_bus("nowhere"), nullptr);
    EXPECT_EQ(run(log.buses())->size(), 2U);
    rules::RuleTable fresh;
    EventBus reopened(io.get_executor(), log, fresh);
    EXPECT_TRUE(run(reopened.open(clock.now() + std::chrono::hours(1))));
    EXPECT_EQ(reopened.find_bus("default")->created_at, clock.now());
}

TEST_F(EventBusTest, RefusesRulesThatCannotWork) {
    auto lost = rule;
    lost.bus = "nowhere";
    EXPECT_EQ(run(bus.put_rule(lost)).error().code, Errc::not_found);
    lost.event_pattern = "[]";
    EXPECT_EQ(run(bus.put_rule(lost)).error().code, Errc::invalid_argument);
    EXPECT_TRUE(bus.rules().empty());
}

TEST_F(EventBusTest, AnEventWithoutAFairnessGroupIsOfItsSources) {
    EXPECT_TRUE(run(bus.put_rule(rule)));
    std::vector<eventbridge::Event> events{
        {.bus = "depot", .source = "scale"},
        {.bus = "depot", .fairness_group = "ann", .source = "scale"}};
    EXPECT_TRUE(run(bus.publish(std::move(events))));
    const auto due = run(ports::testing::all_due(log, clock.now())).value();
    ASSERT_EQ(due.size(), 2U);
    EXPECT_EQ(due[0].event->fairness_group, "scale");
    EXPECT_EQ(due[1].event->fairness_group, "ann");
}

}  // namespace
}  // namespace ingestor::bus
