#include "bus/bus_operations.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "memory/in_memory_event_log.hpp"
#include "memory/manual_clock.hpp"
#include "ports/testing/all_due.hpp"

namespace ingestor::bus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const ports::Principal kOperator{.user_id = domain::UserId("local"), .is_operator = true};
const ports::Principal kUser{.user_id = domain::UserId("ann")};

class BusOperationsTest : public testing::Test {
protected:
    BusOperationsTest() {
        ports::Rule rule;
        rule.bus = "bus";
        rule.name = "rule";
        rule.event_pattern = R"({"source":["s"]})";
        rule.targets = {{.id = "t", .arn = "arn:t"}};
        EXPECT_TRUE(table.put(std::move(rule)));
    }
    template <class Value>
    Value run(boost::asio::awaitable<Value> task) {
        return async::testing::run_to_end(io, std::move(task));
    }
    /// The ids of so many dead letters, the oldest first.
    std::vector<std::int64_t> make_dead_letters(std::size_t count) {
        std::vector<eventbridge::Event> events(count);
        for (auto& event : events) {
            event.bus = "bus";
            event.source = "s";
        }
        EXPECT_TRUE(run(log.append(std::move(events))));
        std::vector<std::int64_t> ids;
        const auto due = run(ports::testing::all_due(log, clock.now())).value();
        for (const auto& delivery : due) {
            ports::GivenUp reason;
            reason.at = clock.now();
            EXPECT_TRUE(run(log.move_to_dead_letters(delivery.id, std::move(reason))));
            ids.push_back(delivery.id);
        }
        return ids;
    }

    boost::asio::io_context io;
    memory::ManualClock clock;
    rules::RuleTable table;
    memory::InMemoryEventLog log{table, clock, {}};
    EventBus bus{io.get_executor(), log, table};
    delivery::DeliveryLog deliveries;
    BusOperations operations{{bus, log, log, deliveries, clock}};
};

TEST_F(BusOperationsTest, AreForOperatorsAlone) {
    const auto ids = make_dead_letters(1);
    EXPECT_EQ(operations.rules(kUser).error().code, Errc::permission_denied);
    EXPECT_EQ(run(operations.dead_letters(kUser, 10)).error().code, Errc::permission_denied);
    EXPECT_EQ(run(operations.redrive(kUser, ids)).error().code, Errc::permission_denied);
    EXPECT_EQ(run(operations.redrive_all(kUser)).error().code, Errc::permission_denied);
    EXPECT_EQ(run(operations.dead_letter(kUser, ids[0])).error().code, Errc::permission_denied);
    EXPECT_EQ(run(operations.remove(kUser, ids)).error().code, Errc::permission_denied);
    EXPECT_EQ(run(operations.remove_all(kUser)).error().code, Errc::permission_denied);
    EXPECT_EQ(run(log.dead_letters(10))->size(), 1U);

    EXPECT_EQ(operations.rules(kOperator)->size(), 1U);
    EXPECT_EQ(run(operations.dead_letters(kOperator, 10))->size(), 1U);
    EXPECT_EQ(run(operations.dead_letter(kOperator, ids[0]))->id, ids[0]);
}

TEST_F(BusOperationsTest, ARuleIsToldWithWhatItHasDone) {
    make_dead_letters(3);
    delivery::Settlement settlement;
    eventbridge::Event event;
    event.bus = "bus";
    settlement.delivery.event = std::make_shared<const eventbridge::Event>(std::move(event));
    settlement.delivery.rule = "rule";
    settlement.delivery.target_id = "t";
    settlement.outcome = delivery::Acknowledge{};
    deliveries.ended(settlement, clock.now());
    auto rule = operations.rules(kOperator)->at(0);
    EXPECT_EQ(rule.matched, 3U);
    ASSERT_EQ(rule.targets.size(), 1U);
    EXPECT_EQ(rule.targets[0].delivered, 1U);

    ASSERT_TRUE(table.put(rule.rule));
    EXPECT_EQ(operations.rules(kOperator)->at(0).matched, 3U) << "it is put anew and goes on";
}

TEST_F(BusOperationsTest, DeadLettersAreDeletedByIdOrAll) {
    const auto ids = make_dead_letters(3);
    const auto deleted = run(operations.remove(kOperator, {ids[2], 999, ids[2]})).value();
    EXPECT_THAT(deleted.ids, ElementsAre(ids[2]));
    EXPECT_THAT(deleted.unknown, ElementsAre(999));
    EXPECT_EQ(run(operations.remove(kOperator, {})).error().field, "ids");
    EXPECT_THAT(run(operations.remove_all(kOperator))->ids, ElementsAre(ids[1], ids[0]));
    EXPECT_THAT(run(log.dead_letters(10)).value(), IsEmpty());
    EXPECT_EQ(run(log.depth()).value(), 0U) << "they are not delivered again";
}

TEST_F(BusOperationsTest, RedriveSaysWhichWereThere) {
    const auto ids = make_dead_letters(3);
    const std::vector<std::int64_t> wanted{ids[2], 999, ids[0], ids[0], 999};
    const auto redriven = run(operations.redrive(kOperator, wanted)).value();
    EXPECT_THAT(redriven.ids, ElementsAre(ids[2], ids[0]));
    EXPECT_THAT(redriven.unknown, ElementsAre(999));
    EXPECT_EQ(run(log.dead_letters(10))->size(), 1U);
    EXPECT_EQ(run(log.depth()).value(), 2U);
}

TEST_F(BusOperationsTest, ARequestNamesSomeAndNotTooMany) {
    EXPECT_EQ(run(operations.redrive(kOperator, {})).error().code, Errc::invalid_argument);
    std::vector<std::int64_t> ids(BusOperations::kRedrivenAtOnceMax, 999);
    EXPECT_TRUE(run(operations.redrive(kOperator, ids)));
    ids.push_back(999);
    EXPECT_EQ(run(operations.redrive(kOperator, ids)).error().code, Errc::invalid_argument);
}

TEST_F(BusOperationsTest, AllAreRedrivenInBatches) {
    const auto ids = make_dead_letters(2 * BusOperations::kRedrivenAtOnceMax + 5);
    const auto redriven = run(operations.redrive_all(kOperator)).value();
    EXPECT_EQ(redriven.ids.size(), ids.size());
    EXPECT_THAT(run(log.dead_letters(10)).value(), IsEmpty());
    EXPECT_THAT(run(operations.redrive_all(kOperator))->ids, IsEmpty());
}

}  // namespace
}  // namespace ingestor::bus
