#include "bus/event_ingestion.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "base/uuid.hpp"
#include "memory/in_memory_event_log.hpp"
#include "memory/manual_clock.hpp"
#include "ports/testing/all_due.hpp"

namespace ingestor::bus {
namespace {

const ports::Principal kOperator{.user_id = domain::UserId("local"), .is_operator = true};
const ports::Principal kUser{.user_id = domain::UserId("ann")};

class EventIngestion : public ::testing::Test {
protected:
    EventIngestion() {
        EXPECT_TRUE(run(bus.open(clock.now())));
        EXPECT_TRUE(run(bus.put_rule({.bus = "default",
                                      .name = "all",
                                      .event_pattern = R"({"source":[{"prefix":""}]})",
                                      .targets = {{.id = "t", .arn = "arn:t"}}})));
    }
    template <class Value>
    Value run(boost::asio::awaitable<Value> task) {
        return async::testing::run_to_end(io, std::move(task));
    }
    auto put(std::vector<EventEntry> entries, const ports::Principal& who = kOperator) {
        return run(put_events(bus, who, std::move(entries), clock, names));
    }
    static EventEntry entry(std::string detail) {
        return {.bus = "default", .source = "s", .detail_type = "d", .detail = std::move(detail)};
    }

    boost::asio::io_context io;
    memory::ManualClock clock;
    domain::Names names;
    rules::RuleTable table;
    memory::InMemoryEventLog log{table, clock, {}};
    EventBus bus{io.get_executor(), log, table};
};

TEST_F(EventIngestion, RefusesFurtherEventsWhileTooManyAreUnderWay) {
    bus.note_under_way(kUnderWayMax - 1);
    EXPECT_TRUE(put({entry("{}")}));
    bus.note_under_way(kUnderWayMax);
    const auto refused = put({entry("{}")});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::rate_limited);
    EXPECT_EQ(run(log.depth()).value(), 1U);
    bus.note_under_way(0);
    EXPECT_TRUE(put({entry("{}")}));
}

TEST_F(EventIngestion, PutsSoundEntriesAndSaysWhatIsWrongWithOthers) {
    auto unnamed = entry("{}");
    unnamed.source.clear();
    auto untyped = entry("{}");
    untyped.detail_type.clear();
    auto of_aws = entry("{}");
    of_aws.source = "aws.s3";
    const auto outcomes =
        put({entry(R"({ "n": 1 })"), unnamed, untyped, entry(""), entry("[1]"), of_aws}).value();
    ASSERT_EQ(outcomes.size(), 6U);
    EXPECT_TRUE(is_uuid(outcomes[0].event_id));
    EXPECT_EQ(outcomes[1].error_message,
              "Parameter Source is not valid. Reason: Source is a required argument.");
    EXPECT_EQ(outcomes[2].error_message,
              "Parameter DetailType is not valid. Reason: DetailType is a required argument.");
    EXPECT_EQ(outcomes[3].error_code, "InvalidArgument");
    EXPECT_EQ(outcomes[4].error_code, "MalformedDetail");
    EXPECT_EQ(outcomes[5].error_code, "NotAuthorizedForSourceException");
    const auto due = run(ports::testing::all_due(log, clock.now())).value();
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].event->id, outcomes[0].event_id);
    EXPECT_EQ(due[0].event->detail, R"({"n":1})");
    EXPECT_EQ(due[0].event->account, names.account);
    EXPECT_EQ(due[0].event->time, clock.now());
}

TEST_F(EventIngestion, DropsWhatIsForABusThatIsNotThere) {
    auto lost = entry("{}");
    lost.bus = "nowhere";
    EXPECT_TRUE(is_uuid(put({lost}).value().at(0).event_id));
    EXPECT_TRUE(run(ports::testing::all_due(log, clock.now()))->empty());
}

TEST_F(EventIngestion, IsForOperators) {
    EXPECT_EQ(put({entry("{}")}, kUser).error().code, Errc::permission_denied);
}

TEST_F(EventIngestion, EntriesOfACallShareALimit) {
    auto large = entry("");
    const auto overhead = size_of(large);
    const auto filled = [&](std::size_t bytes) {
        return R"({"x":")" + std::string(bytes - 8, 'x') + R"("})";
    };
    auto timed = entry("{}");
    timed.time = clock.now();
    timed.resources = {"abc"};
    EXPECT_EQ(size_of(timed), overhead + 2 + 14 + 3);
    large.detail = filled(kEntriesBytesMax - overhead - size_of(timed));
    EXPECT_TRUE(put({large, timed}));
    large.detail = filled(kEntriesBytesMax - overhead - size_of(timed) + 1);
    EXPECT_EQ(put({large, timed}).error().message,
              "Total size of the entries in the request is over the limit.");
}

}  // namespace
}  // namespace ingestor::bus
