// Large bodies both ways, files and streams, over real sockets.
#include <algorithm>
#include <cstdlib>
#include <fstream>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "http/server_fixture.hpp"

namespace ingestor::http {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

std::size_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    statm >> total >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// Adds up what comes, and the most memory that the process had meanwhile.
struct Sink {
    std::uint64_t bytes = 0;
    std::uint64_t sum = 0;
    std::size_t resident_max = 0;

    asio::awaitable<Response> take(Request& request) {
        request.body->set_limit(std::uint64_t{1} << 40);
        std::vector<char> piece(std::size_t{64} << 10);
        while (true) {
            const auto count = co_await request.body->read_some(piece);
            if (!count) co_return detail_response(400, count.error().message);
            if (*count == 0) break;
            bytes += *count;
            for (std::size_t i = 0; i < *count; i += 97)
                sum += static_cast<unsigned char>(piece[i]);
            if (bytes % (std::uint64_t{8} << 20) < *count) {
                resident_max = std::max(resident_max, resident_bytes());
            }
        }
        Response response;
        response.body = std::to_string(bytes);
        co_return response;
    }
};

constexpr std::uint64_t kLargeBytes = std::uint64_t{200} << 20;
constexpr std::size_t kGrowthMax = std::size_t{24} << 20;

TEST(Upload, OfAnySizeDoesNotGrowTheProcess) {
    Sink sink;
    RunningServer server([&sink](Request& request) { return sink.take(request); });
    RawClient client(server.port());
    const std::string piece(std::size_t{1} << 20, 'x');
    client.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
    const auto before = resident_bytes();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(kLargeBytes) +
                "\r\n\r\n");
    for (std::uint64_t sent = 0; sent < kLargeBytes; sent += piece.size()) client.send(piece);
    EXPECT_EQ(client.read_answer().body, std::to_string(kLargeBytes + 1));
    EXPECT_LT(sink.resident_max, before + kGrowthMax);
}

TEST(Upload, InChunksDoesNotGrowTheProcess) {
    Sink sink;
    RunningServer server([&sink](Request& request) { return sink.take(request); });
    RawClient client(server.port());
    const auto before = resident_bytes();
    const std::string piece = "100000\r\n" + std::string(std::size_t{1} << 20, 'x') + "\r\n";
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    constexpr std::uint64_t kBytes = kLargeBytes / 4;
    for (std::uint64_t sent = 0; sent < kBytes; sent += std::uint64_t{1} << 20) client.send(piece);
    client.send("0\r\n\r\n");
    EXPECT_EQ(client.read_answer().body, std::to_string(kBytes));
    EXPECT_LT(sink.resident_max, before + kGrowthMax);
}

TEST(Upload, CutShortIsReportedToTheHandler) {
    Signal reported;
    const auto handler = [&reported](Request& request) -> asio::awaitable<Response> {
        const auto body = co_await request.body->read_all(100);
        EXPECT_FALSE(body);
        EXPECT_EQ(body.error().code, Errc::unavailable);
        reported.set();
        co_return detail_response(400, "short");
    };
    RunningServer server(handler);
    for (const std::string_view framing : {"Content-Length: 10", "Transfer-Encoding: chunked"}) {
        RawClient client(server.port());
        client.send("POST / HTTP/1.1\r\nHost: a\r\n" + std::string(framing) + "\r\n\r\n5\r\n12");
        client.end_sending();
        EXPECT_EQ(client.read_answer().status, 400U);
    }
    EXPECT_TRUE(reported.wait());
}

TEST(Upload, OfManyPiecesGivesEachByteOnce) {
    RunningServer server(echo);
    RawClient client(server.port());
    std::string body;
    for (int i = 0; body.size() < 300'000; ++i) body += std::to_string(i);
    EXPECT_EQ(client
                  .ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " +
                       std::to_string(body.size()) + "\r\n\r\n" + body)
                  .body,
              body);
    std::string chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0, size = 1; at < body.size(); at += size, size = size % 5000 + 7) {
        const auto piece = body.substr(at, size);
        std::array<char, 16> digits{};
        const auto end = std::to_chars(digits.begin(), digits.end(), piece.size(), 16).ptr;
        chunked.append(digits.begin(), end).append("\r\n").append(piece).append("\r\n");
    }
    EXPECT_EQ(client.ask(chunked + "0\r\n\r\n").body, body);
}

/// A file in memory whose every byte tells its place.
class SampleFile {
public:
    explicit SampleFile(std::size_t size) : descriptor_(memfd_create("sample", MFD_CLOEXEC)) {
        // A prime period, so that no block of the file equals the next.
        constexpr std::string_view kPattern = "abcdefghijklmnopqrstuvw";
        while (bytes_.size() < size) bytes_.append(kPattern);
        bytes_.resize(size);
        EXPECT_EQ(write(descriptor_, bytes_.data(), size), static_cast<ssize_t>(size));
    }
    ~SampleFile() { close(descriptor_); }
    SampleFile(const SampleFile&) = delete;
    SampleFile& operator=(const SampleFile&) = delete;

    [[nodiscard]] Handler part(std::uint64_t offset, std::uint64_t length,
                               std::shared_ptr<void> owner = {}) const {
        return [fd = descriptor_, offset, length,
                owner = std::move(owner)](Request&) -> asio::awaitable<Response> {
            Response response;
            response.body = FileBody{.fd = fd, .offset = offset, .length = length, .owner = owner};
            co_return response;
        };
    }
    [[nodiscard]] const std::string& bytes() const { return bytes_; }
    [[nodiscard]] int descriptor() const { return descriptor_; }

private:
    int descriptor_;
    std::string bytes_;
};

TEST(Download, SendsTheWholeFileAndKeepsTheConnection) {
    const SampleFile file(3'000'000);
    RunningServer server(file.part(0, 3'000'000));
    RawClient client(server.port());
    for (int i = 0; i < 2; ++i) EXPECT_EQ(client.ask(kGet).body, file.bytes());
    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client.read_answer(true).header("Content-Length"), "3000000");
    EXPECT_EQ(client.ask(kGet).body, file.bytes());
}

TEST(Download, SendsThePartAskedFor) {
    const SampleFile file(100'000);
    RunningServer server(file.part(12'345, 54'321));
    EXPECT_EQ(RawClient(server.port()).ask(kGet).body, file.bytes().substr(12'345, 54'321));
    RunningServer empty(file.part(5, 0));
    RawClient client(empty.port());
    for (int i = 0; i < 2; ++i) EXPECT_EQ(client.ask(kGet).body, "");
}

TEST(Download, GoesOnWhenASlowClientTakesMore) {
    constexpr std::size_t kBytes = std::size_t{12} << 20;
    const SampleFile file(kBytes);
    RunningServer server(file.part(0, kBytes));
    RawClient slow(server.port());
    slow.send(kGet);
    // The socket's buffers are full now; another client is served meanwhile.
    ASSERT_TRUE(slow.fill());
    RawClient other(server.port());
    other.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(other.read_answer(true).status, 200U);
    EXPECT_EQ(slow.read_answer().body, file.bytes());
}

TEST(Download, OutlivesAClientThatLeavesInTheMiddle) {
    constexpr std::size_t kBytes = std::size_t{12} << 20;
    const SampleFile file(kBytes);
    RunningServer server(file.part(0, kBytes));
    for (int i = 0; i < 3; ++i) {
        RawClient leaving(server.port());
        leaving.send(kGet);
        ASSERT_TRUE(leaving.fill());
    }
    const auto latest = std::chrono::steady_clock::now() + kTestTimeout;
    while (server.server().connections() > 0 && std::chrono::steady_clock::now() < latest) {
        poll(nullptr, 0, 1);
    }
    EXPECT_EQ(server.server().connections(), 0U);
    EXPECT_EQ(RawClient(server.port()).ask("HEAD / HTTP/1.0\r\n\r\n").status, 200U);
}

TEST(Download, OfAFileThatIsShorterThanAnnouncedIsCutAndLogged) {
    const SampleFile file(1000);
    RunningServer server(file.part(0, 2000));
    RawClient client(server.port());
    const auto answer = client.ask(kGet);
    EXPECT_EQ(answer.header("Content-Length"), "2000");
    EXPECT_EQ(answer.body, file.bytes());
    EXPECT_THAT(server.log_text(), testing::HasSubstr("the file is shorter than announced"));
}

TEST(Download, LetsGoOfTheFileWhenItHasBeenSent) {
    const SampleFile file(1000);
    Signal released;
    const auto handler = [&](Request&) -> asio::awaitable<Response> {
        auto release = [&released](void*) { released.set(); };
        Response response;
        response.body = FileBody{.fd = file.descriptor(),
                                 .offset = 0,
                                 .length = 1000,
                                 .owner = std::shared_ptr<void>(&released, release)};
        co_return response;
    };
    RunningServer server(handler);
    RawClient client(server.port());
    EXPECT_EQ(client.ask(kGet).body, file.bytes());
    EXPECT_TRUE(released.wait()) << "while the connection is still open";
}

// Streams.

Handler streaming(StreamBody body) {
    return [body = std::move(body)](Request&) -> asio::awaitable<Response> {
        Response response;
        response.set("content-type", "text/event-stream");
        response.body = body;
        co_return response;
    };
}

asio::awaitable<void> three_pieces(ResponseWriter& writer) {
    for (const std::string_view piece : {"one ", "", "two ", "three"}) {
        const auto written = co_await writer.write(piece);
        EXPECT_TRUE(written);
    }
}

TEST(Stream, GoesOutInChunks) {
    RunningServer server(streaming(three_pieces));
    RawClient client(server.port());
    for (int i = 0; i < 2; ++i) {
        const auto answer = client.ask(kGet);
        EXPECT_EQ(answer.header("Transfer-Encoding"), "chunked");
        EXPECT_EQ(answer.header("Content-Length"), "");
        EXPECT_EQ(answer.body, "one two three");
    }
}

TEST(Stream, EndsWithTheConnectionInHttp10) {
    RunningServer server(streaming(three_pieces));
    RawClient client(server.port());
    const auto answer = client.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(answer.header("Transfer-Encoding"), "");
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_EQ(answer.body, "one two three");
}

TEST(Stream, IsNotBegunForHead) {
    RunningServer server(streaming(three_pieces));
    RawClient client(server.port());
    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client.read_answer(true).status, 200U);
    EXPECT_EQ(client.ask(kGet).body, "one two three");
}

TEST(Stream, APieceArrivesBeforeTheNextIsWritten) {
    asio::steady_timer* gate = nullptr;
    const auto body = [&](ResponseWriter& writer) -> asio::awaitable<void> {
        (void)co_await writer.write("first");
        auto waiting = gate->async_wait(asio::as_tuple(asio::deferred));
        co_await std::move(waiting);
        (void)co_await writer.write("second");
    };
    RunningServer server(streaming(body));
    asio::steady_timer closed(server.io(), asio::steady_timer::time_point::max());
    gate = &closed;
    RawClient client(server.port());
    client.send(kGet);
    while (client.fill()) {
        const auto seen = client.take(1 << 20);
        if (seen.find("first\r\n") != std::string::npos) break;
    }
    asio::post(server.io(), [&closed] { closed.cancel(); });
    EXPECT_EQ(client.read_chunk(), "second");
    EXPECT_EQ(client.read_chunk(), "");
}

TEST(Stream, LearnsThatTheClientHasGone) {
    Signal gone;
    const auto body = [&gone](ResponseWriter& writer) -> asio::awaitable<void> {
        while (true) {
            const auto written = co_await writer.write("tick\n");
            if (!written) {
                EXPECT_EQ(written.error().code, Errc::unavailable);
                gone.set();
                co_return;
            }
        }
    };
    RunningServer server(streaming(body));
    RawClient client(server.port());
    client.send(kGet);
    ASSERT_TRUE(client.fill());
    client.close();
    EXPECT_TRUE(gone.wait());
}

TEST(Stream, ThatThrowsIsCutAndLogged) {
    const auto body = [](ResponseWriter& writer) -> asio::awaitable<void> {
        (void)co_await writer.write("some");
        throw std::runtime_error("source failed");
    };
    RunningServer server(streaming(body));
    RawClient client(server.port());
    client.send(kGet);
    const auto all = client.read_to_end();
    EXPECT_THAT(all, testing::EndsWith("4\r\nsome\r\n")) << "no last chunk";
    EXPECT_THAT(server.log_text(), testing::HasSubstr("source failed"));
}

}  // namespace
}  // namespace ingestor::http
