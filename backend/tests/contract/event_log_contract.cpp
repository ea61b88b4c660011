#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/uuid.hpp"
#include "contract/harness.hpp"
#include "contract/run.hpp"

namespace ingestor::contract {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

constexpr std::uint32_t kAll = 100;

std::vector<Event> events_of(int count) {
    std::vector<Event> events;
    for (int n = 0; n < count; ++n) {
        auto& event = events.emplace_back();
        event.id = uuid_v4();
        event.source = "depot.scale";
        event.detail_type = "Parcel Weighed";
        event.account = "111122223333";
        event.region = "eu-west-1";
        event.time = TimePoint{1'767'323'045'000ms};
        event.resources = {"arn:aws:s3:::a", "arn:aws:s3:::b"};
        event.detail = fmt::format(R"({{"grams":{}}})", n);
    }
    return events;
}

std::vector<std::int64_t> ids_of(const std::vector<Delivery>& deliveries) {
    std::vector<std::int64_t> ids;
    for (const auto& delivery : deliveries) ids.push_back(delivery.id);
    return ids;
}

DeadLetter letter_of(Delivery delivery, TimePoint dead_at) {
    DeadLetter letter;
    letter.delivery = std::move(delivery);
    letter.error_code = "SDK_CLIENT_ERROR";
    letter.error_message = "no such function";
    letter.exhausted = "MaximumRetryAttempts";
    letter.dead_at = dead_at;
    return letter;
}

}  // namespace

TEST_P(EventLogContract, AnAppendedEventIsUnderWayToEachTarget) {
    auto& io = surroundings_.io;
    surroundings_.router.routes.push_back({"bus", "other", "2", "arn:b", "group-b"});
    const auto events = events_of(1);
    ASSERT_TRUE(run(io, log_.append(events)));
    const auto now = surroundings_.clock.now();
    const auto due = run(io, log_.due(now, 0, kAll)).value();
    ASSERT_EQ(due.size(), 2U);
    EXPECT_EQ(run(io, log_.depth()).value(), 2U);
    const auto& second = due[1];
    EXPECT_LT(due[0].id, second.id);
    EXPECT_EQ(second.bus, "bus");
    EXPECT_EQ(second.rule, "other");
    EXPECT_EQ(second.target_id, "2");
    EXPECT_EQ(second.target_arn, "arn:b");
    EXPECT_EQ(second.fairness_group, "group-b");
    EXPECT_EQ(second.stage, DeliveryStage::delivery);
    EXPECT_EQ(second.attempts, 0);
    EXPECT_EQ(second.created_at, now);
    EXPECT_EQ(second.next_at, now);
    EXPECT_EQ(second.event.id, events[0].id);
    EXPECT_EQ(second.event.source, "depot.scale");
    EXPECT_EQ(second.event.detail_type, "Parcel Weighed");
    EXPECT_EQ(second.event.account, "111122223333");
    EXPECT_EQ(second.event.region, "eu-west-1");
    EXPECT_EQ(second.event.time, events[0].time);
    EXPECT_EQ(second.event.resources, events[0].resources);
    EXPECT_EQ(second.event.detail, events[0].detail);
}

TEST_P(EventLogContract, WhatIsAppendedIsAnnouncedWithTheSameIds) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, log_.append(events_of(3))));
    const auto due = run(io, log_.due(surroundings_.clock.now(), 0, kAll)).value();
    EXPECT_EQ(ids_of(surroundings_.announced), ids_of(due));
    ASSERT_EQ(due.size(), 3U);
    EXPECT_EQ(surroundings_.announced[2].event.detail, due[2].event.detail);
    EXPECT_EQ(surroundings_.announced[2].target_arn, due[2].target_arn);
    EXPECT_EQ(surroundings_.announced[2].next_at, due[2].next_at);
}

TEST_P(EventLogContract, AnEventThatNoRuleMatchesGoesNowhere) {
    auto& io = surroundings_.io;
    surroundings_.router.routes.clear();
    ASSERT_TRUE(run(io, log_.append(events_of(2))));
    EXPECT_EQ(run(io, log_.depth()).value(), 0U);
    EXPECT_THAT(surroundings_.announced, IsEmpty());
}

TEST_P(EventLogContract, DueIsReadPageByPageOldestFirst) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, log_.append(events_of(5))));
    const auto now = surroundings_.clock.now();
    const auto all = ids_of(run(io, log_.due(now, 0, kAll)).value());
    ASSERT_EQ(all.size(), 5U);
    EXPECT_TRUE(std::ranges::is_sorted(all));
    EXPECT_THAT(ids_of(run(io, log_.due(now, 0, 2)).value()), ElementsAre(all[0], all[1]));
    EXPECT_THAT(ids_of(run(io, log_.due(now, all[1], 2)).value()), ElementsAre(all[2], all[3]));
    EXPECT_THAT(ids_of(run(io, log_.due(now, all[3], 2)).value()), ElementsAre(all[4]));
    EXPECT_THAT(run(io, log_.due(now, all[4], 2)).value(), IsEmpty());
}

TEST_P(EventLogContract, AnAcknowledgedDeliveryIsForgotten) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, log_.append(events_of(2))));
    const auto now = surroundings_.clock.now();
    const auto ids = ids_of(run(io, log_.due(now, 0, kAll)).value());
    ASSERT_TRUE(run(io, log_.acknowledge(ids[0])));
    EXPECT_THAT(ids_of(run(io, log_.due(now, 0, kAll)).value()), ElementsAre(ids[1]));
    // Once more, or one that never was: done already.
    EXPECT_TRUE(run(io, log_.acknowledge(ids[0])));
    EXPECT_TRUE(run(io, log_.acknowledge(1'000'000)));
    EXPECT_EQ(run(io, log_.depth()).value(), 1U);
}

TEST_P(EventLogContract, ARescheduledDeliveryWaitsForItsTime) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, log_.append(events_of(2))));
    const auto now = surroundings_.clock.now();
    const auto ids = ids_of(run(io, log_.due(now, 0, kAll)).value());
    EXPECT_EQ(run(io, log_.next_due(now)).value(), std::nullopt);
    ASSERT_TRUE(run(io, log_.reschedule(ids[0], DeliveryStage::invocation, 2, now + 90s)));
    EXPECT_THAT(ids_of(run(io, log_.due(now + 90s - 1ms, 0, kAll)).value()), ElementsAre(ids[1]));
    EXPECT_EQ(run(io, log_.next_due(now)).value(), now + 90s);
    EXPECT_EQ(run(io, log_.next_due(now + 90s)).value(), std::nullopt);
    EXPECT_EQ(run(io, log_.depth()).value(), 2U);

    const auto due = run(io, log_.due(now + 90s, 0, kAll)).value();
    ASSERT_THAT(ids_of(due), ElementsAre(ids[0], ids[1]));
    EXPECT_EQ(due[0].stage, DeliveryStage::invocation);
    EXPECT_EQ(due[0].attempts, 2);
    EXPECT_EQ(due[0].next_at, now + 90s);
    EXPECT_EQ(due[0].created_at, now);
}

TEST_P(EventLogContract, NextDueIsTheEarliest) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, log_.append(events_of(3))));
    const auto now = surroundings_.clock.now();
    const auto ids = ids_of(run(io, log_.due(now, 0, kAll)).value());
    ASSERT_TRUE(run(io, log_.reschedule(ids[0], DeliveryStage::delivery, 1, now + 90s)));
    ASSERT_TRUE(run(io, log_.reschedule(ids[1], DeliveryStage::delivery, 1, now + 30s)));
    EXPECT_EQ(run(io, log_.next_due(now)).value(), now + 30s);
    EXPECT_EQ(run(io, log_.next_due(now + 30s)).value(), now + 90s);
}

TEST_P(EventLogContract, ABuriedDeliveryIsADeadLetter) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, log_.append(events_of(1))));
    const auto now = surroundings_.clock.now();
    auto delivery = run(io, log_.due(now, 0, kAll)).value().at(0);
    delivery.stage = DeliveryStage::invocation;
    delivery.attempts = 3;
    ASSERT_TRUE(run(io, log_.bury(delivery.id, letter_of(delivery, now + 5s))));
    EXPECT_EQ(run(io, log_.depth()).value(), 0U);
    const auto letters = run(io, log_.dead_letters(kAll)).value();
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters[0].delivery.id, delivery.id);
    EXPECT_EQ(letters[0].delivery.event.detail, delivery.event.detail);
    EXPECT_EQ(letters[0].delivery.target_arn, delivery.target_arn);
    EXPECT_EQ(letters[0].delivery.stage, DeliveryStage::invocation);
    EXPECT_EQ(letters[0].delivery.attempts, 3);
    EXPECT_EQ(letters[0].error_code, "SDK_CLIENT_ERROR");
    EXPECT_EQ(letters[0].error_message, "no such function");
    EXPECT_EQ(letters[0].exhausted, "MaximumRetryAttempts");
    EXPECT_EQ(letters[0].dead_at, now + 5s);
    // Burying twice leaves one letter.
    ASSERT_TRUE(run(io, log_.bury(delivery.id, letter_of(delivery, now + 9s))));
    EXPECT_EQ(run(io, log_.dead_letters(kAll))->size(), 1U);
}

TEST_P(EventLogContract, DeadLettersAreNewestFirst) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, log_.append(events_of(3))));
    const auto now = surroundings_.clock.now();
    const auto due = run(io, log_.due(now, 0, kAll)).value();
    ASSERT_TRUE(run(io, log_.bury(due[1].id, letter_of(due[1], now + 1s))));
    ASSERT_TRUE(run(io, log_.bury(due[2].id, letter_of(due[2], now + 2s))));
    ASSERT_TRUE(run(io, log_.bury(due[0].id, letter_of(due[0], now + 3s))));
    const auto letters = run(io, log_.dead_letters(2)).value();
    ASSERT_EQ(letters.size(), 2U);
    EXPECT_EQ(letters[0].delivery.id, due[0].id);
    EXPECT_EQ(letters[1].delivery.id, due[2].id);
}

TEST_P(EventLogContract, ARedrivenDeadLetterIsAFreshDelivery) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, log_.append(events_of(1))));
    const auto now = surroundings_.clock.now();
    auto delivery = run(io, log_.due(now, 0, kAll)).value().at(0);
    delivery.attempts = 3;
    ASSERT_TRUE(run(io, log_.bury(delivery.id, letter_of(delivery, now))));
    const auto letter = run(io, log_.dead_letters(kAll)).value().at(0);
    surroundings_.announced.clear();
    ASSERT_TRUE(run(io, log_.redrive(letter.id, now + 1h)));
    EXPECT_THAT(run(io, log_.dead_letters(kAll)).value(), IsEmpty());
    const auto due = run(io, log_.due(now + 1h, 0, kAll)).value();
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].attempts, 0);
    EXPECT_EQ(due[0].stage, DeliveryStage::delivery);
    EXPECT_EQ(due[0].created_at, now + 1h);
    EXPECT_EQ(due[0].event.id, delivery.event.id);
    EXPECT_EQ(ids_of(surroundings_.announced), ids_of(due));
    EXPECT_EQ(run(io, log_.redrive(letter.id, now)).error().code, Errc::not_found);
}

TEST_P(EventLogContract, RulesArePutReplacedAndDeleted) {
    auto& io = surroundings_.io;
    Rule rule;
    rule.bus = "bus";
    rule.name = "rule";
    rule.description = "first";
    rule.event_pattern = R"({"source":["a"]})";
    rule.targets = {{.id = "2",
                     .arn = "arn:2",
                     .maximum_retry_attempts = 2,
                     .maximum_event_age = 1h,
                     .dead_letter_arn = "arn:dlq"},
                    {.id = "1", .arn = "arn:1", .dead_letter_arn = ""}};
    ASSERT_TRUE(run(io, log_.put_rule(rule)));
    Rule other = rule;
    other.bus = "another";
    ASSERT_TRUE(run(io, log_.put_rule(other)));
    rule.description = "second";
    rule.enabled = false;
    rule.targets.pop_back();
    ASSERT_TRUE(run(io, log_.put_rule(rule)));

    const auto rules = run(io, log_.rules()).value();
    ASSERT_EQ(rules.size(), 2U);
    EXPECT_EQ(rules[0].bus, "another");
    EXPECT_TRUE(rules[0].enabled);
    ASSERT_EQ(rules[0].targets.size(), 2U);
    EXPECT_EQ(rules[0].targets[0].id, "2");
    EXPECT_EQ(rules[0].targets[1].id, "1");
    EXPECT_EQ(rules[1].description, "second");
    EXPECT_EQ(rules[1].event_pattern, R"({"source":["a"]})");
    EXPECT_FALSE(rules[1].enabled);
    ASSERT_EQ(rules[1].targets.size(), 1U);
    const auto& target = rules[1].targets[0];
    EXPECT_EQ(target.arn, "arn:2");
    EXPECT_EQ(target.maximum_retry_attempts, 2);
    EXPECT_EQ(target.maximum_event_age, 1h);
    EXPECT_EQ(target.dead_letter_arn, "arn:dlq");

    ASSERT_TRUE(run(io, log_.delete_rule("bus", "rule")));
    ASSERT_TRUE(run(io, log_.delete_rule("bus", "never-was")));
    EXPECT_EQ(run(io, log_.rules())->size(), 1U);
}

TEST_P(EventLogContract, BusesArePutAndListedByName) {
    auto& io = surroundings_.io;
    const auto now = surroundings_.clock.now();
    ASSERT_TRUE(run(io, log_.put_bus({"main", "the one", now})));
    ASSERT_TRUE(run(io, log_.put_bus({"default", "", now})));
    ASSERT_TRUE(run(io, log_.put_bus({"main", "the other", now})));
    const auto buses = run(io, log_.buses()).value();
    ASSERT_EQ(buses.size(), 2U);
    EXPECT_EQ(buses[0].name, "default");
    EXPECT_EQ(buses[1].description, "the other");
    EXPECT_EQ(buses[1].created_at, now);
}

}  // namespace ingestor::contract
