#include "http/server.hpp"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/uuid.hpp"
#include "http/router.hpp"
#include "http/server_fixture.hpp"

namespace ingestor::http {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(Server, AnswersAndKeepsTheConnection) {
    RunningServer server(always("hello"));
    RawClient client(server.port());
    for (int i = 0; i < 3; ++i) {
        const auto answer = client.ask(kGet);
        EXPECT_EQ(answer.status, 200U);
        EXPECT_EQ(answer.body, "hello");
        EXPECT_THAT(answer.head, StartsWith("HTTP/1.1 200 OK\r\n"));
        EXPECT_EQ(answer.header("Server"), "agent2-ingestor");
        EXPECT_EQ(answer.header("Connection"), "");
        EXPECT_THAT(answer.header("Date"), testing::MatchesRegex("[A-Z][a-z]+, .* GMT"));
        EXPECT_TRUE(is_uuid(answer.header("x-request-id")));
    }
}

TEST(Server, SaysWhichAddressItCannotHave) {
    RunningServer first(always(""));
    asio::io_context io;
    telemetry::Log log(telemetry::LogFormat::json, telemetry::LogLevel::error);
    telemetry::Metrics metrics;
    Server second(io.get_executor(), first.server().local_endpoint(), {}, always(""), log, metrics);
    const auto started = second.start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, Errc::conflict);
    EXPECT_EQ(
        started.error().message,
        "cannot listen on 127.0.0.1:" + std::to_string(first.port()) + ": Address already in use");
}

TEST(Server, HandsTheHeadOverUnchanged) {
    const auto dump = [](Request& request) -> asio::awaitable<Response> {
        std::string text = request.method_text + " " + request.target + "\n";
        for (const auto& header : request.headers) {
            text.append(header.name_string()).append("=").append(header.value()).append("\n");
        }
        text.append(request.remote_address);
        Response response;
        response.body = std::move(text);
        co_return response;
    };
    RunningServer server(dump);
    RawClient client(server.port());
    const auto answer = client.ask(
        "PUT /b/a%2fb%20c+d?X-Amz=%2F&a HTTP/1.1\r\nX-Zulu: 1\r\nhost: h:1\r\nX-alpha:  two  words "
        "\t"
        "\r\nContent-Length: 0\r\nX-Empty:\r\n\r\n");
    EXPECT_EQ(answer.body,
              "PUT /b/a%2fb%20c+d?X-Amz=%2F&a\nX-Zulu=1\nhost=h:1\nX-alpha=two  words\n"
              "Content-Length=0\nX-Empty=\n127.0.0.1");
}

TEST(Server, AbsoluteFormReplacesHost) {
    const auto dump = [](Request& request) -> asio::awaitable<Response> {
        Response response;
        response.body = request.target + " " + std::string(request.header("host"));
        co_return response;
    };
    RunningServer server(dump);
    RawClient client(server.port());
    EXPECT_EQ(client.ask("GET http://b:80/x?y HTTP/1.1\r\nHost: a\r\n\r\n").body, "/x?y b:80");
    EXPECT_EQ(client.ask("GET HTTP://b?y HTTP/1.1\r\nHost: a\r\n\r\n").body, "/?y b");
    EXPECT_EQ(client.ask("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").status, 204U);
}

TEST(Server, TakesASaneRequestIdFromTheClient) {
    RunningServer server(always(""));
    RawClient client(server.port());
    const auto id_for = [&client](const std::string& given) {
        return client.ask("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: " + given + "\r\n\r\n")
            .header("x-request-id");
    };
    EXPECT_EQ(id_for("trace-1.2_3"), "trace-1.2_3");
    EXPECT_EQ(id_for(std::string(128, 'x')), std::string(128, 'x'));
    EXPECT_TRUE(is_uuid(id_for(std::string(129, 'x'))));
    EXPECT_TRUE(is_uuid(id_for("a b")));
    EXPECT_TRUE(is_uuid(id_for("\"><script>")));
    EXPECT_TRUE(is_uuid(id_for("")));
}

TEST(Server, HeadHasALengthAndNoBody) {
    RunningServer server(always("hello"));
    RawClient client(server.port());
    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client.read_answer(true).header("Content-Length"), "5");
    EXPECT_EQ(client.ask(kGet).body, "hello");
}

TEST(Server, HeadKeepsALengthThatTheHandlerStates) {
    const auto handler = [](Request&) -> asio::awaitable<Response> {
        Response response;
        response.set("Content-Length", "123456789012");
        co_return response;
    };
    RunningServer server(handler);
    RawClient client(server.port());
    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client.read_answer(true).header("Content-Length"), "123456789012");
    EXPECT_EQ(client.ask(kGet).header("Content-Length"), "0");
}

TEST(Server, AnswersWithoutBodyHaveNoLength) {
    for (const unsigned status : {204U, 304U}) {
        const auto handler = [status](Request&) -> asio::awaitable<Response> {
            co_return Response{.status = status, .headers = {}, .body = "not sent"};
        };
        RunningServer server(handler);
        RawClient client(server.port());
        EXPECT_EQ(client.ask(kGet).header("Content-Length"), "");
        EXPECT_EQ(client.ask(kGet).status, status);
    }
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
    const auto target = [](Request& request) -> asio::awaitable<Response> {
        Response response;
        response.body = request.target;
        co_return response;
    };
    RunningServer server(target);
    RawClient client(server.port());
    std::string requests;
    for (int i = 0; i < 200; ++i) {
        requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }
    client.send("\r\n" + requests);
    for (int i = 0; i < 200; ++i) EXPECT_EQ(client.read_answer().body, "/" + std::to_string(i));
}

TEST(Server, AnswersARequestThatComesByteByByte) {
    RunningServer server(echo);
    RawClient client(server.port());
    for (const char c : std::string("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")) {
        client.send(std::string_view(&c, 1));
    }
    EXPECT_EQ(client.read_answer().body, "abc");
}

TEST(Server, ClosesWhenAsked) {
    RunningServer server(always("x"));
    RawClient client(server.port());
    EXPECT_EQ(
        client.ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").header("Connection"),
        "close");
    EXPECT_TRUE(client.sees_close());
}

TEST(Server, Http10ClosesUnlessAskedNotTo) {
    RunningServer server(always("x"));
    RawClient plain(server.port());
    EXPECT_EQ(plain.ask("GET / HTTP/1.0\r\n\r\n").body, "x");
    EXPECT_TRUE(plain.sees_close());
    RawClient kept(server.port());
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(kept.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").header("Connection"),
                  "keep-alive");
    }
}

TEST(Server, AHandlerThatThrowsAnswers500AndIsLogged) {
    const auto handler = [](Request&) -> asio::awaitable<Response> {
        throw std::runtime_error("out of luck");
        co_return Response{};
    };
    RunningServer server(handler);
    RawClient client(server.port());
    for (int i = 0; i < 2; ++i) {
        const auto answer = client.ask(kGet);
        EXPECT_EQ(answer.status, 500U);
        EXPECT_THAT(answer.body, HasSubstr(answer.header("x-request-id")));
    }
    EXPECT_THAT(server.log_text(), HasSubstr(R"("error":"out of luck")"));
}

TEST(Server, AHeaderThatWouldSplitTheAnswerIsNeverSent) {
    const auto handler = [](Request&) -> asio::awaitable<Response> {
        Response response;
        response.set("location", "/x\r\nSet-Cookie: a=b");
        co_return response;
    };
    RunningServer server(handler);
    RawClient client(server.port());
    const auto answer = client.ask(kGet);
    EXPECT_EQ(answer.status, 500U);
    EXPECT_THAT(answer.head, Not(HasSubstr("Set-Cookie")));
}

TEST(Server, FramingHeadersOfAHandlerAreItsOwnBusiness) {
    const auto handler = [](Request&) -> asio::awaitable<Response> {
        Response response;
        response.set("Content-Length", "99").set("Transfer-Encoding", "chunked");
        response.set("Connection", "close").set("server", "other").set("X-Request-Id", "mine");
        response.body = "abc";
        co_return response;
    };
    RunningServer server(handler);
    RawClient client(server.port());
    for (int i = 0; i < 2; ++i) {
        const auto answer = client.ask(kGet);
        EXPECT_EQ(answer.body, "abc");
        EXPECT_EQ(answer.header("Content-Length"), "3");
        EXPECT_EQ(answer.header("server"), "other");
        EXPECT_EQ(answer.header("Server"), "");
        EXPECT_EQ(answer.header("X-Request-Id"), "");
    }
}

TEST(Server, CountsAndLogsByRoute) {
    Router router;
    const auto reply = [](Request&, const PathParameters&) -> asio::awaitable<Response> {
        co_return Response{.status = 200, .headers = {}, .body = ""};
    };
    router.add(boost::beast::http::verb::get, "/jobs/{job_id}", reply);
    router.add(boost::beast::http::verb::post, "/jobs/{job_id}", reply);
    ServerLimits limits;
    limits.linger_timeout = 20ms;
    RunningServer server([&router](Request& request) { return router.dispatch(request); }, limits);
    RawClient client(server.port());
    client.ask("GET /jobs/1?token=secret HTTP/1.1\r\nHost: a\r\n\r\n");
    client.ask("POST /jobs/2?token=secret HTTP/1.1\r\nHost: a\r\n\r\n");
    client.ask("GET /nothing HTTP/1.1\r\nHost: a\r\nX-Request-Id: id-1\r\n\r\n");
    client.ask("bad\r\n\r\n");
    server.stop(std::chrono::steady_clock::now() + kTestTimeout);
    const auto shown = server.metrics().expose();
    EXPECT_THAT(shown, HasSubstr("{route=\"/jobs/{job_id}\",status=\"200\"} 2"));
    EXPECT_THAT(shown, HasSubstr("{route=\"unmatched\",status=\"404\"} 1"));
    EXPECT_THAT(shown, HasSubstr("{route=\"unmatched\",status=\"400\"} 1"));
    const auto log = server.log_text();
    EXPECT_THAT(log, Not(HasSubstr("secret")));
    EXPECT_THAT(log, Not(HasSubstr("/jobs/1"))) << "reads that succeed are logged as debug";
    EXPECT_THAT(log, HasSubstr(R"("method":"POST","path":"/jobs/2","route":"/jobs/{job_id}",)"
                               R"("status":200,"duration_ms":)"));
    EXPECT_THAT(log, HasSubstr(R"("status":404)"));
    EXPECT_THAT(log, HasSubstr(R"("request_id":"id-1")"));
    EXPECT_THAT(log, HasSubstr(R"("method":"","path":"","route":"unmatched","status":400)"));
}

TEST(Server, LogsWhyItFailedAndTellsNobodyElse) {
    RunningServer server([](Request&) -> boost::asio::awaitable<Response> {
        auto response = detail_response(503, "come back later");
        response.failure = "the disk is full";
        co_return response;
    });
    RawClient client(server.port());
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto answer = client.read_answer();
    EXPECT_EQ(answer.body, R"({"detail":"come back later"})");
    EXPECT_THAT(answer.head, Not(HasSubstr("disk")));
    server.stop(std::chrono::steady_clock::now() + kTestTimeout);
    EXPECT_THAT(server.log_text(), HasSubstr(R"("error":"the disk is full")"));
}

TEST(Server, GivesHandlersADeadline) {
    const auto handler = [](Request& request) -> asio::awaitable<Response> {
        const auto left = request.deadline - std::chrono::steady_clock::now();
        Response response;
        response.body = left > 9s && left <= 10s ? "ten seconds" : "something else";
        co_return response;
    };
    RunningServer server(handler);
    EXPECT_EQ(RawClient(server.port()).ask(kGet).body, "ten seconds");
}

// Stopping.

TEST(ServerStop, ClosesIdleConnectionsAtOnceAndListensNoMore) {
    RunningServer server(always("x"));
    RawClient fresh(server.port());
    RawClient used(server.port());
    used.ask(kGet);
    server.stop(std::chrono::steady_clock::now() + 1h);
    EXPECT_TRUE(used.sees_close());
    EXPECT_TRUE(fresh.sees_close());
    EXPECT_EQ(server.server().connections(), 0U);
    const int late = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_NE(connect(late, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    close(late);
}

/// A handler that tells when it runs and answers when it may.
struct Held {
    explicit Held(asio::io_context& io) : gate(io, asio::steady_timer::time_point::max()) {}
    asio::steady_timer gate;
    Signal running;
    Signal left;

    asio::awaitable<Response> answer() {
        struct Leave {
            Signal& signal;
            ~Leave() { signal.set(); }
        };
        const Leave leave{left};
        running.set();
        auto waiting = gate.async_wait(asio::as_tuple(asio::deferred));
        co_await std::move(waiting);
        Response response;
        response.body = "late";
        co_return response;
    }
};

TEST(ServerStop, LetsARequestUnderWayFinish) {
    Held* held = nullptr;
    RunningServer server([&held](Request&) { return held->answer(); });
    Held holding(server.io());
    held = &holding;
    RawClient client(server.port());
    client.send(kGet);
    ASSERT_TRUE(held->running.wait());
    auto stopping = asio::co_spawn(
        server.io(), server.server().stop(std::chrono::steady_clock::now() + 1h), asio::use_future);
    asio::post(server.io(), [&holding] { holding.gate.cancel(); });
    const auto answer = client.read_answer();
    EXPECT_EQ(answer.body, "late");
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_TRUE(client.sees_close());
    EXPECT_EQ(stopping.wait_for(kTestTimeout), std::future_status::ready);
}

TEST(ServerStop, ForcesAfterItsDeadline) {
    Held* held = nullptr;
    RunningServer server([&held](Request&) { return held->answer(); });
    Held holding(server.io());
    held = &holding;
    RawClient client(server.port());
    client.send(kGet);
    ASSERT_TRUE(held->running.wait());
    server.stop(std::chrono::steady_clock::now() + 20ms);
    EXPECT_TRUE(held->left.wait()) << "the handler was cancelled";
    EXPECT_TRUE(client.sees_close());
    EXPECT_EQ(server.server().connections(), 0U);
}

}  // namespace
}  // namespace ingestor::http
