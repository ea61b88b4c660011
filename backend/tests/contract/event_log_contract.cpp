#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/uuid.hpp"
#include "contract/harness.hpp"
#include "contract/run.hpp"
#include "ports/testing/all_due.hpp"

namespace ingestor::contract {

namespace asio = boost::asio;
using namespace std::chrono_literals;
namespace transform = eventbridge::transform;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

constexpr std::uint32_t kAll = 100;

std::vector<eventbridge::Event> events_of(int count) {
    std::vector<eventbridge::Event> events;
    for (int n = 0; n < count; ++n) {
        auto& event = events.emplace_back();
        event.bus = "bus";
        event.fairness_group = "group";
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

std::vector<std::int64_t> ids_of(const std::vector<ports::Delivery>& deliveries) {
    std::vector<std::int64_t> ids;
    ids.reserve(deliveries.size());
    for (const auto& delivery : deliveries) ids.push_back(delivery.id);
    return ids;
}

ports::GivenUp given_up(TimePoint at) {
    return {.stage = ports::DeliveryStage::invocation,
            .attempts = 3,
            .error_code = "SDK_CLIENT_ERROR",
            .error_message = "no such function",
            .exhausted = "MaximumRetryAttempts",
            .at = at};
}

/// Events of a group, about `subject`.
std::vector<eventbridge::Event> events_of_group(int count, const std::string& group,
                                                const std::string& subject = "") {
    auto events = events_of(count);
    for (auto& event : events) {
        event.fairness_group = group;
        event.subject = subject;
    }
    return events;
}

}  // namespace

TEST_P(EventLogContract, AnAppendedEventIsUnderWayToEachTarget) {
    auto& io = surroundings_.io;
    surroundings_.router.routes.push_back({"other", "2", "arn:b"});
    const auto events = events_of(1);
    ASSERT_TRUE(run(io, log_.append(events)));
    const auto now = surroundings_.clock.now();
    const auto due = run(io, ports::testing::all_due(log_, now)).value();
    ASSERT_EQ(due.size(), 2U);
    EXPECT_EQ(run(io, log_.depth()).value(), 2U);
    const auto& second = due[1];
    EXPECT_LT(due[0].id, second.id);
    EXPECT_EQ(second.rule, "other");
    EXPECT_EQ(second.target_id, "2");
    EXPECT_EQ(second.target_arn, "arn:b");
    EXPECT_EQ(second.event->bus, "bus");
    EXPECT_EQ(second.event->fairness_group, "group");
    EXPECT_EQ(second.first_failed_at, std::nullopt);
    EXPECT_EQ(second.stage, ports::DeliveryStage::delivery);
    EXPECT_EQ(second.attempts, 0);
    EXPECT_EQ(second.created_at, now);
    EXPECT_EQ(second.next_at, now);
    EXPECT_EQ(second.event->id, events[0].id);
    EXPECT_EQ(second.event->source, "depot.scale");
    EXPECT_EQ(second.event->detail_type, "Parcel Weighed");
    EXPECT_EQ(second.event->account, "111122223333");
    EXPECT_EQ(second.event->region, "eu-west-1");
    EXPECT_EQ(second.event->time, events[0].time);
    EXPECT_EQ(second.event->resources, events[0].resources);
    EXPECT_EQ(second.event->detail, events[0].detail);
}

TEST_P(EventLogContract, WhatIsAppendedIsAnnouncedWithTheSameIds) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, log_.append(events_of(3))));
    const auto due = run(io, ports::testing::all_due(log_, surroundings_.clock.now())).value();
    EXPECT_EQ(ids_of(surroundings_.announced), ids_of(due));
    ASSERT_EQ(due.size(), 3U);
    EXPECT_EQ(surroundings_.announced[2].event->detail, due[2].event->detail);
    EXPECT_EQ(surroundings_.announced[2].target_arn, due[2].target_arn);
    EXPECT_EQ(surroundings_.announced[2].next_at, due[2].next_at);
}

TEST_P(EventLogContract, AnEventOfAReplayOrOfAnotherBusIsKnownAsOne) {
    auto& io = surroundings_.io;
    auto events = events_of(2);
    events[1].replay_name = "again";
    events[1].forwarded = true;
    ASSERT_TRUE(run(io, log_.append(events)));
    const auto due = run(io, ports::testing::all_due(log_, surroundings_.clock.now())).value();
    ASSERT_EQ(due.size(), 2U);
    EXPECT_EQ(eventbridge::to_json(*due[0].event), eventbridge::to_json(events[0]));
    EXPECT_FALSE(due[0].event->forwarded);
    EXPECT_EQ(eventbridge::to_json(*due[1].event), eventbridge::to_json(events[1]));
    EXPECT_TRUE(due[1].event->forwarded);
    ASSERT_TRUE(run(io, log_.move_to_dead_letters(due[1].id, given_up(surroundings_.clock.now()))));
    const auto dead = run(io, log_.dead_letters(kAll)).value();
    ASSERT_EQ(dead.size(), 1U);
    EXPECT_EQ(dead[0].delivery.event->replay_name, "again");
    EXPECT_EQ(dead[0].exhausted, "MaximumRetryAttempts");
}

TEST_P(EventLogContract, AFiringOfARuleIsKeptWithItsEvent) {
    auto& io = surroundings_.io;
    ports::Rule rule{.bus = "bus", .name = "tick"};
    rule.schedule = "rate(1 minute)";
    rule.scheduled_since = surroundings_.clock.now();
    ports::BusChange change;
    change.put_rules = {rule};
    ASSERT_TRUE(run(io, log_.apply(std::move(change))));
    EXPECT_THAT(run(io, log_.rules()).value(), ElementsAre(rule));
    rule.fired_at = surroundings_.clock.now() + 1min;
    ASSERT_TRUE(run(io, log_.fire({"bus", "tick"}, *rule.fired_at, events_of(1)[0])));
    EXPECT_THAT(run(io, log_.rules()).value(), ElementsAre(rule));
    EXPECT_EQ(run(io, log_.depth()).value(), 1U);
    EXPECT_EQ(surroundings_.announced.size(), 1U);
}

TEST_P(EventLogContract, AnEventThatNoRuleMatchesGoesNowhere) {
    auto& io = surroundings_.io;
    surroundings_.router.routes.clear();
    ASSERT_TRUE(run(io, log_.append(events_of(2))));
    EXPECT_EQ(run(io, log_.depth()).value(), 0U);
    EXPECT_THAT(surroundings_.announced, IsEmpty());
}

TEST_P(EventLogContract, TheDueOfAGroupAreReadPageByPageOldestFirst) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, log_.append(events_of(5))));
    const auto now = surroundings_.clock.now();
    const auto all = ids_of(run(io, ports::testing::all_due(log_, now)).value());
    ASSERT_EQ(all.size(), 5U);
    EXPECT_TRUE(std::ranges::is_sorted(all));
    EXPECT_THAT(run(io, log_.due(now, "group", 0, 2)).value(), ElementsAre(all[0], all[1]));
    EXPECT_THAT(run(io, log_.due(now, "group", all[1], 2)).value(), ElementsAre(all[2], all[3]));
    EXPECT_THAT(run(io, log_.due(now, "group", all[3], 2)).value(), ElementsAre(all[4]));
    EXPECT_THAT(run(io, log_.due(now, "group", all[4], 2)).value(), IsEmpty());
    EXPECT_THAT(run(io, log_.due(now, "none", 0, 2)).value(), IsEmpty());
}

TEST_P(EventLogContract, EachGroupIsThereHoweverLongTheBacklogOfAnother) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, log_.append(events_of_group(300, "ann"))));
    ASSERT_TRUE(run(io, log_.append(events_of_group(1, "bob"))));
    ASSERT_TRUE(run(io, log_.append(events_of_group(1, ""))));
    const auto now = surroundings_.clock.now();
    const auto groups = run(io, log_.due_groups(now, std::nullopt, 10, 4)).value();
    ASSERT_EQ(groups.size(), 3U);
    EXPECT_EQ(groups[0].fairness_group, "");
    EXPECT_EQ(groups[1].fairness_group, "ann");
    EXPECT_EQ(groups[1].ids.size(), 4U);
    EXPECT_EQ(groups[2].fairness_group, "bob");
    EXPECT_EQ(groups[2].ids.size(), 1U);

    const auto first = run(io, log_.due_groups(now, std::nullopt, 1, 4)).value();
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(first[0].fairness_group, "");
    const auto others = run(io, log_.due_groups(now, "", 10, 4)).value();
    ASSERT_EQ(others.size(), 2U);
    EXPECT_EQ(others[0].fairness_group, "ann");
    EXPECT_EQ(run(io, log_.due_groups(now, "ann", 10, 4))->size(), 1U);
    EXPECT_THAT(run(io, log_.due_groups(now, "bob", 10, 4)).value(), IsEmpty());

    // A group that has nothing due is there all the same.
    const auto bob = others[1].ids.at(0);
    ASSERT_TRUE(run(io, log_.reschedule(bob, {ports::DeliveryStage::delivery, 1, now + 1h, now})));
    const auto waiting = run(io, log_.due_groups(now, "ann", 10, 4)).value();
    ASSERT_EQ(waiting.size(), 1U);
    EXPECT_THAT(waiting[0].ids, IsEmpty());
}

TEST_P(EventLogContract, DeliveriesAreReadInTheOrderAskedFor) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, log_.append(events_of(3))));
    auto ids = ids_of(run(io, ports::testing::all_due(log_, surroundings_.clock.now())).value());
    ASSERT_TRUE(run(io, log_.acknowledge(ids[1])));
    std::ranges::reverse(ids);
    EXPECT_THAT(ids_of(run(io, log_.read(ids)).value().deliveries), ElementsAre(ids[0], ids[2]));
}

TEST_P(EventLogContract, AnAcknowledgedDeliveryIsForgotten) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, log_.append(events_of(2))));
    const auto now = surroundings_.clock.now();
    const auto ids = ids_of(run(io, ports::testing::all_due(log_, now)).value());
    ASSERT_TRUE(run(io, log_.acknowledge(ids[0])));
    EXPECT_THAT(ids_of(run(io, ports::testing::all_due(log_, now)).value()), ElementsAre(ids[1]));
    // Once more, or one that never was: done already.
    EXPECT_TRUE(run(io, log_.acknowledge(ids[0])));
    EXPECT_TRUE(run(io, log_.acknowledge(1'000'000)));
    EXPECT_EQ(run(io, log_.depth()).value(), 1U);
}

TEST_P(EventLogContract, ARescheduledDeliveryWaitsForItsTime) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, log_.append(events_of(2))));
    const auto now = surroundings_.clock.now();
    const auto ids = ids_of(run(io, ports::testing::all_due(log_, now)).value());
    EXPECT_EQ(run(io, log_.next_due(now)).value(), std::nullopt);
    ASSERT_TRUE(run(
        io, log_.reschedule(ids[0], {ports::DeliveryStage::invocation, 2, now + 90s, now + 1s})));
    EXPECT_THAT(ids_of(run(io, ports::testing::all_due(log_, now + 90s - 1ms)).value()),
                ElementsAre(ids[1]));
    EXPECT_EQ(run(io, log_.next_due(now)).value(), now + 90s);
    EXPECT_EQ(run(io, log_.next_due(now + 90s)).value(), std::nullopt);
    EXPECT_EQ(run(io, log_.depth()).value(), 2U);

    const auto due = run(io, ports::testing::all_due(log_, now + 90s)).value();
    ASSERT_THAT(ids_of(due), ElementsAre(ids[0], ids[1]));
    EXPECT_EQ(due[0].stage, ports::DeliveryStage::invocation);
    EXPECT_EQ(due[0].attempts, 2);
    EXPECT_EQ(due[0].next_at, now + 90s);
    EXPECT_EQ(due[0].first_failed_at, now + 1s);
    ASSERT_TRUE(run(io, log_.reschedule(ids[0], {ports::DeliveryStage::invocation, 3, now + 200s,
                                                 now + 100s})));
    const auto again = run(io, ports::testing::all_due(log_, now + 200s)).value();
    EXPECT_EQ(again[0].attempts, 3);
    EXPECT_EQ(again[0].first_failed_at, now + 1s);
    EXPECT_EQ(due[0].created_at, now);
}

TEST_P(EventLogContract, NextDueIsTheEarliest) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, log_.append(events_of(3))));
    const auto now = surroundings_.clock.now();
    const auto ids = ids_of(run(io, ports::testing::all_due(log_, now)).value());
    ASSERT_TRUE(
        run(io, log_.reschedule(ids[0], {ports::DeliveryStage::delivery, 1, now + 90s, now})));
    ASSERT_TRUE(
        run(io, log_.reschedule(ids[1], {ports::DeliveryStage::delivery, 1, now + 30s, now})));
    EXPECT_EQ(run(io, log_.next_due(now)).value(), now + 30s);
    EXPECT_EQ(run(io, log_.next_due(now + 30s)).value(), now + 90s);
}

TEST_P(EventLogContract, ADeliveryThatIsGivenUpIsADeadLetter) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, log_.append(events_of(1))));
    const auto now = surroundings_.clock.now();
    const auto delivery = run(io, ports::testing::all_due(log_, now)).value().at(0);
    ASSERT_TRUE(run(io, log_.move_to_dead_letters(delivery.id, given_up(now + 5s))));
    EXPECT_EQ(run(io, log_.depth()).value(), 0U);
    const auto letters = run(io, log_.dead_letters(kAll)).value();
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters[0].delivery.id, delivery.id);
    EXPECT_EQ(letters[0].delivery.event->detail, delivery.event->detail);
    EXPECT_EQ(letters[0].delivery.event->bus, "bus");
    EXPECT_EQ(letters[0].delivery.target_arn, delivery.target_arn);
    EXPECT_EQ(letters[0].delivery.stage, ports::DeliveryStage::invocation);
    EXPECT_EQ(letters[0].delivery.attempts, 3);
    EXPECT_EQ(letters[0].error_code, "SDK_CLIENT_ERROR");
    EXPECT_EQ(letters[0].error_message, "no such function");
    EXPECT_EQ(letters[0].exhausted, "MaximumRetryAttempts");
    EXPECT_EQ(letters[0].times, 1U);
    EXPECT_EQ(letters[0].first_dead_at, now + 5s);
    EXPECT_EQ(letters[0].dead_at, now + 5s);
    // Giving up twice leaves one letter.
    ASSERT_TRUE(run(io, log_.move_to_dead_letters(delivery.id, given_up(now + 9s))));
    EXPECT_EQ(run(io, log_.dead_letters(kAll))->size(), 1U);
    EXPECT_EQ(run(io, log_.dead_letters(kAll))->at(0).times, 1U);
}

TEST_P(EventLogContract, DeadLettersAreNewestFirst) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, log_.append(events_of(3))));
    const auto now = surroundings_.clock.now();
    const auto due = run(io, ports::testing::all_due(log_, now)).value();
    ASSERT_TRUE(run(io, log_.move_to_dead_letters(due[1].id, given_up(now + 1s))));
    ASSERT_TRUE(run(io, log_.move_to_dead_letters(due[2].id, given_up(now + 2s))));
    ASSERT_TRUE(run(io, log_.move_to_dead_letters(due[0].id, given_up(now + 3s))));
    const auto letters = run(io, log_.dead_letters(2)).value();
    ASSERT_EQ(letters.size(), 2U);
    EXPECT_EQ(letters[0].delivery.id, due[0].id);
    EXPECT_EQ(letters[1].delivery.id, due[2].id);
}

TEST_P(EventLogContract, NoMoreDeadLettersAreKeptThanTheLimit) {
    auto& io = surroundings_.io;
    const auto now = surroundings_.clock.now();
    ASSERT_TRUE(run(io, log_.append(events_of(ports::kDeadLettersMax + 2))));
    const auto due = run(io, ports::testing::all_due(log_, now)).value();
    ASSERT_EQ(due.size(), ports::kDeadLettersMax + 2);
    std::size_t moved = 0;
    for (const auto& delivery : due) {
        asio::co_spawn(io,
                       log_.move_to_dead_letters(delivery.id, given_up(now + delivery.id * 1ms)),
                       [&moved](std::exception_ptr, const Result<std::monostate>& done) {
                           if (done) ++moved;
                       });
    }
    io.restart();
    io.run();
    ASSERT_EQ(moved, due.size());
    const auto letters = run(io, log_.dead_letters(2 * ports::kDeadLettersMax)).value();
    ASSERT_EQ(letters.size(), ports::kDeadLettersMax);
    EXPECT_EQ(letters.front().id, due.back().id);
    EXPECT_EQ(letters.back().id, due[2].id);
}

TEST_P(EventLogContract, RedrivenDeadLettersAreFreshDeliveries) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, log_.append(events_of(2))));
    const auto now = surroundings_.clock.now();
    const auto dead = run(io, ports::testing::all_due(log_, now)).value();
    for (const auto& delivery : dead) {
        ASSERT_TRUE(
            run(io, log_.reschedule(delivery.id, {ports::DeliveryStage::delivery, 1, now, now})));
        ASSERT_TRUE(run(io, log_.move_to_dead_letters(delivery.id, given_up(now))));
    }
    surroundings_.announced.clear();
    const std::vector<std::int64_t> ids{dead[1].id, 1'000'000, dead[0].id};
    EXPECT_THAT(run(io, log_.redrive(ids, now + 1h)).value(), ElementsAre(dead[1].id, dead[0].id));
    EXPECT_THAT(run(io, log_.dead_letters(kAll)).value(), IsEmpty());
    const auto due = run(io, ports::testing::all_due(log_, now + 1h)).value();
    ASSERT_EQ(due.size(), 2U);
    EXPECT_EQ(due[0].attempts, 0);
    EXPECT_EQ(due[0].stage, ports::DeliveryStage::delivery);
    EXPECT_EQ(due[0].created_at, now + 1h);
    EXPECT_EQ(due[0].first_failed_at, std::nullopt);
    EXPECT_EQ(due[0].event->id, dead[0].event->id);
    EXPECT_THAT(ids_of(surroundings_.announced), ElementsAre(dead[1].id, dead[0].id));
    EXPECT_THAT(run(io, log_.redrive(ids, now)).value(), IsEmpty());
}

TEST_P(EventLogContract, RulesArePutReplacedAndDeleted) {
    auto& io = surroundings_.io;
    ports::Rule rule;
    rule.bus = "bus";
    rule.name = "rule";
    rule.description = "first";
    rule.event_pattern = R"({"source":["a"]})";
    rule.managed = true;
    rule.targets = {{.id = "2",
                     .arn = "arn:2",
                     .maximum_retry_attempts = 2,
                     .maximum_event_age = 1h,
                     .dead_letter_arn = "arn:dlq",
                     .managed = true},
                    {.id = "1", .arn = "arn:1"}};
    ports::Rule other = rule;
    other.targets = {{.id = "a",
                      .arn = "arn:a",
                      .role_arn = "arn:role",
                      .input = transform::ConstantInput{R"({"a":"\u0000"})"}},
                     {.id = "b",
                      .arn = "arn:b",
                      .input = transform::InputPath{"$.detail"},
                      .http = {.path = {"a/b", "$.detail.x"},
                               .headers = {{"X-A", "\"1\""}},
                               .query = {{"q", ""}}}},
                     {.id = "c",
                      .arn = "arn:c",
                      .input = transform::InputTransformer{.paths = {{"x", "$.a"}, {"y", "$"}},
                                                           .input_template = "\"<x>\"\n\"<y>\""}}};
    other.bus = "another";
    other.managed = false;
    ports::BusChange first;
    first.put_rules = {rule, other};
    ASSERT_TRUE(run(io, log_.apply(first)));
    EXPECT_EQ(run(io, log_.rules()).value(), (std::vector<ports::Rule>{other, rule}));

    rule.description = "second";
    rule.enabled = false;
    rule.targets.pop_back();
    ports::BusChange second;
    second.put_rules = {rule};
    second.delete_rules = {{"another", "rule"}, {"bus", "never-was"}};
    ASSERT_TRUE(run(io, log_.apply(second)));
    EXPECT_EQ(run(io, log_.rules()).value(), std::vector<ports::Rule>{rule});
}

TEST_P(EventLogContract, BusesArePutListedByNameAndDeleted) {
    auto& io = surroundings_.io;
    const auto now = surroundings_.clock.now();
    ports::BusChange first;
    first.put_buses = {{"main", "the one", now, true}, {"default", "", now, false}};
    ASSERT_TRUE(run(io, log_.apply(first)));
    ports::BusChange second;
    const ports::EventBusRecord other{"main", "the other", now, true, {{"team", "depot"}}, "{}"};
    second.put_buses = {other};
    ASSERT_TRUE(run(io, log_.apply(second)));
    const auto buses = run(io, log_.buses()).value();
    ASSERT_EQ(buses.size(), 2U);
    EXPECT_EQ(buses[0].name, "default");
    EXPECT_FALSE(buses[0].managed);
    EXPECT_EQ(buses[1], other);
    ports::BusChange third;
    third.delete_buses = {"default", "never-was"};
    ASSERT_TRUE(run(io, log_.apply(third)));
    EXPECT_EQ(run(io, log_.buses())->size(), 1U);
}

TEST_P(EventLogContract, WhatIsUnderWayAndDeadGoesToTheTargetOfToday) {
    auto& io = surroundings_.io;
    const auto now = surroundings_.clock.now();
    surroundings_.router.routes = {{"rule", "1", "arn:old"}, {"rule", "2", "arn:other"}};
    ASSERT_TRUE(run(io, log_.append(events_of(2))));
    surroundings_.router.routes = {{"rule", "1", "arn:older"}};
    ASSERT_TRUE(run(io, log_.append(events_of(1))));
    const auto before = run(io, ports::testing::all_due(log_, now)).value();
    ASSERT_TRUE(run(io, log_.move_to_dead_letters(before[0].id, given_up(now))));

    ports::BusChange change;
    change.retargets = {{.from_rule = {"bus", "rule"},
                         .from_target_id = "1",
                         .to_rule = {"bus-2", "rule-2"},
                         .to = {.id = "one", .arn = "arn:new"}}};
    ASSERT_TRUE(run(io, log_.apply(change)));
    const auto letters = run(io, log_.dead_letters(kAll)).value();
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters[0].delivery.target_arn, "arn:new");
    const auto after = run(io, ports::testing::all_due(log_, now)).value();
    ASSERT_EQ(after.size(), 4U);
    for (const auto& delivery : after) {
        if (delivery.target_id == "2") {
            EXPECT_EQ(delivery.target_arn, "arn:other");
            EXPECT_EQ(delivery.rule, "rule");
            EXPECT_EQ(delivery.event->bus, "bus");
        } else {
            EXPECT_EQ(delivery.target_id, "one");
            EXPECT_EQ(delivery.target_arn, "arn:new");
            EXPECT_EQ(delivery.rule, "rule-2");
            EXPECT_EQ(delivery.event->bus, "bus-2");
        }
    }
    EXPECT_EQ(std::ranges::count(after, "arn:new", &ports::Delivery::target_arn), 2);
    // Once more, as the next start would, and a route that was forgotten may come again.
    ASSERT_TRUE(run(io, log_.apply(change)));
    ASSERT_TRUE(run(io, log_.append(events_of(1))));
    EXPECT_EQ(run(io, ports::testing::all_due(log_, now))->back().target_arn, "arn:older");
}

}  // namespace ingestor::contract
