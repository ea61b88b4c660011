#include "jobs/retention_clock.hpp"

#include <gtest/gtest.h>

#include "memory/manual_clock.hpp"
#include "memory/manual_monotonic_clock.hpp"

namespace ingestor::jobs {
namespace {

using namespace std::chrono_literals;

class RetentionClockTest : public ::testing::Test {
protected:
    /// Time passes, and somebody looks at the clock every five minutes.
    void pass(std::chrono::milliseconds time) {
        constexpr std::chrono::milliseconds kStep = 5min;
        for (; time > 0ms; time -= kStep) {
            wall.advance(std::min(time, kStep));
            monotonic.advance(std::min(time, kStep));
            static_cast<void>(clock.now());
        }
    }

    memory::ManualClock wall;
    memory::ManualMonotonicClock monotonic;
    RetentionClock clock{wall, monotonic};
    const TimePoint start = wall.now();
};

TEST_F(RetentionClockTest, GoesWithTheWallClockWhileBothAgree) {
    EXPECT_EQ(clock.now(), start);
    pass(40 * 24h);
    EXPECT_EQ(clock.now(), start + 40 * 24h);
}

TEST_F(RetentionClockTest, AStepAheadCountsOnlyOnceItHasHeldForADay) {
    pass(1h);
    wall.advance(8 * 7 * 24h);
    EXPECT_EQ(clock.now(), start + 1h);
    pass(24h - 5min);
    EXPECT_EQ(clock.now(), start + 25h - 5min);
    pass(5min);
    EXPECT_EQ(clock.now(), wall.now());
    // From then on it is the clock that is agreed on.
    pass(1h);
    EXPECT_EQ(clock.now(), wall.now());
}

TEST_F(RetentionClockTest, AStepThatIsTakenBackNeverCounts) {
    for (int n = 0; n < 10; ++n) {
        wall.advance(60 * 24h);
        pass(23h);
        EXPECT_EQ(clock.now(), start + (n + 1) * 23h);
        wall.advance(-60 * 24h);
        EXPECT_EQ(clock.now(), start + (n + 1) * 23h);
    }
}

TEST_F(RetentionClockTest, AStepBackCountsAtOnceAndTheWayForthIsAStepAhead) {
    wall.advance(-30 * 24h);
    EXPECT_EQ(clock.now(), start - 30 * 24h);
    wall.advance(30 * 24h);
    EXPECT_EQ(clock.now(), start - 30 * 24h);
    pass(25h);
    EXPECT_EQ(clock.now(), start + 25h);
}

TEST_F(RetentionClockTest, ClocksThatDriftApartAreNoStep) {
    for (int day = 0; day < 100; ++day) {
        pass(24h);
        wall.advance(4min);
        EXPECT_EQ(clock.now(), wall.now());
    }
}

TEST_F(RetentionClockTest, AMachineThatSleepsEachNightIsBelievedAfterADayAwake) {
    for (int day = 0; day < 3; ++day) {
        pass(8h);
        wall.advance(16h);
    }
    EXPECT_LT(clock.now(), wall.now());
    pass(8h + 5min);
    EXPECT_EQ(clock.now(), wall.now());
}

}  // namespace
}  // namespace ingestor::jobs
