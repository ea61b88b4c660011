// What a client may cost the server: each limit at its edge, over real sockets.
#include <algorithm>
#include <cerrno>
#include <list>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/server_fixture.hpp"

namespace ingestor::http {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

std::string post(std::size_t length) {
    return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

std::string chunk(std::size_t length) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.begin(), digits.end(), length, 16).ptr;
    return std::string(digits.begin(), end) + "\r\n" + std::string(length, 'x') + "\r\n";
}

constexpr std::string_view kChunkedPost =
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Reads the body under the server's own limit; answers with how much came, or the error's name.
asio::awaitable<Response> measure(Request& request) {
    std::array<char, 4096> piece{};
    std::size_t total = 0;
    Response response;
    while (true) {
        const auto count = co_await request.body->read_some(piece);
        if (!count) {
            response.body = std::string(to_string(count.error().code));
            co_return response;
        }
        if (*count == 0) break;
        total += *count;
    }
    response.body = std::to_string(total);
    co_return response;
}

/// As measure, but takes every error for its own fault.
asio::awaitable<Response> clumsy(Request& request) {
    auto response = co_await measure(request);
    const bool failed = std::get<std::string>(response.body).find_first_of("0123456789") != 0;
    if (failed) co_return detail_response(500, "something failed");
    co_return response;
}

ServerLimits small() {
    ServerLimits limits;
    limits.body_bytes_max = 1000;
    limits.drain_bytes_max = 500;
    limits.linger_timeout = 100ms;
    return limits;
}

struct RefusalCase {
    const char* name;
    std::string request;
    unsigned status;
};

const RefusalCase kRefusals[] = {
    {"Malformed", "nonsense\r\n\r\n", 400},
    {"LongTarget", "GET /" + std::string(8192, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
    {"LongHead", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(16384, 'a') + "\r\n\r\n", 431},
    {"UnknownCoding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
     501},
    {"OtherVersion", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
};

class Refusal : public testing::TestWithParam<RefusalCase> {};
TEST_P(Refusal, IsJsonAndCloses) {
    const auto& row = GetParam();
    RunningServer server(always("x"), small());
    RawClient client(server.port());
    // What follows must not be taken for a request.
    client.send(row.request + std::string(kGet));
    const auto answer = client.read_answer();
    EXPECT_EQ(answer.status, row.status);
    EXPECT_EQ(answer.header("content-type"), "application/json");
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_NE(answer.header("x-request-id"), "");
    EXPECT_THAT(answer.body, testing::StartsWith(R"({"detail":")"));
    EXPECT_TRUE(client.sees_close());
}
INSTANTIATE_TEST_SUITE_P(ServerLimits, Refusal, testing::ValuesIn(kRefusals),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ServerLimits, ABodyAtItsLimitIsRead) {
    RunningServer server(measure, small());
    RawClient client(server.port());
    EXPECT_EQ(client.ask(post(1000) + std::string(1000, 'x')).body, "1000");
    EXPECT_EQ(client.ask(std::string(kChunkedPost) + chunk(400) + chunk(600) + "0\r\n\r\n").body,
              "1000");
}

TEST(ServerLimits, AnAnnouncedLengthOverTheLimitIsRefusedUnread) {
    RunningServer server(measure, small());
    RawClient client(server.port());
    const auto answer = client.ask(post(1001));
    EXPECT_EQ(answer.body, "too_large");
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_TRUE(client.sees_close());
}

TEST(ServerLimits, AChunkedBodyOverTheLimitIsRefused) {
    RunningServer server(measure, small());
    RawClient client(server.port());
    EXPECT_EQ(client.ask(std::string(kChunkedPost) + chunk(1000) + chunk(1)).body, "too_large");
    EXPECT_TRUE(client.sees_close());
}

TEST(ServerLimits, AHandlerMayRaiseTheLimit) {
    const auto handler = [](Request& request) -> asio::awaitable<Response> {
        request.body->set_limit(5000);
        return measure(request);
    };
    RunningServer server(handler, small());
    RawClient client(server.port());
    EXPECT_EQ(client.ask(post(5000) + std::string(5000, 'x')).body, "5000");
    EXPECT_EQ(client.ask(post(5001)).body, "too_large");
}

TEST(ServerLimits, ReadAllHasItsOwnLimit) {
    const auto handler = [](Request& request) -> asio::awaitable<Response> {
        const auto body = co_await request.body->read_all(3000);
        Response response;
        response.body =
            body ? std::to_string(body->size()) : std::string(to_string(body.error().code));
        co_return response;
    };
    RunningServer server(handler, small());
    RawClient client(server.port());
    EXPECT_EQ(client.ask(post(0)).body, "0");
    EXPECT_EQ(client.ask(post(3000) + std::string(3000, 'x')).body, "3000");
    EXPECT_EQ(client.ask(std::string(kChunkedPost) + chunk(3000) + "0\r\n\r\n").body, "3000");
    EXPECT_EQ(client.ask(std::string(kChunkedPost) + chunk(3001) + "0\r\n\r\n").body, "too_large");
}

TEST(ServerLimits, AFaultOfTheClientIsNotAnsweredAsOneOfTheServer) {
    RunningServer server(clumsy, small());
    EXPECT_EQ(RawClient(server.port()).ask(post(1001)).status, 413U);
    EXPECT_EQ(RawClient(server.port()).ask(std::string(kChunkedPost) + "nonsense\r\n").status,
              400U);
}

TEST(ServerLimits, ALittleUnreadBodyIsDroppedAndTheConnectionKept) {
    RunningServer server(always("x"), small());
    RawClient client(server.port());
    client.send(post(500) + std::string(500, 'y') + std::string(kGet));
    client.send(std::string(kChunkedPost) + chunk(500) + "0\r\n\r\n" + std::string(kGet));
    for (int i = 0; i < 4; ++i) EXPECT_EQ(client.read_answer().body, "x") << i;
}

TEST(ServerLimits, AMuchUnreadBodyClosesTheConnection) {
    RunningServer server(always("x"), small());
    RawClient announced(server.port());
    announced.send(post(501) + std::string(501, 'y') + std::string(kGet));
    EXPECT_EQ(announced.read_answer().header("Connection"), "close");
    EXPECT_TRUE(announced.sees_close());
    RawClient chunked(server.port());
    chunked.send(std::string(kChunkedPost) + chunk(501) + "0\r\n\r\n" + std::string(kGet));
    EXPECT_EQ(chunked.read_answer().body, "x");
    EXPECT_TRUE(chunked.sees_close());
}

TEST(ServerLimits, AClientThatStillSendsGetsItsAnswer) {
    ServerLimits limits;
    limits.linger_timeout = kTestTimeout;
    RunningServer server(always("no"), limits);
    RawClient client(server.port());
    const auto bytes = static_cast<std::size_t>(limits.linger_bytes_max) - 1;
    client.send(post(bytes));
    client.send(std::string(bytes, 'x'));
    EXPECT_EQ(client.read_answer().body, "no");
}

TEST(ServerLimits, AClientThatNeverEndsItsBodyIsReset) {
    ServerLimits limits;
    limits.linger_timeout = kTestTimeout;
    limits.linger_bytes_max = 64 << 10;
    RunningServer server(always("no"), limits);
    RawClient client(server.port());
    client.send(std::string(kChunkedPost));
    const auto piece = chunk(60'000);
    // What both sockets hold is far less.
    constexpr std::size_t kBytesMax = std::size_t{1} << 30;
    std::size_t sent = 0;
    while (sent < kBytesMax &&
           ::send(client.descriptor(), piece.data(), piece.size(), MSG_NOSIGNAL) > 0) {
        sent += piece.size();
    }
    EXPECT_LT(sent, kBytesMax);
    EXPECT_TRUE(errno == ECONNRESET || errno == EPIPE) << errno;
}

/// Begins to answer, and goes on until the client has gone.
asio::awaitable<Response> endless(Request&) {
    Response response;
    response.body = StreamBody([](ResponseWriter& writer) -> asio::awaitable<void> {
        asio::steady_timer pause(co_await asio::this_coro::executor);
        while (co_await writer.write("x")) {
            pause.expires_after(5ms);
            auto waiting = pause.async_wait(asio::as_tuple(asio::deferred));
            co_await std::move(waiting);
        }
    });
    co_return response;
}

TEST(ServerLimits, OneConnectionTooManyIsAnswered503WhereAllAreAtWork) {
    ServerLimits limits = small();
    limits.connections_max = 2;
    RunningServer server(endless, limits);
    RawClient first(server.port());
    first.send(kGet);
    EXPECT_TRUE(first.fill());
    {
        RawClient second(server.port());
        second.send(kGet);
        EXPECT_TRUE(second.fill());
        RawClient third(server.port());
        EXPECT_EQ(third.ask(kGet).status, 503U);
        EXPECT_TRUE(third.sees_close());
    }
    // Room again, once the server has seen the others go.
    const auto latest = std::chrono::steady_clock::now() + kTestTimeout;
    unsigned status = 503;
    while (status == 503 && std::chrono::steady_clock::now() < latest) {
        RawClient next(server.port());
        next.send(kGet);
        // The request may meet a connection that has been refused and closed already.
        if (!next.fill()) continue;
        status = next.take(12) == "HTTP/1.1 200" ? 200 : 503;
    }
    EXPECT_EQ(status, 200U);
}

TEST(ServerLimits, WhereRoomIsShortIdleConnectionsEndForNewOnes) {
    ServerLimits limits = small();
    limits.connections_max = 4;
    RunningServer server(always("x"), limits);
    std::list<RawClient> clients;
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(clients.emplace_back(server.port()).ask(kGet).status, 200U);
    }
    RawClient newcomer(server.port());
    EXPECT_EQ(newcomer.ask(kGet).status, 200U);
    EXPECT_TRUE(clients.front().sees_close());
    clients.pop_front();
    for (auto& client : clients) EXPECT_EQ(client.ask(kGet).status, 200U);
}

TEST(ServerLimits, WhoSendsNothingEndsForNewOnesToo) {
    ServerLimits limits = small();
    limits.connections_max = 4;
    limits.head_timeout = 1h;
    RunningServer server(always("x"), limits);
    std::list<RawClient> silent;
    for (int i = 0; i < 40; ++i) silent.emplace_back(server.port());
    RawClient newcomer(server.port());
    EXPECT_EQ(newcomer.ask(kGet).status, 200U);
}

TEST(ServerLimits, HalfReadHeadsOfAnAddressAreBounded) {
    ServerLimits limits = small();
    limits.partial_heads_per_address_max = 2;
    limits.head_timeout = 1h;
    RunningServer server(always("x"), limits);
    std::list<RawClient> slow;
    for (int i = 0; i < 3; ++i) slow.emplace_back(server.port()).send("GET / HT");
    // One of the three is ended, which one is up to the order in which their bytes came.
    std::array<pollfd, 3> ends{};
    std::ranges::transform(slow, ends.begin(), [](const RawClient& client) {
        return pollfd{.fd = client.descriptor(), .events = POLLIN, .revents = 0};
    });
    const auto timeout = std::chrono::milliseconds(kTestTimeout).count();
    EXPECT_EQ(poll(ends.data(), ends.size(), static_cast<int>(timeout)), 1);
    EXPECT_EQ(RawClient(server.port()).ask(kGet).status, 200U);
}

TEST(ServerLimits, SocketsAreNotInheritedByPrograms) {
    RunningServer server(always("x"));
    RawClient client(server.port());
    EXPECT_EQ(client.ask(kGet).status, 200U);
    int sockets = 0;
    for (int descriptor = 0; descriptor < 1024; ++descriptor) {
        sockaddr_in own{};
        socklen_t length = sizeof own;
        if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&own), &length) != 0) continue;
        if (own.sin_family != AF_INET || ntohs(own.sin_port) != server.port()) continue;
        ++sockets;
        EXPECT_NE(fcntl(descriptor, F_GETFD) & FD_CLOEXEC, 0) << descriptor;
    }
    EXPECT_EQ(sockets, 2) << "the listener and the connection";
}

TEST(ServerLimits, RequestsThatComeTogetherLeaveOthersTheirTurn) {
    asio::io_context* io = nullptr;
    int handled = 0;
    int handled_at_turn = 0;
    const auto handler = [&](Request&) -> asio::awaitable<Response> {
        if (++handled == 1) asio::post(*io, [&] { handled_at_turn = handled; });
        co_return Response{};
    };
    RunningServer server(handler);
    io = &server.io();
    RawClient client(server.port());
    std::string requests;
    for (int i = 0; i < 100; ++i) requests.append(kGet);
    client.send(requests);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(client.read_answer().status, 200U);
    EXPECT_GT(handled_at_turn, 0);
    EXPECT_LE(handled_at_turn, 20);
}

TEST(ServerLimits, ABodyThatIsThereAlreadyLeavesOthersTheirTurn) {
    asio::io_context* io = nullptr;
    int reads = 0;
    int reads_at_turn = 0;
    const auto handler = [&](Request& request) -> asio::awaitable<Response> {
        // Once all of it waits in the socket, no read has to.
        constexpr std::size_t kBytes = std::size_t{1} << 20;
        std::array<char, 1024> piece{};
        request.body->set_limit(kBytes);
        asio::post(*io, [&] { reads_at_turn = reads; });
        while (true) {
            const auto count = co_await request.body->read_some(piece);
            if (!count || *count == 0) break;
            ++reads;
        }
        co_return Response{};
    };
    RunningServer server(handler);
    io = &server.io();
    RawClient client(server.port());
    constexpr std::size_t kBytes = std::size_t{1} << 20;
    client.send(post(kBytes) + std::string(kBytes, 'x'));
    EXPECT_EQ(client.read_answer().status, 200U);
    EXPECT_GE(reads, 1024);
    EXPECT_LE(reads_at_turn, 20);
}

// Time.

/// Every limit long but the one that the test is about, which is short.
ServerLimits short_only(std::chrono::milliseconds ServerLimits::* one) {
    ServerLimits limits;
    limits.head_timeout = limits.idle_timeout = limits.body_stall_timeout = 1h;
    limits.write_stall_timeout = limits.linger_timeout = 1h;
    limits.rate_grace_period = limits.request_deadline = 1h;
    limits.*one = 50ms;
    return limits;
}

TEST(ServerTimeouts, AHeadThatDoesNotEndIsAnswered408) {
    auto limits = short_only(&ServerLimits::head_timeout);
    limits.linger_timeout = 50ms;
    RunningServer server(always("x"), limits);
    RawClient client(server.port());
    client.send("GET / HTTP/1.1\r\n");
    EXPECT_EQ(client.read_answer().status, 408U);
    EXPECT_TRUE(client.sees_close());
}

TEST(ServerTimeouts, AHeadThatTricklesInGetsNoMoreTime) {
    auto limits = short_only(&ServerLimits::head_timeout);
    limits.linger_timeout = 50ms;
    RunningServer server(always("x"), limits);
    RawClient client(server.port());
    EXPECT_EQ(client.ask(kGet).status, 200U);
    pollfd answer{.fd = client.descriptor(), .events = POLLIN, .revents = 0};
    client.send("GET / HTTP/1.1\r\nX: ");
    while (poll(&answer, 1, 5) == 0) client.send("x");
    EXPECT_EQ(client.read_answer().status, 408U);
}

TEST(ServerTimeouts, AConnectionThatSendsNothingIsClosedWithoutAWord) {
    RunningServer server(always("x"), short_only(&ServerLimits::head_timeout));
    RawClient client(server.port());
    EXPECT_TRUE(client.sees_close());
}

TEST(ServerTimeouts, AnIdleConnectionIsClosedWithoutAWord) {
    RunningServer server(always("x"), short_only(&ServerLimits::idle_timeout));
    RawClient client(server.port());
    EXPECT_EQ(client.ask(kGet).status, 200U);
    EXPECT_TRUE(client.sees_close());
}

TEST(ServerTimeouts, ABodyThatStallsIsAnswered408) {
    auto limits = short_only(&ServerLimits::body_stall_timeout);
    limits.linger_timeout = 50ms;
    RunningServer server(clumsy, limits);
    RawClient plain(server.port());
    EXPECT_EQ(plain.ask(post(10) + "12345").status, 408U);
    EXPECT_TRUE(plain.sees_close());
    RawClient chunked(server.port());
    EXPECT_EQ(chunked.ask(std::string(kChunkedPost) + "5\r\n123").status, 408U);
}

TEST(ServerTimeouts, ABodyThatTricklesInIsRead) {
    auto limits = short_only(&ServerLimits::body_stall_timeout);
    limits.body_stall_timeout = 400ms;
    RunningServer server(measure, limits);
    RawClient client(server.port());
    client.send(post(100));
    pollfd answer{.fd = client.descriptor(), .events = POLLIN, .revents = 0};
    for (int i = 0; i < 100; ++i) {
        // A hundred waits of 5 ms are longer than the limit between two bytes.
        EXPECT_EQ(poll(&answer, 1, 5), 0);
        client.send("x");
    }
    EXPECT_EQ(client.read_answer().body, "100");
}

TEST(ServerTimeouts, ABodyUnderTheLeastRateIsAnswered408) {
    auto limits = short_only(&ServerLimits::rate_grace_period);
    limits.bytes_per_second_min = 1 << 20;
    limits.linger_timeout = 50ms;
    RunningServer server(clumsy, limits);
    for (const bool is_chunked : {false, true}) {
        RawClient client(server.port());
        client.send(is_chunked ? std::string(kChunkedPost) : post(1'000'000));
        pollfd answer{.fd = client.descriptor(), .events = POLLIN, .revents = 0};
        while (poll(&answer, 1, 5) == 0) client.send(is_chunked ? chunk(1) : "x");
        EXPECT_EQ(client.read_answer().status, 408U) << is_chunked;
    }
}

TEST(ServerTimeouts, AReaderUnderTheLeastRateIsCutOff) {
    auto limits = short_only(&ServerLimits::rate_grace_period);
    // However fast it reads, it is waited for too long.
    limits.bytes_per_second_min = std::uint64_t{1} << 40;
    constexpr std::size_t kBytes = std::size_t{256} << 20;
    RunningServer server(always(std::string(kBytes, 'x')), limits);
    RawClient client(server.port());
    client.send(kGet);
    std::size_t taken = 0;
    while (client.fill()) {
        taken += client.take(std::string::npos).size();
        pollfd nothing{.fd = -1, .events = 0, .revents = 0};
        poll(&nothing, 1, 1);
    }
    EXPECT_LT(taken, kBytes);
}

/// Answers when it is told to.
struct Stuck {
    explicit Stuck(asio::io_context& io) : gate(io, asio::steady_timer::time_point::max()) {}
    asio::steady_timer gate;
    Signal ended;

    asio::awaitable<Response> answer(Request& request) {
        const auto body = co_await request.body->read_all(1000);
        auto waiting = gate.async_wait(asio::as_tuple(asio::deferred));
        co_await std::move(waiting);
        // The request is still there.
        EXPECT_EQ(request.path(), "/stuck");
        EXPECT_EQ(body.value_or("none"), "hello");
        ended.set();
        co_return Response{};
    }
};

TEST(ServerTimeouts, AHandlerThatDoesNotAnswerIsAnsweredFor) {
    Stuck* stuck = nullptr;
    RunningServer server([&stuck](Request& request) { return stuck->answer(request); },
                         short_only(&ServerLimits::request_deadline));
    Stuck waiting(server.io());
    stuck = &waiting;
    RawClient client(server.port());
    client.send("POST /stuck HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
    const auto answer = client.read_answer();
    EXPECT_EQ(answer.status, 503U);
    EXPECT_NE(answer.header("retry-after"), "");
    EXPECT_THAT(answer.body, HasSubstr(answer.header("x-request-id")));
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_TRUE(client.sees_close());
    client.close();
    asio::post(server.io(), [&waiting] { waiting.gate.cancel(); });
    EXPECT_TRUE(waiting.ended.wait());
    server.stop(std::chrono::steady_clock::now() + kTestTimeout);
    EXPECT_EQ(server.server().connections(), 0U);
}

TEST(ServerTimeouts, AHandlerThatWaitsForItsClientIsNotLate) {
    RunningServer server(measure, short_only(&ServerLimits::request_deadline));
    RawClient client(server.port());
    client.send(post(100));
    pollfd answer{.fd = client.descriptor(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(poll(&answer, 1, 400), 0);
    client.send(std::string(100, 'x'));
    EXPECT_EQ(client.read_answer().body, "100");
}

TEST(ServerTimeouts, AClientThatTakesNothingIsCutOff) {
    RunningServer server(always(std::string(std::size_t{64} << 20, 'x')),
                         short_only(&ServerLimits::write_stall_timeout));
    RawClient client(server.port());
    client.send(kGet);
    const auto latest = std::chrono::steady_clock::now() + kTestTimeout;
    pollfd broken{.fd = client.descriptor(), .events = 0, .revents = 0};
    while ((broken.revents & POLLHUP) == 0 && server.server().connections() > 0 &&
           std::chrono::steady_clock::now() < latest) {
        poll(&broken, 1, 5);
    }
    EXPECT_EQ(server.server().connections(), 0U);
}

// Expect: 100-continue.

constexpr std::string_view kExpecting =
    "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";

TEST(ExpectContinue, Gets100AtTheFirstRead) {
    RunningServer server(echo);
    RawClient client(server.port());
    for (int i = 0; i < 2; ++i) {
        client.send(kExpecting);
        const auto interim = client.read_answer();
        EXPECT_EQ(interim.head, "HTTP/1.1 100 Continue\r\n\r\n");
        client.send("hello");
        EXPECT_EQ(client.read_answer().body, "hello");
    }
}

TEST(ExpectContinue, GetsAFinalStatusWithout100) {
    RunningServer server(
        [](Request&) -> asio::awaitable<Response> { co_return detail_response(403, "no"); },
        small());
    RawClient client(server.port());
    const auto answer = client.ask(kExpecting);
    EXPECT_EQ(answer.status, 403U);
    // Whether the body comes is the client's choice: the connection cannot be used on.
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_TRUE(client.sees_close());
}

TEST(ExpectContinue, GetsNo100ForABodyThatIsTooLarge) {
    auto limits = small();
    limits.body_bytes_max = 4;
    RunningServer server(measure, limits);
    RawClient client(server.port());
    EXPECT_EQ(client.ask(kExpecting).body, "too_large");
}

TEST(ExpectContinue, GetsNo100WhenTheBodyIsThereAlready) {
    RunningServer server(echo);
    RawClient client(server.port());
    const auto answer = client.ask(std::string(kExpecting) + "hello");
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.body, "hello");
}

constexpr std::string_view kExpectingNothing =
    "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n";

TEST(ExpectContinue, Gets100ThoughThereIsNoContent) {
    RunningServer server(echo);
    RawClient client(server.port());
    for (int i = 0; i < 2; ++i) {
        client.send(kExpectingNothing);
        EXPECT_EQ(client.read_answer().head, "HTTP/1.1 100 Continue\r\n\r\n");
        const auto answer = client.read_answer();
        EXPECT_EQ(answer.status, 200U);
        EXPECT_NE(answer.header("Connection"), "close");
    }
}

TEST(ExpectContinue, GetsAFinalStatusWithout100ThoughThereIsNoContent) {
    RunningServer server(
        [](Request&) -> asio::awaitable<Response> { co_return detail_response(403, "no"); },
        small());
    RawClient client(server.port());
    const auto answer = client.ask(kExpectingNothing);
    EXPECT_EQ(answer.status, 403U);
    EXPECT_EQ(answer.header("Connection"), "close");
}

TEST(ExpectContinue, MeansNothingInHttp10) {
    RunningServer server(echo);
    RawClient client(server.port());
    client.send("PUT / HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    client.send("hello");
    EXPECT_EQ(client.read_answer().body, "hello");
}

}  // namespace
}  // namespace ingestor::http
