#include "telemetry/log.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "telemetry/log_line.hpp"

namespace ingestor::telemetry {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

const TimePoint kTime = parse_rfc3339("2026-01-02T03:04:05.678Z").value();

struct Pipe {
    Pipe() { EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0); }
    ~Pipe() {
        close_writer();
        close(ends[0]);
    }
    [[nodiscard]] int writer() const { return ends[1]; }
    void close_writer() {
        if (ends[1] >= 0) close(ends[1]);
        ends[1] = -1;
    }
    /// What was written until the writing end is closed.
    std::string read_all() {
        std::string text;
        std::array<char, 65536> piece{};
        for (ssize_t count = 0; (count = read(ends[0], piece.data(), piece.size())) > 0;) {
            text.append(piece.data(), static_cast<std::size_t>(count));
        }
        return text;
    }
    std::array<int, 2> ends{-1, -1};
};

struct EscapeCase {
    const char* name;
    std::string_view text;
    std::string_view expected;
};

constexpr EscapeCase kEscapes[] = {
    {"PlainTextStaysItself", "a/b c", "a/b c"},
    {"QuotesAndBackslashes", R"(a"b\c)", R"(a\"b\\c)"},
    {"LineBreaksAndTabs", "a\r\n\tb", R"(a\r\n\tb)"},
    {"OtherControls", std::string_view("\0\x1b\x7f", 3), R"(\u0000\u001b\u007f)"},
    {"WellFormedUtf8StaysItself", "Größe 😀", "Größe 😀"},
    {"LoneContinuation", "a\x80z", R"(a\ufffdz)"},
    {"TruncatedSequence", "a\xE2\x82", R"(a\ufffd\ufffd)"},
    {"Overlong", "\xC0\xAF", R"(\ufffd\ufffd)"},
    {"Surrogate", "\xED\xA0\x80", R"(\ufffd\ufffd\ufffd)"},
    {"ControlSequenceOfC1", "\xC2\x9B\x32J", R"(\u009b2J)"},
    {"Override", "a\xE2\x80\xAEz", R"(a\u202ez)"},
    {"LineSeparator", "a\xE2\x80\xA8z", R"(a\u2028z)"},
};

class JsonLineEscape : public testing::TestWithParam<EscapeCase> {};
TEST_P(JsonLineEscape, MatchesTable) {
    const auto& row = GetParam();
    std::string line;
    append_json_line(line, kTime, LogLevel::info, row.text, {});
    EXPECT_EQ(line, R"({"time":"2026-01-02T03:04:05.678Z","level":"info","msg":")" +
                        std::string(row.expected) + "\"}\n");
}
INSTANTIATE_TEST_SUITE_P(LogLine, JsonLineEscape, testing::ValuesIn(kEscapes),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(LogLine, JsonHoldsEveryKindOfField) {
    const LogField fields[] = {{"job_id", "j-1"},
                               {"attempt", 2},
                               {"duration_ms", 1.5},
                               {"last", true},
                               {"rate", std::numeric_limits<double>::infinity()},
                               {"size", std::uint64_t{1} << 40}};
    std::string line;
    append_json_line(line, kTime, LogLevel::error, "gave up", fields);
    EXPECT_EQ(
        line,
        R"({"time":"2026-01-02T03:04:05.678Z","level":"error","msg":"gave up","job_id":"j-1",)"
        R"("attempt":2,"duration_ms":1.5,"last":true,"rate":null,"size":1099511627776})"
        "\n");
}

TEST(LogLine, HumanFormQuotesWhatNeedsIt) {
    const LogField fields[] = {{"a", "plain"}, {"b", "two words"}, {"c", ""},
                               {"d", 3},       {"e", "x\ny"},      {"f", "\xC2\x9B\xE2\x80\xAE"}};
    std::string line;
    append_human_line(line, kTime, LogLevel::warn, "first\nsecond", fields, Colours::off);
    EXPECT_EQ(line,
              "03:04:05.678 WARN  first\\nsecond a=plain b=\"two words\" c=\"\" d=3 e=x\\ny "
              "f=\\u009b\\u202e\n");
}

TEST(LogLine, HumanFormHasColoursOnATerminal) {
    const LogField fields[] = {{"a", 1}};
    std::string line;
    append_human_line(line, kTime, LogLevel::error, "no", fields, Colours::on);
    EXPECT_EQ(line, "03:04:05.678 \x1b[31mERROR\x1b[0m no \x1b[2ma=\x1b[0m1\n");
}

TEST(Log, FlushReturnsAfterTheLineIsOut) {
    Pipe pipe;
    Log log(LogFormat::json, LogLevel::info, pipe.writer());
    log.info("hello", {{"n", 1}});
    log.flush();
    std::array<char, 512> seen{};
    const auto count = read(pipe.ends[0], seen.data(), seen.size());
    ASSERT_GT(count, 0);
    EXPECT_THAT(std::string(seen.data(), static_cast<std::size_t>(count)),
                MatchesRegex("\\{\"time\":\"[0-9T:.-]*Z\",\"level\":\"info\",\"msg\":\"hello\","
                             "\"n\":1\\}\n"));
}

TEST(Log, LinesCarryTheFieldsOfOpenScopes) {
    Pipe pipe;
    {
        Log log(LogFormat::human, LogLevel::info, pipe.writer());
        log.info("before");
        {
            const LogScope invocation(log, {{"request_id", "r-1"}});
            log.info("outer", {{"n", 1}});
            {
                const LogScope event(log, {{"event_id", "e-1"}});
                log.info("inner");
            }
            log.info("again");
        }
        log.info("after");
    }
    pipe.close_writer();
    EXPECT_THAT(pipe.read_all(), MatchesRegex("[0-9:.]* INFO  before\n"
                                              "[0-9:.]* INFO  outer n=1 request_id=r-1\n"
                                              "[0-9:.]* INFO  inner event_id=e-1 request_id=r-1\n"
                                              "[0-9:.]* INFO  again request_id=r-1\n"
                                              "[0-9:.]* INFO  after\n"));
}

TEST(Log, AFieldStandsOnceAndTheInnermostCounts) {
    Pipe pipe;
    {
        Log log(LogFormat::human, LogLevel::info, pipe.writer());
        const LogScope outer(log, {{"job_id", "outer"}, {"request_id", "r-1"}});
        const LogScope inner(log, {{"job_id", "inner"}});
        log.info("a");
        log.info("b", {{"job_id", "own"}});
    }
    pipe.close_writer();
    EXPECT_THAT(pipe.read_all(), MatchesRegex("[0-9:.]* INFO  a job_id=inner request_id=r-1\n"
                                              "[0-9:.]* INFO  b job_id=own request_id=r-1\n"));
}

TEST(Log, AFinishedLineGoesOutAsItIs) {
    Pipe pipe;
    {
        Log log(LogFormat::human, LogLevel::error, pipe.writer());
        const LogScope scope(log, {{"request_id", "r-1"}});
        log.write_line("{\"_aws\":{}}\n");
    }
    pipe.close_writer();
    EXPECT_EQ(pipe.read_all(), "{\"_aws\":{}}\n");
}

TEST(Log, AReaderHearsWhatItWantsAsJsonUntilItIsTakenAway) {
    struct Reader final : LogReader {
        bool wants(LogLevel level, std::span<const LogField> fields) override {
            return level != LogLevel::info || !fields.empty();
        }
        void hear(std::string_view line) override { heard.emplace_back(line); }
        std::vector<std::string> heard;
    };
    Pipe pipe;
    Log log(LogFormat::human, LogLevel::info, pipe.writer());
    Reader reader;
    log.tee(&reader);
    log.debug("too quiet");
    log.info("not wanted");
    {
        const LogScope scope(log, {{"job_id", "j"}});
        log.info("one", {{"n", 1}});
    }
    log.write_line("as it is\n");
    log.tee(nullptr);
    log.warn("two");
    ASSERT_EQ(reader.heard.size(), 1U);
    EXPECT_THAT(reader.heard[0], HasSubstr(R"("msg":"one","n":1,"job_id":"j"})"));
}

TEST(Log, DropsWhatIsBelowItsLevel) {
    Pipe pipe;
    {
        Log log(LogFormat::human, LogLevel::warn, pipe.writer());
        EXPECT_FALSE(log.enabled(LogLevel::info));
        log.debug("no");
        log.info("no");
        log.warn("yes");
    }
    pipe.close_writer();
    EXPECT_THAT(pipe.read_all(), MatchesRegex("[0-9:.]* WARN  yes\n"));
}

TEST(Log, KeepsEveryLineOfManyThreadsWhole) {
    Pipe pipe;
    std::string text;
    std::thread reader([&] { text = pipe.read_all(); });
    {
        Log log(LogFormat::json, LogLevel::info, pipe.writer());
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&log] {
                for (int i = 0; i < 500; ++i) log.info("line", {{"i", i}});
            });
        }
        for (auto& thread : threads) thread.join();
    }
    pipe.close_writer();
    reader.join();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2000);
    EXPECT_EQ(text.find("}{"), std::string::npos);
}

TEST(Log, AStalledReaderCostsLinesAndNotTime) {
    Pipe pipe;
    {
        Log log(LogFormat::json, LogLevel::info, pipe.writer());
        const std::string text(1000, 'x');
        while (log.dropped() == 0) log.info(text);
        const auto lost = log.dropped();
        log.info(text);
        EXPECT_GE(log.dropped(), lost);
    }
    pipe.close_writer();
    EXPECT_THAT(pipe.read_all(), HasSubstr("\"msg\":\"xxx"));
}

TEST(Log, SaysHowManyLinesWereDropped) {
    Pipe pipe;
    std::string text;
    {
        Log log(LogFormat::json, LogLevel::info, pipe.writer());
        const std::string filler(1000, 'x');
        while (log.dropped() == 0) log.info(filler);
        std::thread reader([&] { text = pipe.read_all(); });
        log.flush();
        log.info("after");
        log.flush();
        pipe.close_writer();
        reader.join();
    }
    EXPECT_THAT(text,
                HasSubstr("\"msg\":\"log lines dropped: the reader is too slow\",\"dropped\":"));
    EXPECT_THAT(text, HasSubstr("\"msg\":\"after\""));
}

}  // namespace
}  // namespace ingestor::telemetry
