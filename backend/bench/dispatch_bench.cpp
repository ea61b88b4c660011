// What it costs to hand a document to an idle helper and have it back, beside one bare round trip
// over a socketpair to a waiting process. Both in microseconds, the median; one JSON object on
// stdout.
#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "documents/helper_pool.hpp"

namespace asio = boost::asio;
using namespace ingestor;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int kRounds = 5'000;

double microseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

double median(std::vector<double>& values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

double socketpair_round_trip() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return -1;
    std::array<char, 128> bytes{};
    const auto child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        ssize_t count = 0;
        while ((count = ::read(ends[1], bytes.data(), bytes.size())) > 0) {
            if (::write(ends[1], bytes.data(), static_cast<std::size_t>(count)) < 0) break;
        }
        ::_exit(0);
    }
    ::close(ends[1]);
    std::vector<double> times;
    for (int i = 0; i < kRounds; ++i) {
        const auto start = Clock::now();
        if (::write(ends[0], bytes.data(), bytes.size()) < 0) return -1;
        if (::read(ends[0], bytes.data(), bytes.size()) <= 0) return -1;
        times.push_back(microseconds_since(start));
    }
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return median(times);
}

FileDescriptor document() {
    FileDescriptor file(::memfd_create("document", MFD_CLOEXEC));
    constexpr std::string_view kText = "echo";
    if (::write(file.get(), kText.data(), kText.size()) < 0) file.reset();
    return file;
}

asio::awaitable<double> dispatch(HelperPool& pool) {
    const auto started = co_await pool.start();
    if (!started) co_return -1;
    std::vector<double> times;
    for (int i = 0; i < kRounds; ++i) {
        ExtractionRequest request{.file = document(),
                                  .size_bytes = 4,
                                  .filename = "a.txt",
                                  .source_uri = "file://bench",
                                  .limits = {}};
        const auto start = Clock::now();
        const auto done = co_await pool.extract(std::move(request), {}, [](std::uint32_t) {});
        if (!done) co_return -1;
        times.push_back(microseconds_since(start));
    }
    co_await pool.stop();
    co_return median(times);
}

}  // namespace

int main() {
    const auto bare = socketpair_round_trip();
    asio::io_context io(1);
    asio::thread_pool blocking(1);
    Log log(LogFormat::json, LogLevel::error);
    Metrics metrics;
    HelperPool pool({.program = TEST_HELPER, .slots = 1, .documents_max = 1'000'000},
                    io.get_executor(), blocking, log, metrics);
    double handed = -1;
    asio::co_spawn(io, dispatch(pool),
                   [&handed](const std::exception_ptr&, double value) { handed = value; });
    io.run();
    fmt::print("{{\"dispatch_us\":{:.2f},\"socketpair_us\":{:.2f}}}\n", handed, bare);
    return handed < 0 || bare < 0 ? 1 : 0;
}
