#include "httpclient/guarded_caller.hpp"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "httpclient/testing/scripted_server.hpp"

namespace ingestor::httpclient {
namespace {

using namespace std::chrono_literals;
using testing::ScriptedServer;
using Answer = ScriptedServer::Answer;
using Request = ScriptedServer::Request;

AddressFilter loopback() {
    return *AddressFilter::parse({"127.0.0.0/8", "::1"});
}

Result<ports::IncomingAnswer> call(AddressFilter filter, ports::OutgoingRequest request) {
    GuardedCaller caller(std::move(filter), "");
    boost::asio::io_context io;
    return async::testing::run_to_end(io, caller.call(std::move(request)));
}

TEST(GuardedCaller, TellsStatusHeadersAndBody) {
    ScriptedServer server([](const Request& request) {
        return Answer{.status = 503, .headers = {{"Retry-After", "7"}}, .body = request.body};
    });
    const auto answer = call(loopback(), {.method = "PATCH",
                                          .url = server.url() + "/a?b=c",
                                          .headers = {{"X-Key", "value"}},
                                          .body = "hello"});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 503);
    EXPECT_EQ(answer->header("retry-after"), "7");
    EXPECT_EQ(answer->body, "hello");
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), 1U);
    EXPECT_EQ(requests[0].method, "PATCH");
    EXPECT_EQ(requests[0].target, "/a?b=c");
    EXPECT_EQ(requests[0].header("x-key"), "value");
}

TEST(GuardedCaller, ConnectsToNoPrivateAddressByWhateverName) {
    ScriptedServer server([](const Request&) { return Answer{}; });
    const auto port = server.url().substr(server.url().rfind(':'));
    for (const std::string host :
         {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0"}) {
        const auto answer = call({}, {.url = "https://" + host + port});
        ASSERT_FALSE(answer) << host;
        EXPECT_EQ(answer.error().code, Errc::permission_denied) << host << answer.error().message;
        EXPECT_THAT(answer.error().message, ::testing::HasSubstr("private address"));
    }
    EXPECT_EQ(server.connections(), 0U);
}

TEST(GuardedCaller, SendsNoPlainHttpToPublicAddresses) {
    const auto answer = call(loopback(), {.url = "http://1.1.1.1/"});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Errc::permission_denied);
    EXPECT_THAT(answer.error().message, ::testing::HasSubstr("plain HTTP"));
}

TEST(GuardedCaller, FollowsNoRedirect) {
    ScriptedServer server([&server](const Request&) {
        return Answer{.status = 302, .headers = {{"Location", server.url() + "/further"}}};
    });
    const auto answer = call(loopback(), {.url = server.url() + "/first"});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 302);
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST(GuardedCaller, UsesNoProxyOfTheEnvironment) {
    ScriptedServer server([](const Request&) { return Answer{}; });
    ::setenv("http_proxy", server.url().c_str(), 1);
    ::setenv("https_proxy", server.url().c_str(), 1);
    const auto answer = call(loopback(), {.url = "http://1.1.1.1/"});
    ::unsetenv("http_proxy");
    ::unsetenv("https_proxy");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Errc::permission_denied);
    EXPECT_EQ(server.connections(), 0U);
}

TEST(GuardedCaller, CutsALongAnswer) {
    ScriptedServer server([](const Request&) { return Answer{.body = std::string(1 << 20, 'x')}; });
    const auto answer = call(loopback(), {.url = server.url()});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, std::string(64 << 10, 'x'));
}

TEST(GuardedCaller, ReadsNoMoreOfAnAnswerThanItKeeps) {
    ScriptedServer server([](const Request&) {
        return Answer{.status = 202, .body = std::string(std::size_t{32} << 20, 'x')};
    });
    const auto answer = call(loopback(), {.url = server.url()});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 202);
    EXPECT_EQ(answer->body.size(), std::size_t{64} << 10);
}

TEST(GuardedCaller, LetsNoRequestWaitForAnotherToTheSameHost) {
    constexpr std::size_t kAtOnce = 100;
    std::atomic<std::size_t> under_way = 0;
    ScriptedServer server([&](const Request&) {
        ++under_way;
        return Answer{.ending = ScriptedServer::Ending::silent};
    });
    // The caller goes first: what it still has under way it ends on `io`.
    boost::asio::io_context io;
    GuardedCaller caller(loopback(), "");
    std::vector<async::testing::SpawnedTask<Result<ports::IncomingAnswer>>> calls;
    for (std::size_t n = 0; n < kAtOnce; ++n) {
        calls.emplace_back(io, caller.call({.url = server.url(), .time_max = 20s}));
    }
    std::jthread runner([&io] { io.run_for(5s); });
    server.wait_for_requests(kAtOnce);
    EXPECT_EQ(under_way, kAtOnce);
    io.stop();
}

TEST(GuardedCaller, GivesUpAtItsTimeLimit) {
    ScriptedServer server(
        [](const Request&) { return Answer{.ending = ScriptedServer::Ending::silent}; });
    const auto answer = call(loopback(), {.url = server.url(), .time_max = 50ms});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Errc::timed_out);
}

TEST(GuardedCaller, RefusesHeadersThatWouldBecomeOthers) {
    ScriptedServer server([](const Request&) { return Answer{}; });
    const ports::HttpHeaders bad[] = {{{"X-A", "b\r\nX-Evil: 1"}},
                                      {{"X-A", std::string("b\0c", 3)}},
                                      {{"X A", "b"}},
                                      {{"X-A:", "b"}},
                                      {{"", "b"}}};
    for (const auto& headers : bad) {
        const auto answer = call(loopback(), {.url = server.url(), .headers = headers});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, Errc::invalid_argument);
    }
    EXPECT_EQ(server.connections(), 0U);
}

}  // namespace
}  // namespace ingestor::httpclient
