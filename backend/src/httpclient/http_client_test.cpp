#include "httpclient/http_client.hpp"

#include <cstdlib>
#include <future>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "async/testing/spawned_task.hpp"
#include "httpclient/testing/scripted_server.hpp"

namespace ingestor::httpclient {
namespace {

using namespace std::chrono_literals;
using testing::ScriptedServer;
using Answer = ScriptedServer::Answer;
using Ending = ScriptedServer::Ending;
using Request = ScriptedServer::Request;

/// A file without a name, gone with the test.
class MemoryFile {
public:
    explicit MemoryFile(std::string_view content = {}) : fd_(::memfd_create("test", MFD_CLOEXEC)) {
        EXPECT_EQ(::pwrite(fd_, content.data(), content.size(), 0),
                  static_cast<ssize_t>(content.size()));
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() { ::close(fd_); }

    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] std::string content() const {
        std::string bytes(1 << 20, '\0');
        bytes.resize(static_cast<std::size_t>(::pread(fd_, bytes.data(), bytes.size(), 0)));
        return bytes;
    }

private:
    int fd_;
};

Answer echo(const Request& request) {
    return {.headers = {{"Content-Type", "text/plain"}}, .body = request.body};
}

HttpCall post_to(const ScriptedServer& server, std::string body) {
    return {.method = "POST", .url = server.url() + "/echo", .body = std::move(body)};
}

TEST(HttpClient, TellsStatusHeadersAndBody) {
    ScriptedServer server([](const Request&) {
        return Answer{.status = 404,
                      .headers = {{"X-Mixed-Case", "  two words  "}, {"X-Empty", ""}},
                      .body = "not here"};
    });
    HttpClient http;
    const auto reply = http.send_and_wait({.url = server.url() + "/a?b=c"});
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->status, 404);
    EXPECT_EQ(reply->header("x-mixed-case"), "two words");
    EXPECT_EQ(reply->header("x-empty"), "");
    EXPECT_EQ(reply->body, "not here");
    EXPECT_EQ(reply->bytes_received, 8U);
    EXPECT_EQ(server.requests().at(0).target, "/a?b=c");
}

TEST(HttpClient, SendsPathsAsTheyAre) {
    ScriptedServer server(echo);
    HttpClient http;
    ASSERT_TRUE(http.send_and_wait({.url = server.url() + "/b/../../etc//x/./%2E"}));
    EXPECT_EQ(server.requests().at(0).target, "/b/../../etc//x/./%2E");
}

TEST(HttpClient, SendsTheHeadersItWasGivenAndNoneThatAreSignedByNobody) {
    ScriptedServer server(echo);
    HttpClient http;
    auto call = post_to(server, std::string(2'000'000, 'x'));
    call.headers = {{"x-one", "1"}, {"x-empty", ""}};
    ASSERT_TRUE(http.send_and_wait(call));
    const auto request = server.requests().at(0);
    EXPECT_EQ(request.header("x-one"), "1");
    EXPECT_TRUE(request.has_header("x-empty"));
    EXPECT_EQ(request.header("x-empty"), "");
    EXPECT_FALSE(request.has_header("content-type"));
    EXPECT_FALSE(request.has_header("expect"));
    EXPECT_EQ(request.header("content-length"), "2000000");
}

TEST(HttpClient, AHeadHasHeadersAlone) {
    ScriptedServer server([](const Request&) { return Answer{.body = "twelve bytes"}; });
    HttpClient http;
    const auto reply = http.send_and_wait({.method = "HEAD", .url = server.url()});
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->header("content-length"), "12");
    EXPECT_EQ(reply->body, "");
}

TEST(HttpClient, HeadersOfAnInterimAnswerAreNotThoseOfTheAnswer) {
    ScriptedServer server([](const Request&) {
        return Answer{.headers = {{"x-of", "answer"}},
                      .preface = "HTTP/1.1 103 Early Hints\r\nx-of: hint\r\nlink: </a>\r\n\r\n"};
    });
    HttpClient http;
    const auto reply = http.send_and_wait({.url = server.url()});
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->header("x-of"), "answer");
    EXPECT_EQ(reply->header("link"), "");
}

TEST(HttpClient, FollowsNoRedirect) {
    ScriptedServer server([](const Request&) {
        return Answer{.status = 302, .headers = {{"Location", "/elsewhere"}}};
    });
    HttpClient http;
    EXPECT_EQ(http.send_and_wait({.url = server.url()}).value().status, 302);
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST(HttpClient, KeepsAConnectionForFurtherRequests) {
    ScriptedServer server(echo);
    HttpClient http;
    for (const auto* body : {"one", "two", "three"}) {
        EXPECT_EQ(http.send_and_wait(post_to(server, body)).value().body, body);
    }
    EXPECT_EQ(server.connections(), 1U);
}

TEST(HttpClient, KeepsTheConnectionsOfABurstForTheNext) {
    constexpr std::size_t kAtOnce = 12;
    ScriptedServer server(echo);
    HttpClient http;
    boost::asio::io_context io;
    for (int burst = 0; burst < 5; ++burst) {
        std::vector<async::testing::SpawnedTask<Result<HttpReply>>> tasks;
        for (std::size_t i = 0; i < kAtOnce; ++i)
            tasks.emplace_back(io, http.send(post_to(server, "x")));
        io.restart();
        io.run();
        for (auto& task : tasks) EXPECT_TRUE(task.get());
        // One after the other: fewer transfers at a time than connections.
        ASSERT_TRUE(http.send_and_wait(post_to(server, "x")));
    }
    EXPECT_LE(server.connections(), kAtOnce);
}

TEST(HttpClient, SendsAgainWhatAKeptConnectionDiedOf) {
    ScriptedServer server([](const Request& request) {
        // The second request on the first connection: it was dead without showing it.
        if (request.number == 2) return Answer{.ending = Ending::none};
        return echo(request);
    });
    HttpClient http;
    ASSERT_TRUE(http.send_and_wait(post_to(server, "first")));
    const MemoryFile file("0123456789");
    const auto reply =
        http.send_and_wait({.method = "PUT",
                            .url = server.url(),
                            .body_file = {.fd = file.fd(), .offset = 2, .length = 5}});
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->body, "23456");
    EXPECT_EQ(server.connections(), 2U);
}

TEST(HttpClient, AConnectionThatEndsWithoutAnAnswerIsUnavailable) {
    ScriptedServer server([](const Request&) { return Answer{.ending = Ending::none}; });
    HttpClient http;
    EXPECT_EQ(http.send_and_wait({.url = server.url()}).error().code, Errc::unavailable);
}

TEST(HttpClient, AnAnswerThatIsCutIsUnavailable) {
    ScriptedServer server(
        [](const Request&) { return Answer{.body = "whole", .ending = Ending::cut}; });
    HttpClient http;
    EXPECT_EQ(http.send_and_wait({.url = server.url()}).error().code, Errc::unavailable);
}

TEST(HttpClient, ARefusedConnectionIsUnavailableAndNamesTheOriginAlone) {
    HttpClient http;
    const auto nobody = testing::url_of_nobody();
    const auto reply = http.send_and_wait({.url = nobody + "/path?X-Amz-Signature=secret"});
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, Errc::unavailable);
    EXPECT_THAT(reply.error().message, ::testing::StartsWith(nobody + ": "));
    EXPECT_THAT(reply.error().message, ::testing::Not(::testing::HasSubstr("secret")));
}

TEST(HttpClient, TakesOnlyUrlsOfHttp) {
    HttpClient http;
    for (const auto* url : {"", "no url", "ftp://127.0.0.1/", "file:///etc/passwd"}) {
        EXPECT_EQ(http.send_and_wait({.url = url}).error().code, Errc::invalid_argument) << url;
    }
}

TEST(HttpClient, NoAnswerInTimeIsTimedOut) {
    ScriptedServer server([](const Request&) { return Answer{.ending = Ending::silent}; });
    HttpClient http;
    const auto reply = http.send_and_wait({.url = server.url(), .total_timeout = 50ms});
    EXPECT_EQ(reply.error().code, Errc::timed_out);
}

TEST(HttpClient, ATransferInWhichNothingMovesIsTimedOut) {
    ScriptedServer server([](const Request&) { return Answer{.ending = Ending::silent}; });
    HttpClient http;
    const auto reply = http.send_and_wait({.url = server.url(), .stall_timeout = 1s});
    EXPECT_EQ(reply.error().code, Errc::timed_out);
}

TEST(HttpClient, AnAnswerOverItsLimitIsTooLarge) {
    ScriptedServer server(echo);
    HttpClient http;
    auto call = post_to(server, std::string(1000, 'x'));
    call.answer_bytes_max = 1000;
    EXPECT_EQ(http.send_and_wait(call).value().body.size(), 1000U);
    call.answer_bytes_max = 999;
    EXPECT_EQ(http.send_and_wait(call).error().code, Errc::too_large);
}

TEST(HttpClient, WritesAnAnswerToAFileFromItsStart) {
    ScriptedServer server(echo);
    HttpClient http;
    const MemoryFile file("old and longer");
    auto call = post_to(server, "new");
    call.answer_fd = file.fd();
    call.answer_bytes_max = 1;
    const auto reply = http.send_and_wait(call);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->body, "");
    EXPECT_EQ(reply->bytes_received, 3U);
    EXPECT_EQ(file.content(), "new and longer");
}

TEST(HttpClient, ARefusalDoesNotGoToTheFile) {
    ScriptedServer server([](const Request&) { return Answer{.status = 403, .body = "<Error/>"}; });
    HttpClient http;
    const MemoryFile file;
    const auto reply = http.send_and_wait({.url = server.url(), .answer_fd = file.fd()});
    EXPECT_EQ(reply.value().body, "<Error/>");
    EXPECT_EQ(file.content(), "");
}

TEST(HttpClient, AnEmptyBodyIsSentAsOne) {
    ScriptedServer server(echo);
    HttpClient http;
    for (const auto* method : {"PUT", "POST"}) {
        ASSERT_TRUE(http.send_and_wait({.method = method, .url = server.url()}));
    }
    const MemoryFile file;
    ASSERT_TRUE(
        http.send_and_wait({.method = "PUT", .url = server.url(), .body_file = {.fd = file.fd()}}));
    for (const auto& request : server.requests()) {
        EXPECT_EQ(request.header("content-length"), "0") << request.method;
    }
}

TEST(HttpClient, TellsTheProgressOfAnUpload) {
    ScriptedServer server(echo);
    HttpClient http;
    const MemoryFile file(std::string(500'000, 'x'));
    std::uint64_t most = 0;
    HttpCall call{.method = "PUT",
                  .url = server.url(),
                  .body_file = {.fd = file.fd(), .length = 500'000},
                  .on_progress = [&](std::uint64_t sent, std::uint64_t) { most = sent; }};
    ASSERT_TRUE(http.send_and_wait(std::move(call)));
    EXPECT_EQ(most, 500'000U);
}

TEST(HttpClient, AFileThatEndsEarlyIsUnavailable) {
    ScriptedServer server(echo);
    HttpClient http;
    const MemoryFile file("short");
    const auto reply = http.send_and_wait(
        {.method = "PUT", .url = server.url(), .body_file = {.fd = file.fd(), .length = 6}});
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, Errc::unavailable);
    EXPECT_THAT(reply.error().message, ::testing::HasSubstr("cannot be read"));
}

TEST(HttpClient, ResumesACoroutineWhereItRan) {
    ScriptedServer server(echo);
    HttpClient http;
    boost::asio::io_context io;
    auto ask = [](HttpClient& client, HttpCall call) -> boost::asio::awaitable<std::thread::id> {
        const auto reply = co_await client.send(std::move(call));
        EXPECT_EQ(reply.value().body, "hello");
        co_return std::this_thread::get_id();
    };
    EXPECT_EQ(async::testing::run_to_end(io, ask(http, post_to(server, "hello"))),
              std::this_thread::get_id());
}

TEST(HttpClient, ItsEndCancelsWhatIsUnderWay) {
    ScriptedServer server([](const Request&) { return Answer{.ending = Ending::silent}; });
    std::optional<HttpClient> http(std::in_place,
                                   HttpClient::Options{.connections_to_host_max = 1});
    boost::asio::io_context io;
    // One has a connection, one waits for it.
    async::testing::SpawnedTask<Result<HttpReply>> first(io, http->send({.url = server.url()}));
    async::testing::SpawnedTask<Result<HttpReply>> second(io, http->send({.url = server.url()}));
    io.poll();
    server.wait_for_requests(1);
    http.reset();
    io.run();
    EXPECT_EQ(first.get().error().code, Errc::cancelled);
    EXPECT_EQ(second.get().error().code, Errc::cancelled);
}

TEST(HttpClient, ServesManyThreadsAtOnce) {
    ScriptedServer server(echo);
    HttpClient http(HttpClient::Options{.connections_to_host_max = 4});
    std::vector<std::future<int>> threads;
    for (int thread = 0; thread < 8; ++thread) {
        auto ask = [&, thread] {
            int right = 0;
            for (int i = 0; i < 25; ++i) {
                const auto body = std::to_string(thread) + '/' + std::to_string(i);
                const auto reply = http.send_and_wait(post_to(server, body));
                if (reply && reply->body == body) ++right;
            }
            return right;
        };
        threads.push_back(std::async(std::launch::async, ask));
    }
    for (auto& thread : threads) EXPECT_EQ(thread.get(), 25);
    EXPECT_LE(server.connections(), 4U);
}

TEST(HttpClient, AsksThisMachineWithoutAProxy) {
    ScriptedServer server(echo);
    const auto nobody = testing::url_of_nobody();
    ::setenv("http_proxy", nobody.c_str(), 1);
    HttpClient http;
    const auto direct = http.send_and_wait({.url = server.url()});
    const auto proxied = http.send_and_wait({.url = "http://a.example/"});
    ::unsetenv("http_proxy");
    EXPECT_TRUE(direct) << direct.error().message;
    ASSERT_FALSE(proxied);
    const auto port = nobody.substr(nobody.rfind(':') + 1);
    EXPECT_THAT(proxied.error().message, ::testing::HasSubstr(port));
}

}  // namespace
}  // namespace ingestor::httpclient
