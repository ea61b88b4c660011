#include "bus/delivery/delivery_log.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ingestor::bus::delivery {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimePoint kNoon{12h};

Settlement settlement_of(const std::string& event_id, const std::string& rule = "r",
                         const std::string& target = "t") {
    eventbridge::Event event;
    event.bus = "bus";
    event.id = event_id;
    Settlement settlement;
    settlement.delivery.event = std::make_shared<const eventbridge::Event>(std::move(event));
    settlement.delivery.rule = rule;
    settlement.delivery.target_id = target;
    settlement.delivery.target_arn = "arn:" + target;
    settlement.outcome = Acknowledge{};
    settlement.latency = 1'250us;
    return settlement;
}

class DeliveryLogTest : public testing::Test {
protected:
    [[nodiscard]] std::vector<std::string> ids(const ports::RouteFilter& filter,
                                               std::optional<TryOutcome> outcome = std::nullopt,
                                               std::size_t limit = 1'000) const {
        std::vector<std::string> found;
        for (const auto& each : log.tries(filter, outcome, limit)) {
            found.push_back(each.attempt.event_id);
        }
        return found;
    }

    DeliveryLog log;
};

TEST_F(DeliveryLogTest, KeepsWhatBecameOfATry) {
    auto retried = settlement_of("e1");
    retried.outcome = RetryAt{kNoon + 30s};
    retried.failures = 2;
    retried.error_code = "INTERNAL_ERROR";
    retried.message = "no answer";
    retried.status = 503;
    log.ended(retried, kNoon);
    const auto tries = log.tries({}, std::nullopt, 10);
    ASSERT_EQ(tries.size(), 1U);
    const auto& [route, attempt] = tries[0];
    EXPECT_EQ(route.bus, "bus");
    EXPECT_EQ(route.rule, "r");
    EXPECT_EQ(route.target_id, "t");
    EXPECT_EQ(route.target_arn, "arn:t");
    EXPECT_EQ(attempt.at, kNoon);
    EXPECT_EQ(attempt.event_id, "e1");
    EXPECT_EQ(attempt.attempt, 2);
    EXPECT_EQ(attempt.outcome, TryOutcome::retried);
    EXPECT_EQ(attempt.error_code, "INTERNAL_ERROR");
    EXPECT_EQ(attempt.error_message, "no answer");
    EXPECT_EQ(attempt.status, 503);
    EXPECT_EQ(attempt.next_at, kNoon + 30s);
    EXPECT_EQ(attempt.latency, 1'250us);
}

TEST_F(DeliveryLogTest, CountsByOutcome) {
    for (int n = 0; n < 3; ++n) log.ended(settlement_of("e"), kNoon);
    auto failed = settlement_of("e");
    failed.outcome = RetryAt{kNoon};
    log.ended(failed, kNoon);
    failed.outcome = SendToDlq{"NO_RESOURCE", ""};
    log.ended(failed, kNoon);
    EXPECT_EQ(log.counts("bus", "r", "t"),
              (TryCounts{.delivered = 3, .failed = 2, .retried = 1, .dead_lettered = 1}));
    EXPECT_EQ(log.counts("bus", "r", "other"), TryCounts{});
}

TEST_F(DeliveryLogTest, AnAcknowledgedTryIsTheOneBehindThoseThatFailed) {
    auto third = settlement_of("e");
    third.failures = 2;
    log.ended(third, kNoon);
    EXPECT_EQ(log.tries({}, std::nullopt, 1).at(0).attempt.attempt, 3);
}

TEST_F(DeliveryLogTest, ListsTheNewestFirstAndWhatIsAskedFor) {
    log.ended(settlement_of("e1", "a"), kNoon);
    log.ended(settlement_of("e2", "b"), kNoon + 1s);
    auto failed = settlement_of("e3", "a", "u");
    failed.outcome = SendToDlq{"NO_RESOURCE", ""};
    log.ended(failed, kNoon + 2s);
    EXPECT_THAT(ids({}), ElementsAre("e3", "e2", "e1"));
    EXPECT_THAT(ids({}, std::nullopt, 2), ElementsAre("e3", "e2"));
    EXPECT_THAT(ids({.rule = "a"}), ElementsAre("e3", "e1"));
    EXPECT_THAT(ids({.rule = "a", .target_id = "t"}), ElementsAre("e1"));
    EXPECT_THAT(ids({.bus = "other"}), IsEmpty());
    EXPECT_THAT(ids({}, TryOutcome::dead_lettered), ElementsAre("e3"));
    EXPECT_THAT(ids({}, TryOutcome::delivered), ElementsAre("e2", "e1"));
}

TEST_F(DeliveryLogTest, TheOldestTryOfATargetGoes) {
    for (std::size_t n = 0; n < DeliveryLog::kTriesOfTargetMax; ++n) {
        log.ended(settlement_of(fmt::format("e{}", n)), kNoon + std::chrono::seconds(n));
    }
    EXPECT_EQ(ids({}).back(), "e0");
    log.ended(settlement_of("last"), kNoon + 1h);
    EXPECT_EQ(ids({}).size(), DeliveryLog::kTriesOfTargetMax);
    EXPECT_EQ(ids({}).front(), "last");
    EXPECT_EQ(ids({}).back(), "e1");
    EXPECT_EQ(log.counts("bus", "r", "t").delivered, DeliveryLog::kTriesOfTargetMax + 1);
}

TEST_F(DeliveryLogTest, TheTargetThatWasTriedLeastRecentlyGoes) {
    for (std::size_t n = 0; n < DeliveryLog::kTargetsMax; ++n) {
        log.ended(settlement_of("e", "r", fmt::format("t{}", n)), kNoon);
    }
    log.ended(settlement_of("again", "r", "t0"), kNoon);
    EXPECT_EQ(log.counts("bus", "r", "t1").delivered, 1U);
    log.ended(settlement_of("e", "r", "one more"), kNoon);
    EXPECT_EQ(log.counts("bus", "r", "t0").delivered, 2U);
    EXPECT_EQ(log.counts("bus", "r", "t1").delivered, 0U);
    EXPECT_EQ(log.counts("bus", "r", "one more").delivered, 1U);
}

TEST_F(DeliveryLogTest, ALongMessageIsCutBetweenCharacters) {
    auto failed = settlement_of("e");
    failed.outcome = SendToDlq{"NO_RESOURCE", ""};
    failed.message = std::string(DeliveryLog::kMessageBytesMax, 'a');
    log.ended(failed, kNoon);
    EXPECT_EQ(log.tries({}, std::nullopt, 1).at(0).attempt.error_message, failed.message);
    failed.message = std::string(DeliveryLog::kMessageBytesMax - 1, 'a') + "ä";
    log.ended(failed, kNoon + 1s);
    EXPECT_EQ(log.tries({}, std::nullopt, 1).at(0).attempt.error_message,
              std::string(DeliveryLog::kMessageBytesMax - 1, 'a'));
}

TEST_F(DeliveryLogTest, ListsWhatRunsWhileItRuns) {
    const auto first = settlement_of("e1", "a").delivery;
    const auto second = settlement_of("e2", "b").delivery;
    const DeliveryLog::Running running(log, first, kNoon);
    {
        const DeliveryLog::Running other(log, second, kNoon + 1s);
        const auto both = log.running({}, 10);
        ASSERT_EQ(both.size(), 2U);
        EXPECT_EQ(both[0].delivery.event->id, "e1");
        EXPECT_EQ(both[0].since, kNoon);
        EXPECT_EQ(log.running({.rule = "b"}, 10).size(), 1U);
        EXPECT_EQ(log.running({}, 1).size(), 1U);
    }
    EXPECT_EQ(log.running({}, 10).size(), 1U);
}

}  // namespace
}  // namespace ingestor::bus::delivery
