#include "bus/rules/rule_operations.hpp"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "memory/in_memory_event_log.hpp"
#include "memory/manual_clock.hpp"

namespace ingestor::bus::rules {
namespace {

const ports::Principal kOperator{.user_id = domain::UserId("local"), .is_operator = true};
const ports::Principal kUser{.user_id = domain::UserId("ann")};

class RuleOperationsTest : public ::testing::Test {
protected:
    RuleOperationsTest() { EXPECT_TRUE(run(bus.open(clock.now()))); }
    template <class Value>
    Value run(boost::asio::awaitable<Value> task) {
        return async::testing::run_to_end(io, std::move(task));
    }
    Result<std::monostate> put(const std::string& name, RuleSettings settings = {}) {
        if (settings.event_pattern.empty()) settings.event_pattern = R"({"source":["s"]})";
        return run(operations.put_rule(kOperator, {"default", name}, std::move(settings)));
    }
    ports::RuleTarget target(std::string id) const {
        return {.id = std::move(id), .arn = names.function_arn()};
    }

    boost::asio::io_context io;
    memory::ManualClock clock;
    domain::Names names;
    RuleTable table;
    memory::InMemoryEventLog log{table, clock, {}};
    EventBus bus{io.get_executor(), log, table};
    RuleOperations operations{bus, clock, names};
};

TEST_F(RuleOperationsTest, AreForOperatorsAlone) {
    const ports::RuleKey key{"default", "r"};
    ASSERT_TRUE(put("r"));
    const auto denied = Errc::permission_denied;
    EXPECT_EQ(run(operations.create_bus(kUser, "b", "", {})).error().code, denied);
    EXPECT_EQ(run(operations.describe_again(kUser, "default", "")).error().code, denied);
    EXPECT_EQ(operations.bus(kUser, "default").error().code, denied);
    EXPECT_EQ(operations.buses(kUser).error().code, denied);
    EXPECT_EQ(run(operations.delete_bus(kUser, "b")).error().code, denied);
    EXPECT_EQ(run(operations.put_rule(kUser, key, {})).error().code, denied);
    EXPECT_EQ(operations.rule(kUser, key).error().code, denied);
    EXPECT_EQ(operations.rules(kUser, "default").error().code, denied);
    EXPECT_EQ(run(operations.enable_rule(kUser, key, false)).error().code, denied);
    EXPECT_EQ(run(operations.delete_rule(kUser, key)).error().code, denied);
    EXPECT_EQ(run(operations.put_targets(kUser, key, {target("1")})).error().code, denied);
    EXPECT_EQ(run(operations.remove_targets(kUser, key, {"1"})).error().code, denied);
    EXPECT_EQ(operations.tags(kUser, "default", "").error().code, denied);
    EXPECT_EQ(run(operations.change_tags(kUser, "default", "", {{"k", "v"}}, {})).error().code,
              denied);
    EXPECT_TRUE(operations.rule(kOperator, key)->enabled);
}

TEST_F(RuleOperationsTest, BusesComeAndGo) {
    EXPECT_TRUE(run(operations.create_bus(kOperator, "depot", "of scales", {})));
    EXPECT_EQ(run(operations.create_bus(kOperator, "depot", "", {})).error().message,
              "Event bus depot already exists.");
    EXPECT_EQ(operations.bus(kOperator, "depot")->description, "of scales");
    EXPECT_EQ(run(operations.describe_again(kOperator, "depot", "other"))->description, "other");
    EXPECT_EQ(operations.buses(kOperator)->size(), 2U);
    EXPECT_TRUE(run(
        operations.put_rule(kOperator, {"depot", "r"}, {.event_pattern = R"({"source":["s"]})"})));
    EXPECT_EQ(run(operations.delete_bus(kOperator, "depot")).error().message,
              "EventBus can't be deleted since it has rules.");
    EXPECT_TRUE(run(operations.delete_rule(kOperator, {"depot", "r"})));
    EXPECT_TRUE(run(operations.delete_bus(kOperator, "depot")));
    EXPECT_TRUE(run(operations.delete_bus(kOperator, "depot"))) << "it is deleted already";
    EXPECT_EQ(run(operations.delete_bus(kOperator, "default")).error().message,
              "Cannot delete event bus default.");
    EXPECT_EQ(operations.bus(kOperator, "depot").error().message,
              "Event bus depot does not exist.");
}

TEST_F(RuleOperationsTest, PuttingARuleAgainSetsItAnewAndKeepsItsTargetsAndTags) {
    ASSERT_TRUE(put("r", {.event_pattern = R"({"source":["s"]})",
                          .description = "first",
                          .role_arn = "arn:role",
                          .enabled = false,
                          .tags = {{"k", "v"}}}));
    ASSERT_TRUE(run(operations.put_targets(kOperator, {"default", "r"}, {target("1")})));
    ASSERT_TRUE(put("r", {.event_pattern = R"({"source":["t"]})", .tags = {{"x", "y"}}}));
    const auto rule = operations.rule(kOperator, {"default", "r"}).value();
    EXPECT_EQ(rule.event_pattern, R"({"source":["t"]})");
    EXPECT_EQ(rule.description, "");
    EXPECT_EQ(rule.role_arn, "");
    EXPECT_TRUE(rule.enabled);
    EXPECT_EQ(rule.targets.size(), 1U);
    EXPECT_EQ(rule.tags, (ports::Tags{{"k", "v"}}));
    EXPECT_EQ(run(log.rules())->at(0), rule) << "it is kept for good";
}

TEST_F(RuleOperationsTest, AWholeRuleIsPutWithItsTargetsOrNotAtAll) {
    const ports::RuleKey key{"default", "r"};
    const RuleSettings settings{.event_pattern = R"({"source":["s"]})"};
    EXPECT_EQ(run(operations.put_whole_rule(kUser, key, settings, {})).error().code,
              Errc::permission_denied);
    const auto made =
        run(operations.put_whole_rule(kOperator, key, settings, {target("1"), target("2")}));
    ASSERT_TRUE(made);
    EXPECT_EQ(made->targets.size(), 2U);
    EXPECT_EQ(operations.rule(kOperator, key).value(), *made);

    auto wrong = target("3");
    wrong.arn = "arn:aws:sns:us-east-1:000000000000:topic";
    EXPECT_EQ(run(operations.put_whole_rule(kOperator, key,
                                            {.event_pattern = R"({"source":["t"]})"}, {wrong}))
                  .error()
                  .code,
              Errc::invalid_argument);
    EXPECT_EQ(operations.rule(kOperator, key).value(), *made);

    const auto fewer = run(operations.put_whole_rule(kOperator, key, settings, {target("2")}));
    ASSERT_TRUE(fewer);
    ASSERT_EQ(fewer->targets.size(), 1U);
    EXPECT_EQ(fewer->targets[0].id, "2");
    using enum RuleOperations::RuleTargets;
    EXPECT_FALSE(run(operations.delete_rule(kOperator, key, keep_it)));
    EXPECT_TRUE(run(operations.delete_rule(kOperator, key, go_too)));
    EXPECT_EQ(operations.rule(kOperator, key).error().code, Errc::not_found);
}

TEST_F(RuleOperationsTest, RefusesWithTheWordsOfEventBridge) {
    EXPECT_EQ(put("r", {.event_pattern = "{}"}).error().field, "EventPattern");
    EXPECT_EQ(operations.rule(kOperator, {"default", "r"}).error().message,
              "Rule r does not exist on EventBus default.");
    EXPECT_EQ(run(operations.enable_rule(kOperator, {"default", "r"}, true)).error().code,
              Errc::not_found);
    EXPECT_EQ(run(operations.put_rule(kOperator, {"nowhere", "r"}, {})).error().message,
              "Event bus nowhere does not exist.");
    EXPECT_TRUE(run(operations.delete_rule(kOperator, {"default", "r"}))) << "deleted already";
    EXPECT_EQ(run(operations.delete_rule(kOperator, {"nowhere", "r"})).error().code,
              Errc::not_found);
    ASSERT_TRUE(put("r"));
    ASSERT_TRUE(run(operations.put_targets(kOperator, {"default", "r"}, {target("1")})));
    EXPECT_EQ(run(operations.delete_rule(kOperator, {"default", "r"})).error().message,
              "Rule can't be deleted since it has targets.");
}

TEST_F(RuleOperationsTest, TargetsAreSetByTheirIdsAndLimited) {
    ASSERT_TRUE(put("r"));
    const ports::RuleKey key{"default", "r"};
    for (std::size_t i = 0; i < kTargetsOfRuleMax; ++i) {
        EXPECT_TRUE(run(operations.put_targets(kOperator, key, {target(fmt::format("{}", i))})));
    }
    auto changed = target("0");
    changed.maximum_retry_attempts = 3;
    EXPECT_TRUE(run(operations.put_targets(kOperator, key, {changed})));
    EXPECT_EQ(operations.rule(kOperator, key)->targets.at(0).maximum_retry_attempts, 3);
    EXPECT_EQ(run(operations.put_targets(kOperator, key, {target("one more")})).error().code,
              Errc::too_large);
    EXPECT_TRUE(run(operations.remove_targets(kOperator, key, {"0", "unknown"})));
    EXPECT_EQ(operations.rule(kOperator, key)->targets.size(), kTargetsOfRuleMax - 1);
    EXPECT_EQ(
        run(operations.put_targets(kOperator, key, {{.id = "x", .arn = "queue"}})).error().message,
        "Parameter ARN is not valid. Reason: Provided Arn is not in correct format.");
    EXPECT_EQ(run(operations.put_targets(kOperator, key,
                                         {{.id = "x", .arn = "arn:aws:sqs:us-east-1:0:q"}}))
                  .error()
                  .code,
              Errc::invalid_argument);
}

TEST_F(RuleOperationsTest, QueuesAreStandardOnesOfItsRegionAndAccount) {
    ASSERT_TRUE(put("r"));
    const auto refusal = [this](std::string arn, std::string dead_letter_arn) {
        const ports::RuleTarget target{
            .id = "x", .arn = std::move(arn), .dead_letter_arn = std::move(dead_letter_arn)};
        const auto put = run(operations.put_targets(kOperator, {"default", "r"}, {target}));
        return put ? std::string() : put.error().message;
    };
    const auto queue = [this](std::string_view name) {
        return fmt::format("arn:aws:sqs:{}:{}:{}", names.region, names.account, name);
    };
    EXPECT_EQ(refusal(queue("q"), queue("dead")), "");
    EXPECT_THAT(refusal(queue("q.fifo"), ""), ::testing::HasSubstr("standard queues"));
    EXPECT_THAT(refusal(queue("q"), queue("dead.fifo")), ::testing::HasSubstr("standard queues"));
    for (const auto* other : {"arn:aws:sqs:eu-west-1:000000000000:dead", "dead",
                              "arn:aws:sns:us-east-1:000000000000:topic"}) {
        EXPECT_THAT(refusal(queue("q"), other), ::testing::HasSubstr("dead letters go to queues"))
            << other;
    }
}

TEST_F(RuleOperationsTest, TagsArePutAndRemovedAndLimited) {
    ASSERT_TRUE(put("r"));
    EXPECT_TRUE(
        run(operations.change_tags(kOperator, "default", "r", {{"a", "1"}, {"b", "2"}}, {})));
    EXPECT_TRUE(run(operations.change_tags(kOperator, "default", "r", {{"a", "3"}}, {"b", "z"})));
    EXPECT_EQ(operations.tags(kOperator, "default", "r"), (ports::Tags{{"a", "3"}}));
    ports::Tags many;
    for (std::size_t i = 0; i < kTagsMax; ++i) many[fmt::format("{}", i)] = "";
    EXPECT_TRUE(run(operations.change_tags(kOperator, "default", "", many, {})));
    EXPECT_EQ(
        run(operations.change_tags(kOperator, "default", "", {{"one more", ""}}, {})).error().code,
        Errc::too_large);
    EXPECT_EQ(operations.tags(kOperator, "default", "")->size(), kTagsMax);
}

TEST_F(RuleOperationsTest, ChangesOfOneRuleAtOnceAllCount) {
    ASSERT_TRUE(put("r"));
    std::vector<async::testing::SpawnedTask<Result<std::monostate>>> tasks;
    for (const auto* id : {"1", "2", "3"}) {
        tasks.emplace_back(io, operations.put_targets(kOperator, {"default", "r"}, {target(id)}));
    }
    io.restart();
    io.run();
    for (auto& task : tasks) EXPECT_TRUE(task.get());
    EXPECT_EQ(operations.rule(kOperator, {"default", "r"})->targets.size(), 3U);
}

}  // namespace
}  // namespace ingestor::bus::rules
