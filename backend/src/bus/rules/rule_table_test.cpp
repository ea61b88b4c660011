#include "bus/rules/rule_table.hpp"

#include <gtest/gtest.h>

namespace ingestor::bus::rules {
namespace {

TEST(RuleTable, RoutesByEnabledRulesOfItsBusToEveryTarget) {
    const auto rule = [](std::string bus, std::string name, bool enabled) {
        ports::Rule result;
        result.bus = std::move(bus);
        result.name = std::move(name);
        result.event_pattern = R"({"source":["s"]})";
        result.enabled = enabled;
        for (const auto* id : {"1", "2"}) {
            auto& target = result.targets.emplace_back();
            target.id = id;
            target.arn = result.name;
        }
        return result;
    };
    RuleTable table;
    ASSERT_TRUE(table.put(rule("bus", "on", true)));
    ASSERT_TRUE(table.put(rule("bus", "off", false)));
    ASSERT_TRUE(table.put(rule("another", "there", true)));
    const eventbridge::Event event{.bus = "bus", .source = "s"};
    const auto deliveries = table.route(event);
    ASSERT_EQ(deliveries.size(), 2U);
    EXPECT_EQ(deliveries[1].rule, "on");
    EXPECT_EQ(deliveries[1].target_id, "2");
    EXPECT_EQ(table.route(eventbridge::Event{.bus = "another", .source = "s"}).size(), 2U);
    EXPECT_TRUE(table.route(eventbridge::Event{.bus = "bu", .source = "s"}).empty());
    EXPECT_TRUE(table.route(eventbridge::Event{.source = "s"}).empty());
    EXPECT_TRUE(table.target("bus", "on", "1"));
    EXPECT_FALSE(table.target("bus", "on", "3"));
    table.remove("bus", "on");
    EXPECT_TRUE(table.route(event).empty());
    EXPECT_EQ(table.rules().size(), 2U);

    auto bad = rule("bus", "bad", true);
    bad.event_pattern = "{}";
    EXPECT_EQ(table.put(std::move(bad)).error().code, Errc::invalid_argument);
}

TEST(RuleTable, KnowsWhatATargetIsGivenUntilTheRuleChanges) {
    ports::Rule rule{.bus = "bus", .name = "r", .event_pattern = R"({"source":["s"]})"};
    rule.targets = {{.id = "part", .arn = "a", .input = eventbridge::transform::InputPath{"$.id"}},
                    {.id = "whole", .arn = "a"}};
    RuleTable table;
    ports::Delivery part;
    part.event =
        std::make_shared<const eventbridge::Event>(eventbridge::Event{.bus = "bus", .id = "e"});
    part.rule = "r";
    part.target_id = "part";
    auto whole = part;
    whole.target_id = "whole";
    EXPECT_EQ(table.input_of(part), nullptr);
    ASSERT_TRUE(table.put(rule));
    ASSERT_NE(table.input_of(part), nullptr);
    EXPECT_EQ(table.input_of(part)->apply(*part.event, {}).value(), "\"e\"");
    EXPECT_EQ(table.input_of(whole), nullptr);
    auto bad = rule;
    bad.targets[0].input = eventbridge::transform::InputPath{"id"};
    EXPECT_EQ(table.put(bad).error().code, Errc::invalid_argument);
    ASSERT_NE(table.input_of(part), nullptr);
    rule.targets[0].input = {};
    ASSERT_TRUE(table.put(rule));
    EXPECT_EQ(table.input_of(part), nullptr);
}

}  // namespace
}  // namespace ingestor::bus::rules
