#include "files/log_segments.hpp"

#include <fstream>
#include <string>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "base/testing/temporary_directory.hpp"

namespace ingestor::files {
namespace {

using std::chrono::milliseconds;

class LogSegmentsTest : public ::testing::Test {
protected:
    template <class Value>
    Value run(boost::asio::awaitable<Value> task) {
        return async::testing::run_to_end(io, std::move(task));
    }
    ports::LogPage read(LogSegments& log, ports::LogQuery query = {}) {
        return run(log.read(std::move(query))).value();
    }
    static TimePoint at(int time) { return TimePoint(milliseconds(1'000'000 + time)); }
    std::filesystem::path where() const { return directory.path() / "logs"; }

    TemporaryDirectory directory;
    boost::asio::io_context io;
    boost::asio::thread_pool pool{2};
};

TEST_F(LogSegmentsTest, FindsWhatWasWrittenInItsOrderWhateverItHolds) {
    LogSegments log(where(), pool);
    const std::string odd = "two\nlines \"quoted\" \\ \xC3\xA9 \x01";
    log.append("a \" b", at(1), odd);
    log.append("s", at(2), "");
    const auto page = read(log);
    ASSERT_EQ(page.lines.size(), 2U);
    EXPECT_EQ(page.lines[0].stream, "a \" b");
    EXPECT_EQ(page.lines[0].message, odd);
    EXPECT_EQ(page.lines[0].at, at(1));
    EXPECT_EQ(page.lines[1].message, "");
    EXPECT_LT(page.lines[0].number, page.lines[1].number);
    EXPECT_FALSE(page.next);
    EXPECT_GT(log.bytes(), odd.size());
}

TEST_F(LogSegmentsTest, PagesLeadThroughAllLinesOnce) {
    LogSegments log(where(), pool, {.segment_bytes = 200, .segments = 100});
    for (int i = 0; i < 50; ++i) {
        log.append("s", at(i), fmt::format("{}", i));
        if (i % 5 == 0) static_cast<void>(read(log));  // So that segments are begun.
    }
    std::vector<std::string> seen;
    ports::LogQuery query{.lines_max = 7};
    while (true) {
        const auto page = read(log, query);
        for (const auto& line : page.lines) seen.push_back(line.message);
        if (!page.next) break;
        EXPECT_EQ(page.lines.size(), 7U);
        query.from = *page.next;
    }
    ASSERT_EQ(seen.size(), 50U);
    for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], fmt::format("{}", i));
    EXPECT_EQ(read(log, {.bytes_max = 3}).lines.size(), 3U);
    // A number need not be a line's: the first behind it counts.
    const auto lines = read(log).lines;
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
        const auto next = read(log, {.from = lines[i].number + 1, .lines_max = 1}).lines.at(0);
        EXPECT_EQ(next.number, lines[i + 1].number);
        EXPECT_EQ(next.message, lines[i + 1].message);
    }
}

TEST_F(LogSegmentsTest, TimesAndTestsNarrowAQuery) {
    LogSegments log(where(), pool);
    for (int i = 0; i < 10; ++i)
        log.append(i % 2 == 0 ? "even" : "odd", at(i), fmt::format("{}", i));
    const auto page = read(log, {.begin = at(2), .end = at(7), .wanted = [](const auto& line) {
                                     return line.stream == "odd";
                                 }});
    ASSERT_EQ(page.lines.size(), 2U);
    EXPECT_EQ(page.lines[0].message, "3");
    EXPECT_EQ(page.lines[1].message, "5");
    const auto streams = run(log.streams()).value();
    ASSERT_EQ(streams.size(), 2U);
    EXPECT_EQ(streams[0].name, "even");
    EXPECT_EQ(streams[0].first_at, at(0));
    EXPECT_EQ(streams[1].last_at, at(9));
}

TEST_F(LogSegmentsTest, WhatIsKeptIsBounded) {
    LogSegments log(where(), pool, {.segment_bytes = 1'000, .segments = 3});
    for (int i = 0; i < 1'000; ++i) {
        log.append("s", at(i), std::string(90, 'x'));
        if (i % 10 == 0) static_cast<void>(read(log, {.lines_max = 1}));
    }
    const auto page = read(log);
    EXPECT_EQ(page.lines.back().at, at(999));
    EXPECT_LT(log.bytes(), 8'000U);
    EXPECT_GT(page.lines.size(), 10U);
    // The buffer, too: what finds it full is counted.
    LogSegments small(directory.path() / "small", pool, {.buffered_bytes = 10});
    small.append("s", at(1), "longer than that");
    EXPECT_EQ(small.dropped(), 1U);
    EXPECT_TRUE(read(small).lines.empty());
}

TEST_F(LogSegmentsTest, WhatFindsNoPlaceWaitsUntilThereIsOne) {
    LogSegments log(where(), pool);
    std::filesystem::remove_all(where());
    log.append("s", at(1), "one");
    log.append("s", at(2), "two");
    const auto flushed = run(log.flush());
    ASSERT_FALSE(flushed);
    EXPECT_EQ(flushed.error().code, Errc::unavailable);
    std::filesystem::create_directories(where());
    log.append("s", at(3), "three");
    EXPECT_TRUE(run(log.flush()));
    std::vector<std::string> seen;
    for (const auto& line : read(log).lines) seen.push_back(line.message);
    EXPECT_EQ(seen, (std::vector<std::string>{"one", "two", "three"}));
}

TEST_F(LogSegmentsTest, WhatWasFlushedNeedsNoEndOfTheProcess) {
    LogSegments log(where(), pool);
    log.append("s", at(1), "one");
    ASSERT_TRUE(run(log.flush()));
    // As another process would find it.
    LogSegments other(where(), pool);
    EXPECT_EQ(read(other).lines.size(), 1U);
}

TEST_F(LogSegmentsTest, OldSegmentsAreDroppedByTheirTimesAfterARestart) {
    {
        LogSegments log(where(), pool, {.segment_bytes = 100, .segments = 100});
        for (int i = 0; i < 20; ++i) {
            log.append("s", at(i), std::string(90, 'x'));
            ASSERT_TRUE(run(log.flush()));
        }
    }
    LogSegments log(where(), pool, {.segment_bytes = 100, .segments = 100});
    ASSERT_TRUE(run(log.drop_before(at(12))));
    EXPECT_EQ(read(log).lines.front().at, at(12));
    EXPECT_EQ(read(log, {.begin = at(15), .end = at(17)}).lines.size(), 2U);
}

TEST_F(LogSegmentsTest, ARestartGoesOnAndKeepsNumbers) {
    std::uint64_t first = 0;
    {
        LogSegments log(where(), pool);
        log.append("s", at(1), "before");
        first = read(log).lines.at(0).number;
    }
    // A line that a crash has cut off.
    std::string newest;
    for (const auto& entry : std::filesystem::directory_iterator(where())) newest = entry.path();
    std::ofstream(newest, std::ios::app) << "1000005 \"s\" \"half a li";
    LogSegments log(where(), pool);
    EXPECT_EQ(log.created_at(), at(1));
    log.append("s", at(2), "after");
    const auto page = read(log);
    ASSERT_EQ(page.lines.size(), 2U);
    EXPECT_EQ(page.lines[0].number, first);
    EXPECT_EQ(page.lines[0].message, "before");
    EXPECT_EQ(page.lines[1].message, "after");
}

}  // namespace
}  // namespace ingestor::files
