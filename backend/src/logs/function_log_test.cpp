#include "logs/function_log.hpp"

#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memory/manual_clock.hpp"
#include "memory/manual_monotonic_clock.hpp"

namespace ingestor::logs {
namespace {

using ::testing::ElementsAre;
using ::testing::MatchesRegex;

struct Lines final : ports::LogStore {
    bool append(std::string_view stream, TimePoint, std::string_view message) override {
        streams_seen.emplace_back(stream);
        messages.emplace_back(message);
        return true;
    }
    Answer<std::monostate> flush() override { co_return std::monostate{}; }
    Answer<ports::LogPage> read(ports::LogQuery) override { co_return ports::LogPage{}; }
    Answer<std::vector<ports::LogStream>> streams() override {
        co_return std::vector<ports::LogStream>{};
    }
    [[nodiscard]] TimePoint created_at() const override { return {}; }
    [[nodiscard]] std::uint64_t bytes() const override { return 0; }

    std::vector<std::string> streams_seen;
    std::vector<std::string> messages;
};

class FunctionLogTest : public ::testing::Test {
protected:
    Lines lines;
    memory::ManualClock clock;
    memory::ManualMonotonicClock monotonic;
    FunctionLog log{lines, clock, monotonic};
};

TEST_F(FunctionLogTest, WritesWhatLambdaWritesAroundARun) {
    {
        const FunctionLog::Run run(log, "r-1");
        monotonic.advance(std::chrono::milliseconds(7));
        log.write("its own");
    }
    EXPECT_THAT(
        lines.messages,
        ElementsAre("START RequestId: r-1 Version: $LATEST\n", "its own", "END RequestId: r-1\n",
                    MatchesRegex("REPORT RequestId: r-1\tDuration: 7.00 ms\tBilled "
                                 "Duration: 7 ms\tMemory Size: [0-9]+ MB\tMax Memory "
                                 "Used: [0-9]+ MB\t\n")));
    EXPECT_THAT(lines.streams_seen.front(), MatchesRegex("2026/01/02/\\[\\$LATEST\\][0-9a-f]+"));
    EXPECT_EQ(lines.streams_seen.front(), lines.streams_seen.back());
}

TEST_F(FunctionLogTest, TellsHowMuchIsLeftOutOfABusySecond) {
    constexpr auto kRuns = FunctionLog::kLinesASecondMax / 3;
    for (std::uint32_t i = 0; i < kRuns + 5; ++i) {
        const FunctionLog::Run run(log, fmt::format("{}", i));
    }
    EXPECT_EQ(lines.messages.size(), kRuns * 3);
    EXPECT_TRUE(log.admit(FunctionLog::kLinesASecondMax - kRuns * 3)) << "to its edge";
    EXPECT_FALSE(log.admit(1));
    monotonic.advance(std::chrono::seconds(1));
    lines.messages.clear();
    EXPECT_TRUE(log.admit(1));
    EXPECT_THAT(lines.messages, ElementsAre("LEFT OUT: 16 lines, beyond 1000 in a second\n"));
    {
        const FunctionLog::Run run(log, "next");
    }
    EXPECT_EQ(lines.messages.size(), 4U);
}

}  // namespace
}  // namespace ingestor::logs
