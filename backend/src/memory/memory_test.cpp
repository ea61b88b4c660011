#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "memory/faulty_stores.hpp"
#include "memory/in_memory_event_log.hpp"
#include "memory/manual_clock.hpp"
#include "memory/scripted_extractor.hpp"

namespace ingestor::memory {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct NoRoutes final : ports::EventRouter {
    [[nodiscard]] std::vector<ports::NewDelivery> route(const eventbridge::Event&) const override {
        return {};
    }
};

ports::ExtractionRequest request_for(std::string filename) {
    ports::ExtractionRequest request;
    request.filename = std::move(filename);
    return request;
}

TEST(ManualClock, StandsStillUntilTurned) {
    ManualClock clock;
    const auto start = clock.now();
    EXPECT_EQ(clock.now(), start);
    clock.advance(5s);
    EXPECT_EQ(clock.now(), start + 5s);
}

TEST(ScriptedExtractor, PlaysItsOutcomesInOrderAndKeepsTheLast) {
    asio::io_context io;
    ScriptedExtractor extractor;
    extractor.script_failure("a.pdf", "unavailable", "no helper", true);
    extractor.script("a.pdf", {});
    const auto first =
        async::testing::run_to_end(io, extractor.extract(request_for("a.pdf"), {}, {}));
    ASSERT_FALSE(first);
    EXPECT_TRUE(first.error().retryable);
    EXPECT_TRUE(async::testing::run_to_end(io, extractor.extract(request_for("a.pdf"), {}, {})));
    EXPECT_TRUE(async::testing::run_to_end(io, extractor.extract(request_for("a.pdf"), {}, {})));
    EXPECT_EQ(extractor.calls("a.pdf"), 3);
    EXPECT_EQ(extractor.running(), 0U);
}

TEST(ScriptedExtractor, ReportsItsPages) {
    asio::io_context io;
    ScriptedExtractor extractor;
    extractor.script("a.pdf", {.answer = std::nullopt, .pages = 3});
    std::vector<std::uint32_t> pages;
    const auto note = [&pages](std::uint32_t done) { pages.push_back(done); };
    EXPECT_TRUE(async::testing::run_to_end(io, extractor.extract(request_for("a.pdf"), {}, note)));
    EXPECT_EQ(pages, (std::vector<std::uint32_t>{1, 2, 3}));
}

TEST(ScriptedExtractor, AHeldDocumentEndsWhenAskedToStop) {
    asio::io_context io;
    ScriptedExtractor extractor;
    extractor.script("a.pdf", {.answer = std::nullopt, .pages = 1, .held = true});
    std::stop_source stop;
    const auto ask_to_stop = [&](std::uint32_t) {
        asio::post(io, [&stop] { stop.request_stop(); });
    };
    const auto answer = async::testing::run_to_end(
        io, extractor.extract(request_for("a.pdf"), stop.get_token(), ask_to_stop));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().file_error.code, "cancelled");
}

TEST(ScriptedExtractor, AHeldDocumentGoesOnWhenReleased) {
    asio::io_context io;
    ScriptedExtractor extractor;
    extractor.script("a.pdf", {.answer = std::nullopt, .pages = 1, .held = true});
    const auto release = [&](std::uint32_t) { asio::post(io, [&] { extractor.release(); }); };
    EXPECT_TRUE(
        async::testing::run_to_end(io, extractor.extract(request_for("a.pdf"), {}, release)));
}

TEST(FaultPlan, ReplaysFromItsSeed) {
    const auto strikes = [](std::uint64_t seed) {
        FaultPlan plan(seed, {.before_percent = 30, .after_percent = 30});
        std::string history;
        for (int call = 0; call < 64; ++call) {
            history += plan.fails_before() ? 'b' : plan.fails_after() ? 'a' : '.';
        }
        return history;
    };
    EXPECT_EQ(strikes(7), strikes(7));
    EXPECT_NE(strikes(7), strikes(8));
}

struct FaultCase {
    const char* name;
    FaultPlan::Rates rates;
    std::size_t events_kept;
};

class FaultyEventLogTest : public testing::TestWithParam<FaultCase> {};

TEST_P(FaultyEventLogTest, FailsBeforeOrAfterTheDeed) {
    asio::io_context io;
    NoRoutes routes;
    ManualClock clock;
    InMemoryEventLog log(routes, clock, {});
    FaultPlan plan(1, GetParam().rates);
    FaultyEventLog faulty(log, plan);
    const auto answer =
        async::testing::run_to_end(io, faulty.append(std::vector<eventbridge::Event>(1)));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Errc::unavailable);
    EXPECT_EQ(log.events().size(), GetParam().events_kept);
    EXPECT_EQ(plan.count(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Memory, FaultyEventLogTest,
                         testing::Values(FaultCase{"BeforeNothingIsDone", {100, 0}, 0},
                                         FaultCase{"AfterAllIsDone", {0, 100}, 1}),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace ingestor::memory
