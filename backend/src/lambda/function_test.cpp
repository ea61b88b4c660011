#include "lambda/function.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "jobs/process_job.hpp"
#include "lambda/test_log.hpp"

namespace ingestor::lambda {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kBusEvent = R"({"version":"0","id":"e-1",
    "detail-type":"Document Processing Required","source":"agent2.ingestor",
    "account":"111111111111","time":"2026-01-02T03:04:05Z","region":"us-east-1",
    "resources":[],"detail":{"job_id":"j-1","user_id":"u-1"}})";

std::string request_event(const char* method, const char* path, const char* own_id = "") {
    json::object headers;
    if (*own_id != '\0') headers["x-request-id"] = own_id;
    return json::serialize(
        json::object{{"version", "2.0"},
                     {"rawPath", path},
                     {"headers", headers},
                     {"requestContext",
                      {{"requestId", "gw-1"},
                       {"stage", "$default"},
                       {"http", {{"method", method}, {"sourceIp", "203.0.113.9"}}}}},
                     {"body", "hello"}});
}

std::string queue_of(std::initializer_list<std::pair<const char*, std::string_view>> messages) {
    json::array records;
    for (const auto& [id, body] : messages) {
        records.push_back(
            json::object{{"eventSource", "aws:sqs"}, {"messageId", id}, {"body", body}});
    }
    return json::serialize(json::object{{"Records", records}});
}

class FunctionTest : public testing::Test {
protected:
    FunctionTest() {
        handlers.api = [this](http::Request& request) { return api(request); };
        handlers.process_job = [this](eventbridge::Event event, Deadline deadline) {
            return process(std::move(event), deadline);
        };
        handlers.ingest_object = [this](eventbridge::Event event) {
            return ingest(std::move(event));
        };
        handlers.sweep = [this] { return sweep(); };
    }

    asio::awaitable<http::Response> api(http::Request& request) {
        if (request.path() == "/throws") throw std::runtime_error("the store is gone");
        auto body = co_await request.body->read_all(1000);
        requests.push_back(request.method_text + " " + request.target + " " + body.value_or("?"));
        EXPECT_EQ(request.deadline, invocation.deadline);
        captured.log.info("in the handler");
        auto response = http::detail_response(201, "made");
        response.route = "/made";
        co_return response;
    }
    asio::awaitable<void> ingest(eventbridge::Event event) {
        objects.push_back(event.id);
        co_return;
    }
    asio::awaitable<void> process(eventbridge::Event event, Deadline deadline) {
        EXPECT_EQ(deadline, invocation.deadline);
        captured.log.info("in the handler");
        events.push_back(event.id);
        metrics.job_ended("completed");
        if (event.id == "fails") throw jobs::AttemptFailed("job j-1: the store is gone");
        if (event.id == "breaks") throw std::logic_error("broken");
        co_return;
    }
    asio::awaitable<Result<jobs::SweepResult>> sweep() { co_return swept; }

    std::expected<std::string, FunctionError> invoke(std::string_view payload) {
        invocation.payload = payload;
        return async::testing::run_to_end(io, function.invoke(invocation));
    }
    static std::string with_id(const char* id) {
        auto event = json::parse(kBusEvent).as_object();
        event["id"] = id;
        return json::serialize(event);
    }

    asio::io_context io;
    LogCapture captured;
    telemetry::Metrics metrics;
    FunctionHandlers handlers;
    Function function{handlers, {}, captured.log, metrics};
    Invocation invocation{.request_id = "r-1",
                          .trace_id = {},
                          .deadline = std::chrono::steady_clock::now() + std::chrono::hours(1),
                          .payload = {}};
    Result<jobs::SweepResult> swept =
        jobs::SweepResult{.republished = 3, .oldest_queued = std::chrono::seconds(90)};
    std::vector<std::string> requests;
    std::vector<std::string> events;
    std::vector<std::string> objects;
};

TEST_F(FunctionTest, ARequestIsAnsweredByTheApi) {
    const auto answer = invoke(request_event("POST", "/jobs"));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_THAT(requests, ElementsAre("POST /jobs hello"));
    const auto sent = json::parse(*answer);
    EXPECT_EQ(sent.at("statusCode"), 201);
    EXPECT_EQ(sent.at("headers").at("x-request-id"), "r-1");
    const auto access = captured.lines("request");
    ASSERT_EQ(access.size(), 1U);
    EXPECT_EQ(access[0].at("route"), "/made");
    EXPECT_EQ(access[0].at("remote_address"), "203.0.113.9");
    EXPECT_THAT(metrics.expose(),
                HasSubstr(R"(http_requests_total{route="/made",status="201"} 1)"));
}

TEST_F(FunctionTest, AHandlerThatThrowsIsAnsweredAsTheServerDoes) {
    const auto answer = invoke(request_event("GET", "/throws"));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(json::parse(*answer).at("statusCode"), 500);
    EXPECT_THAT(*answer, Not(HasSubstr("store")));
    const auto failures = captured.lines("request failed");
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_EQ(failures[0].at("error"), "the store is gone");
}

TEST_F(FunctionTest, EveryLineOfAnInvocationCarriesItsId) {
    ASSERT_TRUE(invoke(kBusEvent));
    ASSERT_TRUE(invoke(request_event("GET", "/jobs")));
    ASSERT_FALSE(invoke("{}"));
    const auto lines = captured.lines();
    EXPECT_GE(lines.size(), 9U);
    for (const auto& line : lines) EXPECT_EQ(line.at("request_id"), "r-1") << line;
}

TEST_F(FunctionTest, AClientsOwnIdStandsBesideLambdas) {
    const auto answer = invoke(request_event("GET", "/jobs", "own-1"));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(json::parse(*answer).at("headers").at("x-request-id"), "own-1");
    for (const char* message : {"in the handler", "request"}) {
        const auto lines = captured.lines(message);
        ASSERT_EQ(lines.size(), 1U);
        EXPECT_EQ(lines[0].at("request_id"), "own-1");
        EXPECT_EQ(lines[0].at("invocation_id"), "r-1");
    }
}

TEST_F(FunctionTest, AnEventOfTheBusIsProcessedUnderItsIds) {
    const auto answer = invoke(kBusEvent);
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(*answer, R"({"status":"done"})");
    EXPECT_THAT(events, ElementsAre("e-1"));
    const auto lines = captured.lines("in the handler");
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].at("job_id"), "j-1");
    EXPECT_EQ(lines[0].at("event_id"), "e-1");
}

TEST_F(FunctionTest, AnObjectThatWasCreatedIsIngested) {
    const auto answer =
        invoke(R"({"version":"0","id":"e-9","detail-type":"Object Created","source":"aws.s3",)"
               R"("account":"a","time":"2026-01-02T03:04:05Z","region":"r","detail":{}})");
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_THAT(objects, ElementsAre("e-9"));
    EXPECT_TRUE(events.empty());
}

TEST_F(FunctionTest, AFailedAttemptIsReportedSoThatLambdaRetries) {
    const auto answer = invoke(with_id("fails"));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().type, "Function.AttemptFailed");
    EXPECT_EQ(answer.error().message, "job j-1: the store is gone");
    const auto failures = captured.lines("invocation failed");
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_EQ(failures[0].at("error"), "job j-1: the store is gone");
}

TEST_F(FunctionTest, AnyOtherExceptionIsReportedToo) {
    const auto answer = invoke(with_id("breaks"));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().type, "Function.Failed");
}

TEST_F(FunctionTest, WhatItDoesNotUnderstandIsAnErrorAndNeverDone) {
    const auto answer = invoke(R"({"hello":"world"})");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().type, "Function.InvalidEvent");
    EXPECT_THAT(answer.error().message, HasSubstr("hello"));
}

TEST_F(FunctionTest, ASweepSaysHowManyJobsItPublished) {
    EXPECT_EQ(invoke(R"({"action":"sweep"})").value(), R"({"republished":3})");
    EXPECT_EQ(captured.lines().back().at("Republished"), 3);
    EXPECT_EQ(captured.lines().back().at("OldestQueuedAge"), 90.0);
}

TEST_F(FunctionTest, ASweepThatFailsIsReported) {
    swept = fail(Errc::unavailable, "the table is gone");
    const auto answer = invoke(R"({"action":"sweep"})");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().type, "Function.SweepFailed");
    EXPECT_EQ(answer.error().message, "the table is gone");
}

TEST_F(FunctionTest, ItSaysThatItIsHealthy) {
    EXPECT_EQ(invoke(R"({"action":"health"})").value(),
              R"({"status":"healthy","environment":"dev"})");
}

TEST_F(FunctionTest, OfABatchOnlyWhatFailedComesAgain) {
    const auto answer = invoke(queue_of({{"m-1", kBusEvent},
                                         {"m-2", with_id("fails")},
                                         {"m-3", "no event"},
                                         {"m-4", with_id("e-4")}}));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(*answer,
              R"({"batchItemFailures":[{"itemIdentifier":"m-2"},{"itemIdentifier":"m-3"}]})");
    EXPECT_THAT(events, ElementsAre("e-1", "fails", "e-4"));
    EXPECT_EQ(captured.lines("message failed").size(), 2U);
}

TEST_F(FunctionTest, WhatABatchHasNoTimeForComesAgain) {
    invocation.deadline = std::chrono::steady_clock::now();
    EXPECT_EQ(invoke(queue_of({{"m-1", kBusEvent}})).value(),
              R"({"batchItemFailures":[{"itemIdentifier":"m-1"}]})");
    EXPECT_TRUE(events.empty());
}

TEST_F(FunctionTest, AnInvocationEndsWithItsMetrics) {
    ASSERT_TRUE(invoke(kBusEvent));
    auto lines = captured.lines();
    ASSERT_GE(lines.size(), 2U);
    const auto& whole = lines[lines.size() - 2];
    EXPECT_TRUE(whole.contains("InvocationDuration"));
    EXPECT_EQ(whole.at("ColdStart"), 1);
    EXPECT_EQ(lines.back().at("JobsEnded"), 1);
    EXPECT_EQ(lines.back().at("status"), "completed");

    ASSERT_TRUE(invoke(R"({"action":"health"})"));
    lines = captured.lines();
    EXPECT_TRUE(lines.back().contains("InvocationDuration"));
    EXPECT_FALSE(lines.back().contains("ColdStart"));
}

TEST_F(FunctionTest, TheFirstLineSaysWhatCame) {
    ASSERT_TRUE(invoke(request_event("GET", "/jobs")));
    ASSERT_TRUE(invoke(kBusEvent));
    const auto lines = captured.lines("invocation");
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].at("kind"), "http");
    EXPECT_EQ(lines[0].at("cold"), true);
    EXPECT_EQ(lines[0].at("gateway_id"), "gw-1");
    EXPECT_EQ(lines[1].at("kind"), "event");
    EXPECT_EQ(lines[1].at("cold"), false);
}

}  // namespace
}  // namespace ingestor::lambda
