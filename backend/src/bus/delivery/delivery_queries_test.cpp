#include "bus/delivery/delivery_queries.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "bus/rules/rule_table.hpp"
#include "memory/in_memory_event_log.hpp"
#include "memory/manual_clock.hpp"
#include "ports/testing/all_due.hpp"

namespace ingestor::bus::delivery {
namespace {

using namespace std::chrono_literals;

const ports::Principal kOperator{.user_id = domain::UserId("local"), .is_operator = true};
const ports::Principal kUser{.user_id = domain::UserId("ann")};

class DeliveryQueriesTest : public testing::Test {
protected:
    DeliveryQueriesTest() {
        for (const char* name : {"a", "b"}) {
            ports::Rule rule{.bus = "bus", .name = name, .event_pattern = R"({"source":["s"]})"};
            rule.targets = {{.id = "t", .arn = "arn:t"}};
            EXPECT_TRUE(table.put(std::move(rule)));
        }
    }
    template <class Value>
    Value run(boost::asio::awaitable<Value> task) {
        return async::testing::run_to_end(io, std::move(task));
    }
    /// One event, so that there are two deliveries: to `a` and to `b`.
    std::vector<ports::Delivery> publish() {
        std::vector<eventbridge::Event> events(1);
        events[0].bus = "bus";
        events[0].source = "s";
        events[0].id = "e";
        EXPECT_TRUE(run(event_log.append(std::move(events))));
        return run(ports::testing::all_due(event_log, clock.now())).value();
    }
    void fail(std::int64_t id, std::chrono::seconds wait) {
        EXPECT_TRUE(
            run(event_log.reschedule(id, {ports::DeliveryStage::delivery, 1, clock.now() + wait,
                                          clock.now(), "THROTTLING", "too many"})));
    }
    UnderWay under_way(const ports::RouteFilter& filter = {}, std::uint32_t limit = 10) {
        return run(queries.under_way(kOperator, filter, limit)).value();
    }

    boost::asio::io_context io;
    memory::ManualClock clock;
    rules::RuleTable table;
    memory::InMemoryEventLog event_log{table, clock, {}};
    DeliveryLog log;
    DeliveryQueries queries{log, event_log};
};

TEST_F(DeliveryQueriesTest, AreForOperatorsAlone) {
    EXPECT_EQ(run(queries.under_way(kUser, {}, 10)).error().code, Errc::permission_denied);
    EXPECT_EQ(queries.tries(kUser, {}, std::nullopt, 10).error().code, Errc::permission_denied);
    EXPECT_TRUE(run(queries.under_way(kOperator, {}, 10)));
    EXPECT_TRUE(queries.tries(kOperator, {}, std::nullopt, 10));
}

TEST_F(DeliveryQueriesTest, TellWhatRunsWhatWaitsAndWhatIsTriedAgain) {
    const auto deliveries = publish();
    ASSERT_EQ(deliveries.size(), 2U);
    EXPECT_EQ(under_way().queued_count, 2U);

    const DeliveryLog::Running running(log, deliveries[0], clock.now());
    fail(deliveries[1].id, 30s);
    auto all = under_way();
    ASSERT_EQ(all.running.size(), 1U);
    EXPECT_EQ(all.running[0].delivery.rule, "a");
    EXPECT_EQ(all.running_count, 1U);
    ASSERT_EQ(all.retrying.size(), 1U);
    EXPECT_EQ(all.retrying[0].delivery.rule, "b");
    EXPECT_EQ(all.retrying[0].delivery.next_at, clock.now() + 30s);
    EXPECT_EQ(all.retrying[0].error_code, "THROTTLING");
    EXPECT_EQ(all.retrying[0].error_message, "too many");
    EXPECT_EQ(all.retrying_count, 1U);
    EXPECT_EQ(all.queued_count, 0U);

    all = under_way({.rule = "b"});
    EXPECT_TRUE(all.running.empty());
    EXPECT_EQ(all.running_count, 1U);
    EXPECT_EQ(all.retrying.size(), 1U);
}

TEST_F(DeliveryQueriesTest, WhatIsTriedAgainJustNowDoesNotWait) {
    const auto deliveries = publish();
    for (const auto& delivery : deliveries) fail(delivery.id, 30s);
    auto again = deliveries[0];
    again.first_failed_at = clock.now();
    const DeliveryLog::Running running(log, again, clock.now());
    const auto all = under_way();
    EXPECT_EQ(all.running.size(), 1U);
    ASSERT_EQ(all.retrying.size(), 1U);
    EXPECT_EQ(all.retrying[0].delivery.id, deliveries[1].id);
    EXPECT_EQ(all.retrying_count, 1U);
    EXPECT_EQ(all.queued_count, 0U);
}

TEST_F(DeliveryQueriesTest, AListEndsAtItsLimit) {
    for (int n = 0; n < 3; ++n) publish();
    const auto due = run(ports::testing::all_due(event_log, clock.now())).value();
    for (const auto& delivery : due) {
        fail(delivery.id, 30s);
    }
    const auto all = under_way({}, 4);
    EXPECT_EQ(all.retrying.size(), 4U);
    EXPECT_EQ(all.retrying_count, 6U);
}

}  // namespace
}  // namespace ingestor::bus::delivery
