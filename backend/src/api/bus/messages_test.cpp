#include "api/bus/messages.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace ingestor::api::bus {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

const std::string& body_of(const http::Response& response) {
    return std::get<std::string>(response.body);
}

constexpr auto kQueue = "arn:aws:sqs:us-east-1:000000000000:q";

TEST(BusMessages, ARuleThatIsReadIsPutWithAllThatItSays) {
    const auto rule = whole_rule_message().read(
        R"({"description":"d","event_pattern":"{\"source\":[\"s\"]}","enabled":false,"targets":[)"
        R"({"id":"1","arn":"arn:aws:sqs:us-east-1:000000000000:q","maximum_retry_attempts":0,)"
        R"("maximum_event_age_seconds":60,"dead_letter_arn":"arn:d","role_arn":"arn:r",)"
        R"("input_transformer":{"input_paths_map":{"s":"$.source"},"input_template":"<s>"}},)"
        R"({"id":"2","arn":"arn:aws:sqs:us-east-1:000000000000:q","input":"{}"}]})");
    ASSERT_TRUE(rule) << body_of(rule.error());
    EXPECT_FALSE(rule->enabled);
    ASSERT_EQ(rule->targets.size(), 2U);
    const auto& first = rule->targets[0];
    EXPECT_EQ(first.arn, kQueue);
    EXPECT_EQ(first.maximum_retry_attempts, 0);
    EXPECT_EQ(first.maximum_event_age, 60s);
    EXPECT_EQ(first.dead_letter_arn, "arn:d");
    EXPECT_EQ(first.role_arn, "arn:r");
    EXPECT_EQ(first.input,
              eventbridge::transform::TargetInput(
                  eventbridge::transform::InputTransformer{{{"s", "$.source"}}, "<s>"}));
    const auto& second = rule->targets[1];
    EXPECT_EQ(second.maximum_retry_attempts, 185);
    EXPECT_EQ(second.maximum_event_age, 86'400s);
    EXPECT_EQ(second.input,
              eventbridge::transform::TargetInput(eventbridge::transform::ConstantInput{"{}"}));
}

TEST(BusMessages, WhatARuleIsToldAsCanBePutAgain) {
    ingestor::bus::RuleActivity activity;
    activity.rule = {.bus = "b", .name = "r", .event_pattern = "{}"};
    activity.rule.targets = {
        {.id = "1",
         .arn = kQueue,
         .input = eventbridge::transform::InputPath{"$.detail"},
         .http = {.path = {"a"}, .headers = {{"X-Kind", "k"}}, .query = {{"q", "$.source"}}}}};
    activity.targets = {{.delivered = 2, .failed = 1, .retried = 0, .dead_lettered = 1}};
    const auto told = rule_message().write(activity);
    EXPECT_EQ(json::serialize(told.at("targets").at(0).at("counts")),
              R"({"delivered":2,"failed":1,"retried":0,"dead_lettered":1})");
    EXPECT_TRUE(told.at("managed_by").is_null());
    const auto put = whole_rule_message().read(json::serialize(told));
    ASSERT_TRUE(put) << body_of(put.error());
    EXPECT_EQ(put->targets, activity.rule.targets);
}

TEST(BusMessages, ATargetIsGivenOneThing) {
    const auto rule = whole_rule_message().read(
        R"({"targets":[{"id":"1","arn":"a","input":"{}","input_path":"$.detail"}]})");
    ASSERT_FALSE(rule);
    EXPECT_EQ(json::serialize(json::parse(body_of(rule.error())).at("detail").at(0).at("loc")),
              R"(["body","targets",0,"input"])");
}

TEST(BusMessages, WhoManagesARuleIsTold) {
    ingestor::bus::RuleActivity activity;
    activity.rule.managed = true;
    EXPECT_EQ(rule_message().write(activity).at("managed_by"), "template");
    activity.rule.managed = false;
    activity.rule.of_archive = true;
    EXPECT_EQ(rule_message().write(activity).at("managed_by"), "archive");
}

TEST(BusMessages, TheProgressOfAReplayIsThatOfItsTime) {
    ports::Replay replay;
    replay.from = TimePoint{0s};
    replay.to = TimePoint{1'000s};
    replay.started_at = TimePoint{200s};
    const auto progress = [&replay] {
        return replay_message().write(replay).at("progress_percent").as_int64();
    };
    EXPECT_EQ(progress(), 0);
    replay.replayed = {TimePoint{50s}, "e"};
    EXPECT_EQ(progress(), 25);
    replay.replayed = {TimePoint{200s}, "e"};
    EXPECT_EQ(progress(), 99);
    replay.state = ports::ReplayState::completed;
    EXPECT_EQ(progress(), 100);
}

TEST(BusMessages, ATryOfAFailedDeliveryHasItsReason) {
    ingestor::bus::delivery::DeliveryLog::LoggedTry logged;
    logged.attempt.outcome = ingestor::bus::delivery::TryOutcome::retried;
    logged.attempt.error_code = "THROTTLING";
    logged.attempt.status = 503;
    logged.attempt.next_at = TimePoint{1s};
    logged.attempt.latency = 1'250us;
    const auto told = try_message().write(logged);
    EXPECT_EQ(told.at("outcome"), "retried");
    EXPECT_EQ(told.at("error_code"), "THROTTLING");
    EXPECT_EQ(told.at("status"), 503);
    EXPECT_EQ(told.at("next_at"), "1970-01-01T00:00:01.000Z");
    EXPECT_DOUBLE_EQ(told.at("latency_ms").as_double(), 1.25);
}

TEST(BusMessages, AnEventThatCannotBeReadIsNull) {
    ports::DeadLetter letter;
    letter.delivery.event = std::make_shared<const eventbridge::Event>();
    EXPECT_TRUE(whole_dead_letter_message().write(letter).at("event").is_null());
    eventbridge::Event event;
    event.id = "e";
    event.detail = "{}";
    letter.delivery.event = std::make_shared<const eventbridge::Event>(std::move(event));
    EXPECT_TRUE(whole_dead_letter_message().write(letter).at("event").as_string().starts_with("{"));
}

}  // namespace
}  // namespace ingestor::api::bus
