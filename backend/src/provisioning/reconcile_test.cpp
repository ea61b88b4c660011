#include "provisioning/reconcile.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "bus/rules/rule_table.hpp"
#include "memory/in_memory_event_log.hpp"
#include "memory/manual_clock.hpp"
#include "ports/testing/all_due.hpp"

namespace ingestor::provisioning {
namespace {

constexpr TimePoint kNow{std::chrono::hours(1)};

domain::Names names_of(std::string environment, std::string region = "us-east-1",
                       std::string account = "000000000000") {
    domain::Names names;
    names.environment = std::move(environment);
    names.region = std::move(region);
    names.account = std::move(account);
    return names;
}

WantedState wanted_in(const domain::Names& names) {
    return read_template(embedded_template(), names).value();
}

/// What the log holds once the template was applied to an empty one.
BusState state_of(const WantedState& wanted) {
    return {.buses = {wanted.bus}, .rules = wanted.rules};
}

ports::Rule rule_of_user(std::string bus) {
    ports::Rule rule;
    rule.bus = std::move(bus);
    rule.name = "of-the-user";
    rule.event_pattern = R"({"source":["s"]})";
    rule.targets = {{.id = "theirs", .arn = "arn:theirs"}};
    return rule;
}

TEST(Reconciliation, PutsAllThereIsIntoAnEmptyLog) {
    const auto wanted = wanted_in(domain::Names{});
    const auto change = reconciliation(wanted, {}, kNow);
    ASSERT_EQ(change.put_buses.size(), 1U);
    EXPECT_EQ(change.put_buses[0].name, wanted.bus.name);
    EXPECT_EQ(change.put_buses[0].created_at, kNow);
    EXPECT_EQ(change.put_rules, wanted.rules);
    EXPECT_TRUE(change.retargets.empty());
}

TEST(Reconciliation, ChangesNothingThatIsAsItShouldBe) {
    const auto wanted = wanted_in(domain::Names{});
    auto there = state_of(wanted);
    there.rules.push_back(rule_of_user(wanted.bus.name));
    there.buses.push_back({.name = "theirs", .description = "", .created_at = kNow});
    EXPECT_EQ(reconciliation(wanted, there, kNow), ports::BusChange{});
}

TEST(Reconciliation, BringsARuleToWhatTheTemplateSays) {
    const auto wanted = wanted_in(domain::Names{});
    auto there = state_of(wanted);
    there.buses[0].description = "old";
    there.buses[0].policy = "{}";
    there.buses[0].tags = {{"team", "depot"}};
    there.buses[0].created_at = TimePoint{};
    there.rules[0].description = "old";
    there.rules[0].event_pattern = R"({"source":["old"]})";
    there.rules[0].targets[0].maximum_retry_attempts = 185;
    there.rules[0].targets[0].dead_letter_arn.clear();
    const auto change = reconciliation(wanted, there, kNow);
    EXPECT_EQ(change.put_rules, std::vector<ports::Rule>{wanted.rules[0]});
    ASSERT_EQ(change.put_buses.size(), 1U);
    EXPECT_EQ(change.put_buses[0].description, wanted.bus.description);
    EXPECT_EQ(change.put_buses[0].policy, there.buses[0].policy);
    EXPECT_EQ(change.put_buses[0].tags, there.buses[0].tags);
    EXPECT_EQ(change.put_buses[0].created_at, TimePoint{});
    EXPECT_TRUE(change.retargets.empty());
}

TEST(Reconciliation, LeavesWhatAUserAddedOrDisabled) {
    const auto wanted = wanted_in(domain::Names{});
    auto there = state_of(wanted);
    there.rules[0].enabled = false;
    there.rules[0].description = "old";
    const ports::RuleTarget theirs{.id = "theirs", .arn = "arn:theirs"};
    const ports::RuleTarget of_old_template{.id = "gone", .arn = "arn:gone", .managed = true};
    there.rules[0].targets.push_back(theirs);
    there.rules[0].targets.push_back(of_old_template);
    const auto change = reconciliation(wanted, there, kNow);
    ASSERT_EQ(change.put_rules.size(), 1U);
    const auto& rule = change.put_rules[0];
    EXPECT_FALSE(rule.enabled);
    EXPECT_EQ(rule.description, wanted.rules[0].description);
    ASSERT_EQ(rule.targets.size(), 2U);
    EXPECT_EQ(rule.targets[0], wanted.rules[0].targets[0]);
    EXPECT_EQ(rule.targets[1], theirs);
    EXPECT_TRUE(change.delete_rules.empty());
}

TEST(Reconciliation, ATargetOfTheTemplateTakesThePlaceOfAUsersOfThatId) {
    const auto wanted = wanted_in(domain::Names{});
    auto there = state_of(wanted);
    there.rules[0].targets[0] = {.id = wanted.rules[0].targets[0].id, .arn = "arn:theirs"};
    EXPECT_EQ(reconciliation(wanted, there, kNow).put_rules,
              std::vector<ports::Rule>{wanted.rules[0]});
}

struct MoveCase {
    const char* name;
    domain::Names from;
    domain::Names to;
};

class Moved : public testing::TestWithParam<MoveCase> {};
TEST_P(Moved, SendsWhatIsUnderWayToTheFunctionOfToday) {
    const auto& [name, from, to] = GetParam();
    const auto wanted = wanted_in(to);
    const auto there = state_of(wanted_in(from));
    const auto change = reconciliation(wanted, there, kNow);
    ASSERT_EQ(change.retargets.size(), 2U);
    EXPECT_EQ(change.retargets[0].from_rule, (ports::RuleKey{from.event_bus(), from.rule()}));
    EXPECT_EQ(change.retargets[0].to_rule, (ports::RuleKey{to.event_bus(), to.rule()}));
    EXPECT_EQ(change.retargets[1].to_rule.bus, "default");
    for (const auto& retarget : change.retargets) EXPECT_EQ(retarget.to.arn, to.function_arn());
    EXPECT_EQ(change.put_rules, wanted.rules);
    const bool renamed = from.environment != to.environment;
    EXPECT_EQ(change.delete_rules.size(), renamed ? 2U : 0U);
    EXPECT_EQ(change.delete_buses.size(), renamed ? 1U : 0U);
}
const MoveCase kMoves[] = {
    {"Region", names_of("dev"), names_of("dev", "eu-west-1")},
    {"Account", names_of("dev"), names_of("dev", "us-east-1", "111122223333")},
    {"Environment", names_of("dev"), names_of("test")},
    {"All", names_of("dev"), names_of("main", "eu-west-1", "111122223333")},
};
INSTANTIATE_TEST_SUITE_P(Reconciliation, Moved, testing::ValuesIn(kMoves),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Reconciliation, KeepsABusThatAUsersRuleIsOn) {
    auto there = state_of(wanted_in(names_of("dev")));
    there.rules.push_back(rule_of_user(there.buses[0].name));
    const auto change = reconciliation(wanted_in(names_of("test")), there, kNow);
    EXPECT_TRUE(change.delete_buses.empty());
    EXPECT_EQ(change.delete_rules.size(), 2U);
}

/// Over a log, twice and there and back: the second time changes nothing.
TEST(Reconcile, ReachesAFixedPointFromAnywhere) {
    boost::asio::io_context io;
    const memory::ManualClock clock;
    bus::rules::RuleTable table;
    memory::InMemoryEventLog log(table, clock, {});
    const auto run = [&io](auto task) { return async::testing::run_to_end(io, std::move(task)); };
    const auto user_rule = rule_of_user(domain::Names{}.event_bus());
    for (const auto& names : {names_of("dev"), names_of("dev", "eu-west-1"), names_of("test"),
                              names_of("dev", "eu-west-1"), names_of("dev")}) {
        const auto wanted = wanted_in(names);
        ASSERT_TRUE(run(reconcile(log, wanted, clock.now())));
        const BusState there{.buses = run(log.buses()).value(), .rules = run(log.rules()).value()};
        EXPECT_EQ(reconciliation(wanted, there, clock.now()), ports::BusChange{});
        for (const auto& rule : there.rules) {
            ASSERT_TRUE(table.put(rule));
            EXPECT_TRUE(rule.managed || rule == user_rule) << rule.name;
        }
        if (names.environment == "dev" && names.region == "us-east-1") {
            ports::BusChange change;
            change.put_rules = {user_rule};
            ASSERT_TRUE(run(log.apply(std::move(change))));
        }
        std::vector<eventbridge::Event> events(1);
        events[0].bus = names.event_bus();
        events[0].source = domain::kEventSource;
        events[0].detail_type = domain::kProcessingRequired;
        ASSERT_TRUE(run(log.append(std::move(events))));
    }
    // Whatever was published when, it goes to the function of today.
    const auto due = run(ports::testing::all_due(log, clock.now())).value();
    EXPECT_EQ(due.size(), 5U);
    for (const auto& delivery : due) EXPECT_EQ(delivery.target_arn, domain::Names{}.function_arn());
}

}  // namespace
}  // namespace ingestor::provisioning
