#include "eventbridge/schedules/schedule.hpp"

#include <array>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace ingestor::eventbridge::schedules {
namespace {

TimePoint at(std::string_view time) {
    return parse_rfc3339(time).value();
}

/// The next firings after a time, to the minute.
std::vector<std::string> firings(std::string_view expression, std::string_view after, int count) {
    const auto schedule = Schedule::parse(expression);
    if (!schedule) return {"invalid"};
    std::vector<std::string> out;
    auto time = std::optional(at(after));
    const TimePoint since = *time;
    while (count-- > 0) {
        time = schedule->next(*time, since);
        if (!time) {
            out.emplace_back("never");
            break;
        }
        out.push_back(to_rfc3339_seconds(*time).substr(0, 16));
    }
    return out;
}

using testing::ElementsAre;

TEST(Schedule, RefusesWhatEventBridgeRefuses) {
    for (const char* expression : {"",
                                   "rate",
                                   "rate()",
                                   "rate(10)",
                                   "rate(0 minutes)",
                                   "rate(-1 minutes)",
                                   "rate(1 minutes)",
                                   "rate(10 minute)",
                                   "rate(10 seconds)",
                                   "rate(2 years)",
                                   "RATE(5 minutes)",
                                   "rate (5 minutes)",
                                   "rate( 5 minutes)",
                                   "rate(5 minutes )",
                                   "rate(5  minutes)",
                                   " rate(5 minutes)",
                                   "rate(5 MINUTES)",
                                   "rate(99999999999 days)",
                                   "rate(1.5 hours)",
                                   "cron(0 1 * * * *)",
                                   "cron(7 20 * * NOT *)",
                                   "cron(INVALID)",
                                   "cron(0 dummy ? * MON-FRI *)",
                                   "cron(71 8 1 * ? *)",
                                   "cron(0 0 ? * ? *)",
                                   "cron(0 0 1 * 1 *)",
                                   "cron(0 0 1 * ?)",
                                   "cron(0 0 1 * ? * *)",
                                   "cron(0  0 1 * ? *)",
                                   "cron(0 24 1 * ? *)",
                                   "cron(0 0 0 * ? *)",
                                   "cron(0 0 32 * ? *)",
                                   "cron(0 0 1 13 ? *)",
                                   "cron(0 0 ? * 8 *)",
                                   "cron(0 0 ? * 0 *)",
                                   "cron(0 0 1 * ? 1969)",
                                   "cron(0 0 1 * ? 2200)",
                                   "cron(0 0 1 * ? 2005-2002)",
                                   "cron(*/0 0 1 * ? *)",
                                   "cron(5/ 0 1 * ? *)",
                                   "cron(/5 0 1 * ? *)",
                                   "cron(1,,2 0 1 * ? *)",
                                   "cron(1- 0 1 * ? *)",
                                   "cron(0 0 W * ? *)",
                                   "cron(0 0 32W * ? *)",
                                   "cron(0 0 ? * SAT#6 *)",
                                   "cron(0 0 ? * SAT#0 *)",
                                   "cron(0 0 ? * 3#1,6#3 *)",
                                   "cron(0 0 ? * #1 *)",
                                   "cron(? 0 1 * ? *)",
                                   "cron(0 0 1 ? ? *)",
                                   "cron(+1 0 1 * ? *)",
                                   "cron(0 0 1 * ? *) ",
                                   "cron(0 0 1 * ? *",
                                   "at(2026-01-01T00:00:00)"}) {
        const auto schedule = Schedule::parse(expression);
        ASSERT_FALSE(schedule) << expression;
        EXPECT_EQ(schedule.error().message, "Parameter ScheduleExpression is not valid.");
    }
}

TEST(Schedule, TakesWhatEventBridgeTakes) {
    for (const char* expression :
         {"rate(1 minute)", "rate(5 minutes)", "rate(1 hour)", "rate(1 day)", "rate(365 days)",
          "cron(0 2 ? * SAT#3 *)", "cron(* * ? * SAT#3 *)", "cron(15 10 ? * 6L 2002-2005)",
          "cron(0/5 5 ? JAN 1-5 2022)", "cron(0 8 1 * ? *)", "cron(0/15 * * * ? *)",
          "cron(0/30 20-2 ? * MON-FRI *)", "cron(0 9 ? * 2#1 *)", "cron(0 18 LW * ? *)",
          "cron(0 10 15W * ? *)", "cron(0 10 L * ? *)", "cron(0 10 ? * L *)",
          "cron(0,30 1,2 1-5,20 jan,MAR-may ? 2026/2)"}) {
        EXPECT_TRUE(Schedule::parse(expression)) << expression;
    }
}

TEST(Schedule, OfARateFiresAtWholeIntervalsAfterTheRuleWasMade) {
    EXPECT_THAT(firings("rate(5 minutes)", "2026-03-01T09:32:30Z", 3),
                ElementsAre("2026-03-01T09:37", "2026-03-01T09:42", "2026-03-01T09:47"));
    const auto schedule = Schedule::parse("rate(1 day)").value();
    const TimePoint since = at("2026-03-01T09:32:30.250Z");
    EXPECT_EQ(schedule.next(since - std::chrono::hours(1), since), since + std::chrono::days(1));
    EXPECT_EQ(schedule.next(since + std::chrono::hours(49), since), since + std::chrono::days(3));
    EXPECT_EQ(schedule.next(since + std::chrono::days(3), since), since + std::chrono::days(4));
}

TEST(Schedule, OfCronFiresAtTheMinutesThatItNames) {
    EXPECT_THAT(firings("cron(0 12 * * ? *)", "2026-02-27T12:00:00Z", 3),
                ElementsAre("2026-02-28T12:00", "2026-03-01T12:00", "2026-03-02T12:00"));
    EXPECT_THAT(firings("cron(0/25 8,17 ? * MON-FRI *)", "2026-11-27T17:10:59Z", 4),
                ElementsAre("2026-11-27T17:25", "2026-11-27T17:50", "2026-11-30T08:00",
                            "2026-11-30T08:25"));
    EXPECT_THAT(firings("cron(30 23-1 1 * ? *)", "2026-12-31T00:00:00Z", 4),
                ElementsAre("2027-01-01T00:30", "2027-01-01T01:30", "2027-01-01T23:30",
                            "2027-02-01T00:30"));
    EXPECT_THAT(firings("cron(59 23 31 * ? *)", "2026-03-31T23:58:00Z", 3),
                ElementsAre("2026-03-31T23:59", "2026-05-31T23:59", "2026-07-31T23:59"));
    EXPECT_THAT(firings("cron(0 0 29 2 ? *)", "2096-02-29T00:00:00Z", 2),
                ElementsAre("2104-02-29T00:00", "2108-02-29T00:00"));
    EXPECT_THAT(firings("cron(0 6 ? * FRI-MON *)", "2026-11-24T00:00:00Z", 5),
                ElementsAre("2026-11-27T06:00", "2026-11-28T06:00", "2026-11-29T06:00",
                            "2026-11-30T06:00", "2026-12-04T06:00"));
    EXPECT_THAT(firings("cron(7 7 7 7 ? 2026/3)", "2026-07-07T07:07:00Z", 2),
                ElementsAre("2029-07-07T07:07", "2032-07-07T07:07"));
    EXPECT_THAT(firings("cron(0 0 1 1 ? 2002-2005)", "2026-01-01T00:00:00Z", 1),
                ElementsAre("never"));
    EXPECT_THAT(firings("cron(59 23 31 12 ? *)", "2199-12-31T23:59:00Z", 1), ElementsAre("never"));
}

TEST(Schedule, OfCronKnowsDaysThatDependOnTheMonth) {
    EXPECT_THAT(firings("cron(0 1 L * ? *)", "2028-01-31T01:00:00Z", 3),
                ElementsAre("2028-02-29T01:00", "2028-03-31T01:00", "2028-04-30T01:00"));
    // 2026-08-15 is a Saturday, 2026-11-15 a Sunday.
    EXPECT_THAT(firings("cron(0 1 15W * ? *)", "2026-08-01T00:00:00Z", 4),
                ElementsAre("2026-08-14T01:00", "2026-09-15T01:00", "2026-10-15T01:00",
                            "2026-11-16T01:00"));
    // 2026-08-01 is a Saturday and 2026-05-31 a Sunday: the day stays in its month.
    EXPECT_THAT(firings("cron(0 1 1W 8 ? 2026)", "2026-01-01T00:00:00Z", 2),
                ElementsAre("2026-08-03T01:00", "never"));
    EXPECT_THAT(firings("cron(0 1 31W * ? 2026)", "2026-05-01T00:00:00Z", 2),
                ElementsAre("2026-05-29T01:00", "2026-07-31T01:00"));
    EXPECT_THAT(firings("cron(0 1 LW 5-6 ? 2026)", "2026-05-01T00:00:00Z", 3),
                ElementsAre("2026-05-29T01:00", "2026-06-30T01:00", "never"));
    EXPECT_THAT(firings("cron(0 1 ? * 6L *)", "2026-10-01T00:00:00Z", 3),
                ElementsAre("2026-10-30T01:00", "2026-11-27T01:00", "2026-12-25T01:00"));
    EXPECT_THAT(firings("cron(0 1 ? * SAT#5 *)", "2026-10-01T00:00:00Z", 2),
                ElementsAre("2026-10-31T01:00", "2027-01-30T01:00"));
    EXPECT_THAT(firings("cron(0 1 ? * L *)", "2026-11-24T00:00:00Z", 2),
                ElementsAre("2026-11-28T01:00", "2026-12-05T01:00"));
}

}  // namespace
}  // namespace ingestor::eventbridge::schedules
