#include "bus/rules/pattern_tests.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "memory/in_memory_event_log.hpp"
#include "memory/manual_clock.hpp"

namespace ingestor::bus::rules {
namespace {

const ports::Principal kOperator{.user_id = domain::UserId("local"), .is_operator = true};
const ports::Principal kUser{.user_id = domain::UserId("ann")};
constexpr auto kOfScale = R"({"source":["scale"]})";

class PatternTestsTest : public testing::Test {
protected:
    PatternTestsTest() { EXPECT_TRUE(async::testing::run_to_end(io, bus.open(clock.now()))); }
    void note(const std::string& source) {
        eventbridge::Event event;
        event.bus = "default";
        event.source = source;
        event.detail = "{}";
        recent.note(std::make_shared<const eventbridge::Event>(std::move(event)));
    }

    boost::asio::io_context io;
    memory::ManualClock clock;
    RuleTable table;
    memory::InMemoryEventLog log{table, clock, {}};
    EventBus bus{io.get_executor(), log, table};
    RecentEvents recent;
    PatternTests tests{bus, recent};
};

TEST_F(PatternTestsTest, AreForOperatorsAlone) {
    EXPECT_EQ(PatternTests::test(kUser, kOfScale, "{}").error().code, Errc::permission_denied);
    EXPECT_EQ(tests.test_recent(kUser, kOfScale, "default").error().code, Errc::permission_denied);
}

TEST_F(PatternTestsTest, SayWhichRecentEventsMatch) {
    note("scale");
    note("gate");
    const auto tested = tests.test_recent(kOperator, kOfScale, "default").value();
    ASSERT_EQ(tested.events.size(), 2U);
    EXPECT_EQ(tested.events[0].event->source, "gate");
    EXPECT_FALSE(tested.events[0].matches);
    EXPECT_TRUE(tested.events[1].matches);
    const auto all = tests.test_recent(kOperator, "", "default").value();
    EXPECT_TRUE(all.events[0].matches && all.events[1].matches);
}

TEST_F(PatternTestsTest, ABadPatternIsRefusedWithTheReasonOfEventBridge) {
    const auto refused = tests.test_recent(kOperator, R"({"source":"scale"})", "default");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "EventPattern");
    EXPECT_TRUE(refused.error().message.starts_with("Event pattern is not valid. Reason: "));
    EXPECT_EQ(tests.test_recent(kOperator, kOfScale, "nowhere").error().code, Errc::not_found);
}

TEST_F(PatternTestsTest, AnEventThatIsGivenIsTestedAlone) {
    constexpr auto kEvent = R"({"id":"1","account":"0","source":"scale","time":"t","region":"r",)"
                            R"("detail-type":"d","detail":{}})";
    EXPECT_EQ(PatternTests::test(kOperator, kOfScale, kEvent), true);
    EXPECT_EQ(PatternTests::test(kOperator, R"({"source":["gate"]})", kEvent), false);
    const auto refused = PatternTests::test(kOperator, kOfScale, R"({"source":"scale"})");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "Event");
}

}  // namespace
}  // namespace ingestor::bus::rules
