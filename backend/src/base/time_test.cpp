#include "base/time.hpp"

#include <gtest/gtest.h>

namespace ingestor {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kTime =
    TimePoint{std::chrono::sys_days{std::chrono::year{2026} / 1 / 2}} + 3h + 4min + 5s + 678ms;

TEST(Time, WritesEveryFormOfTheSameMoment) {
    EXPECT_EQ(to_rfc3339(kTime), "2026-01-02T03:04:05.678Z");
    EXPECT_EQ(to_rfc3339_seconds(kTime), "2026-01-02T03:04:05Z");
    EXPECT_EQ(to_http_date(kTime), "Fri, 02 Jan 2026 03:04:05 GMT");
    EXPECT_EQ(to_iso_basic(kTime), "20260102T030405Z");
}

TEST(Time, ReadsOffsetsAndFractions) {
    for (const auto* text : {"2026-01-02T03:04:05.678Z", "2026-01-02T05:04:05.6789+02:00",
                             "2026-01-01 22:34:05.678-04:30"}) {
        const auto time = parse_rfc3339(text);
        ASSERT_TRUE(time) << text;
        EXPECT_EQ(*time, kTime) << text;
    }
    EXPECT_EQ(parse_iso_basic("20260102T030405Z").value(), kTime - 678ms);
    EXPECT_EQ(parse_http_date(to_http_date(kTime)).value(), kTime - 678ms);
}

TEST(Time, RefusesWhatIsNoTime) {
    for (const auto* text : {"", "2026-01-02", "2026-13-02T03:04:05Z", "2026-02-30T03:04:05Z",
                             "2026-01-02T24:00:00Z", "2026-01-02T03:04:05", "2026-01-02T03:04:05.Z",
                             "2026-01-02T03:04:05+2:00", "2026-01-02T03:04:05Zx"}) {
        EXPECT_FALSE(parse_rfc3339(text)) << text;
    }
    for (const auto* text : {"", "20260102", "20260102T030405", "2026-102T030405Z"}) {
        EXPECT_FALSE(parse_iso_basic(text)) << text;
    }
    for (const auto* text : {"", "yesterday", "Fri, 02 Jan 2026 03:04:05 GMT+1"}) {
        EXPECT_FALSE(parse_http_date(text)) << text;
    }
}

}  // namespace
}  // namespace ingestor
