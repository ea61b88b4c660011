#include "lambda/runtime_loop.hpp"

#include <cstdlib>
#include <optional>

#include <boost/asio/post.hpp>
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "lambda/test_log.hpp"
#include "lambda/test_runtime_api.hpp"

namespace ingestor::lambda {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

using Invoke = FakeRuntimeApi::Invoke;
using Status = FakeRuntimeApi::Status;

constexpr const char* kRequest =
    R"({"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"GET"}}})";
constexpr const char* kHealth = R"({"action":"health"})";

class RuntimeLoop : public testing::Test {
protected:
    RuntimeLoop() {
        handlers.api = [this](http::Request& request) { return answer(request); };
    }

    /// Gives others their turns first: whatever else ran meanwhile would be seen.
    asio::awaitable<http::Response> answer(http::Request& request) {
        deadline = request.deadline;
        const char* exported = std::getenv("_X_AMZN_TRACE_ID");
        trace_ids.emplace_back(exported == nullptr ? "none" : exported);
        for (int i = 0; i < 20; ++i) co_await asio::post(io, asio::use_awaitable);
        calls_at_end.push_back(api.calls.size());
        http::Response response;
        response.body = "x";
        co_return response;
    }

    asio::awaitable<Error> run() {
        auto error = co_await run_function(*client, function, captured.log);
        api.close();
        co_return error;
    }
    Error run_script() { return async::testing::run_to_end(io, run()); }

    asio::io_context io;
    FakeRuntimeApi api{io};
    LogCapture captured;
    telemetry::Metrics metrics;
    FunctionHandlers handlers;
    Function function{handlers, {}, captured.log, metrics};
    std::optional<RuntimeClient> client{std::in_place, io.get_executor(), api.endpoint()};
    Deadline deadline{};
    std::vector<std::string> trace_ids;
    std::vector<std::size_t> calls_at_end;
};

TEST_F(RuntimeLoop, AnswersEachEventBeforeItAsksForTheNext) {
    api.script = {Invoke{"r-1", kRequest}, Invoke{"r-2", kHealth}};
    const auto error = run_script();
    EXPECT_EQ(error.code, Errc::unavailable);
    EXPECT_THAT(api.asked(), ElementsAre("GET next", "POST r-1/response", "GET next",
                                         "POST r-2/response", "GET next", "GET next", "GET next"));
    EXPECT_EQ(json::parse(api.calls[1].body).at("statusCode"), 200);
    EXPECT_THAT(calls_at_end, ElementsAre(1U));
}

TEST_F(RuntimeLoop, OneConnectionServesAll) {
    api.script = {Invoke{"r-1", kHealth}, Invoke{"r-2", kHealth}};
    run_script();
    EXPECT_EQ(api.connections, 1);
}

TEST_F(RuntimeLoop, FailuresAreReportedByType) {
    api.script = {Invoke{"r-1", R"({"hello":1})"}};
    run_script();
    ASSERT_GE(api.calls.size(), 2U);
    EXPECT_EQ(api.calls[1].path, "r-1/error");
    EXPECT_EQ(api.calls[1].error_type, "Function.InvalidEvent");
    const auto report = json::parse(api.calls[1].body);
    EXPECT_EQ(report.at("errorType"), "Function.InvalidEvent");
    EXPECT_THAT(std::string(report.at("errorMessage").as_string()), HasSubstr("hello"));
    EXPECT_TRUE(report.at("stackTrace").is_array());
}

TEST_F(RuntimeLoop, AnInvocationEndsShortlyBeforeLambdaEndsIt) {
    api.script = {Invoke{"r-1", kRequest, 10min}};
    const auto before = std::chrono::steady_clock::now();
    run_script();
    const auto after = std::chrono::steady_clock::now();
    // Two clocks, and the last millisecond is cut off.
    EXPECT_GE(deadline, before + 10min - kDeadlineReserve - 2s);
    EXPECT_LE(deadline, after + 10min - kDeadlineReserve + 2s);
}

TEST_F(RuntimeLoop, EachInvocationExportsItsOwnTraceId) {
    api.script = {Invoke{"r-1", kRequest, 1h, "Root=1-2-3"}, Invoke{"r-2", kRequest}};
    run_script();
    EXPECT_THAT(trace_ids, ElementsAre("Root=1-2-3", "none"));
}

TEST_F(RuntimeLoop, WaitsForAnEventWithoutALimit) {
    api.script = {FakeRuntimeApi::Hang{}, Invoke{"r-1", kHealth}};
    async::testing::SpawnedTask<Error> running(io, run());
    while (!api.hanging) io.run_one();
    EXPECT_THAT(api.asked(), ElementsAre("GET next"));
    api.go_on();
    io.run();
    EXPECT_TRUE(running.done());
    EXPECT_EQ(api.calls.at(1).path, "r-1/response");
}

TEST_F(RuntimeLoop, AConnectionThatDiedWhileFrozenIsMadeAnew) {
    api.script = {Invoke{"r-1", kHealth}, Invoke{"r-2", kHealth}};
    api.receipts = {FakeRuntimeApi::Expire{}};
    run_script();
    EXPECT_EQ(api.connections, 2);
    EXPECT_EQ(captured.lines("no event").size(), 3U);
    EXPECT_THAT(api.asked(), ElementsAre("GET next", "POST r-1/response", "GET next",
                                         "POST r-2/response", "GET next", "GET next", "GET next"));
}

TEST_F(RuntimeLoop, AnAnswerIsSentAgainAfterAReset) {
    api.script = {Invoke{"r-1", kHealth}};
    api.receipts = {FakeRuntimeApi::Reset{}, FakeRuntimeApi::Reset{}, FakeRuntimeApi::Reset{}};
    run_script();
    EXPECT_THAT(api.asked(), ElementsAre("GET next", "POST r-1/response", "POST r-1/response",
                                         "POST r-1/response", "POST r-1/response", "GET next",
                                         "GET next", "GET next"));
    EXPECT_TRUE(captured.lines("the answer was not taken").empty());
}

TEST_F(RuntimeLoop, AnAnswerThatNeverArrivesIsGivenUp) {
    api.script = {Invoke{"r-1", kHealth}, Invoke{"r-2", kHealth}};
    api.receipts = std::deque<FakeRuntimeApi::Step>(4, FakeRuntimeApi::Reset{});
    run_script();
    EXPECT_EQ(captured.lines("the answer was not taken").size(), 1U);
    EXPECT_EQ(api.calls.at(6).path, "r-2/response");
}

class RefusedAnswer : public RuntimeLoop, public testing::WithParamInterface<unsigned> {};
TEST_P(RefusedAnswer, IsNotSentAgain) {
    api.script = {Invoke{"r-1", kHealth}, Invoke{"r-2", kHealth}};
    api.receipts = {Status{GetParam()}};
    run_script();
    EXPECT_THAT(api.asked(), ElementsAre("GET next", "POST r-1/response", "GET next",
                                         "POST r-2/response", "GET next", "GET next", "GET next"));
    EXPECT_EQ(captured.lines("the answer was not taken").size(), 1U);
}
INSTANTIATE_TEST_SUITE_P(Lambda, RefusedAnswer, testing::Values(400U, 403U));

TEST_F(RuntimeLoop, AnAnswerTooLargeForLambdaIsReportedAsThat) {
    api.script = {Invoke{"r-1", kHealth}};
    api.receipts = {Status{413}};
    run_script();
    ASSERT_GE(api.calls.size(), 3U);
    EXPECT_EQ(api.calls[2].path, "r-1/error");
    EXPECT_EQ(api.calls[2].error_type, "Function.ResponseSizeTooLarge");
}

TEST_F(RuntimeLoop, OnlyFailuresInARowEndIt) {
    api.script = {
        Status{500}, Status{403},           Invoke{"r-1", kHealth}, FakeRuntimeApi::Reset{},
        Status{500}, Invoke{"r-2", kHealth}};
    run_script();
    EXPECT_EQ(api.calls.at(3).path, "r-1/response");
    EXPECT_EQ(captured.lines("no event").size(), 6U);
}

TEST_F(RuntimeLoop, AnEventWithoutAnIdCountsAsAFailure) {
    api.script = {Invoke{"", kHealth}};
    const auto error = run_script();
    EXPECT_THAT(api.asked(), ElementsAre("GET next", "GET next", "GET next"));
    EXPECT_EQ(captured.lines("no event").size(), 3U);
}

TEST_F(RuntimeLoop, AnApiThatIsNotThereEndsIt) {
    api.close();
    const auto error = run_script();
    EXPECT_EQ(error.code, Errc::unavailable);
    EXPECT_THAT(error.message, HasSubstr(std::string("127.0.0.1:")));
}

TEST_F(RuntimeLoop, TheApiMayBeGivenByName) {
    api.script = {Invoke{"r-1", kHealth}};
    client.emplace(io.get_executor(), "localhost:" + std::to_string(api.port()));
    run_script();
    EXPECT_EQ(api.calls.at(1).path, "r-1/response");
}

TEST_F(RuntimeLoop, AFailedStartIsReported) {
    const FunctionError error{.type = "Runtime.InvalidConfiguration", .message = "no JOBS_TABLE"};
    const auto report = [&]() -> asio::awaitable<bool> {
        const auto reported = co_await client->report_start_failure(error);
        api.close();
        co_return reported.has_value();
    };
    EXPECT_TRUE(async::testing::run_to_end(io, report()));
    ASSERT_EQ(api.calls.size(), 1U);
    EXPECT_EQ(api.calls[0].path, "init/error");
    EXPECT_EQ(api.calls[0].error_type, "Runtime.InvalidConfiguration");
}

}  // namespace
}  // namespace ingestor::lambda
