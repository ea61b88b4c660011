#include <gmock/gmock.h>

#include "contract/harness.hpp"
#include "contract/run.hpp"
#include "ports/testing/all_due.hpp"

namespace ingestor::contract {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

std::vector<eventbridge::Event> events_of(int count) {
    std::vector<eventbridge::Event> events(static_cast<std::size_t>(count));
    for (int n = 0; n < count; ++n) {
        auto& event = events[static_cast<std::size_t>(n)];
        event.bus = "bus";
        event.fairness_group = "group";
        event.id = std::string("e") + std::to_string(n);
        event.source = "depot.scale";
        event.detail = R"({"grams":1250})";
    }
    return events;
}

std::vector<std::string> ids_of(const std::vector<ports::RetryingDelivery>& retrying) {
    std::vector<std::string> ids;
    for (const auto& each : retrying) ids.push_back(each.delivery.event->id + each.delivery.rule);
    return ids;
}

}  // namespace

TEST_P(DeliveryRecordsContract, WhatIsTriedAgainIsListedByItsTimeWithTheReason) {
    auto& io = surroundings_.io;
    const auto now = surroundings_.clock.now();
    surroundings_.router.routes = {{"a", "1", "arn:a"}, {"b", "2", "arn:b"}};
    ASSERT_TRUE(run(io, log_.append(events_of(2))));
    const auto due = run(io, ports::testing::all_due(log_, now)).value();
    ASSERT_EQ(due.size(), 4U);
    const auto fail = [&](std::size_t n, std::chrono::seconds wait, const std::string& why) {
        ASSERT_TRUE(run(io, log_.reschedule(due[n].id, {ports::DeliveryStage::delivery, 1,
                                                        now + wait, now, "THROTTLING", why})));
    };
    fail(0, 30s, "first");
    fail(1, 10s, "second");
    fail(2, 20s, "third");
    fail(2, 20s, "third again");

    const auto counts = run(io, records_.counts()).value();
    EXPECT_EQ(counts.under_way, 4U);
    EXPECT_EQ(counts.retrying, 3U);
    const auto all = run(io, records_.retrying({}, 10)).value();
    EXPECT_THAT(ids_of(all), ElementsAre("e0b", "e1a", "e0a"));
    EXPECT_EQ(all[1].error_code, "THROTTLING");
    EXPECT_EQ(all[1].error_message, "third again");
    EXPECT_EQ(all[1].delivery.next_at, now + 20s);
    EXPECT_EQ(all[1].delivery.attempts, 1);
    EXPECT_THAT(ids_of(run(io, records_.retrying({}, 2)).value()), ElementsAre("e0b", "e1a"));
    EXPECT_THAT(ids_of(run(io, records_.retrying({.bus = "bus", .rule = "a"}, 10)).value()),
                ElementsAre("e1a", "e0a"));
    EXPECT_THAT(ids_of(run(io, records_.retrying({.target_id = "2"}, 10)).value()),
                ElementsAre("e0b"));
    EXPECT_THAT(ids_of(run(io, records_.retrying({.bus = "other"}, 10)).value()), IsEmpty());

    ASSERT_TRUE(run(io, log_.acknowledge(due[1].id)));
    EXPECT_EQ(run(io, records_.counts())->retrying, 2U);
    EXPECT_THAT(ids_of(run(io, records_.retrying({}, 10)).value()), ElementsAre("e1a", "e0a"));
}

TEST_P(DeliveryRecordsContract, ADeadLetterIsReadAndDeletedByItsId) {
    auto& io = surroundings_.io;
    ASSERT_TRUE(run(io, log_.append(events_of(2))));
    const auto due = run(io, ports::testing::all_due(log_, surroundings_.clock.now())).value();
    for (const auto& delivery : due) {
        ports::GivenUp reason;
        reason.error_code = "NO_RESOURCE";
        ASSERT_TRUE(run(io, log_.move_to_dead_letters(delivery.id, std::move(reason))));
    }
    const auto letter = run(io, records_.dead_letter(due[1].id)).value();
    EXPECT_EQ(letter.error_code, "NO_RESOURCE");
    EXPECT_EQ(letter.delivery.event->detail, R"({"grams":1250})");

    EXPECT_THAT(run(io, records_.delete_dead_letters({due[1].id, 999})).value(),
                ElementsAre(due[1].id));
    EXPECT_EQ(run(io, records_.dead_letter(due[1].id)).error().code, Errc::not_found);
    EXPECT_THAT(run(io, records_.delete_dead_letters({due[1].id})).value(), IsEmpty());
    EXPECT_THAT(run(io, log_.redrive({due[1].id}, surroundings_.clock.now())).value(), IsEmpty());
    EXPECT_EQ(run(io, log_.dead_letters(10))->size(), 1U);
}

}  // namespace ingestor::contract
