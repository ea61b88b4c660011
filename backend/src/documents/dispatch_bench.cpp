// What a document costs beside its parsing: a round trip to an idle helper through the pool,
// against a bare round trip of 128 bytes to a child over a socketpair. The two take turns, so that
// whatever else the machine does falls on both. usage: documents_dispatch_bench HELPER [ROUNDS]
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "documents/helper_pool.hpp"

namespace {

using ingestor::ExtractionRequest;
using ingestor::FileDescriptor;
using ingestor::HelperPool;
using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr std::size_t kBatch = 100;
constexpr std::string_view kDocument = "echo x";

double percentile(std::vector<double>& samples, double share) {
    std::ranges::sort(samples);
    return samples[static_cast<std::size_t>(share * static_cast<double>(samples.size() - 1))];
}

/// A child that sends back what it gets.
int start_bare_child() {
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) std::exit(1);
    if (::fork() == 0) {
        ::close(pair[0]);
        std::array<char, 256> bytes{};
        ssize_t got = 0;
        while ((got = ::read(pair[1], bytes.data(), bytes.size())) > 0) {
            if (::write(pair[1], bytes.data(), static_cast<std::size_t>(got)) < 0) break;
        }
        ::_exit(0);
    }
    ::close(pair[1]);
    return pair[0];
}

void bare_round_trips(int socket, std::vector<double>& samples) {
    std::array<char, 128> bytes{};
    for (std::size_t i = 0; i < kBatch; ++i) {
        const auto start = Clock::now();
        if (::write(socket, bytes.data(), bytes.size()) < 0) std::exit(1);
        if (::read(socket, bytes.data(), bytes.size()) <= 0) std::exit(1);
        samples.push_back(Microseconds(Clock::now() - start).count());
    }
}

boost::asio::awaitable<void> pool_round_trips(HelperPool& pool, int document,
                                              std::vector<double>& samples) {
    for (std::size_t i = 0; i < kBatch; ++i) {
        ExtractionRequest request{.file = FileDescriptor(::fcntl(document, F_DUPFD_CLOEXEC, 0)),
                                  .size_bytes = kDocument.size(),
                                  .filename = "a.txt",
                                  .source_uri = "s3://agent2-ingestor/uploads/user/a.txt",
                                  .limits = {}};
        const auto start = Clock::now();
        const auto answer = co_await pool.extract(std::move(request), {}, {});
        samples.push_back(Microseconds(Clock::now() - start).count());
        if (!answer && answer.error().retryable) std::exit(1);
    }
}

boost::asio::awaitable<void> run(HelperPool& pool, std::size_t rounds) {
    const int socket = start_bare_child();
    const FileDescriptor writable(::memfd_create("document", MFD_CLOEXEC));
    if (::write(writable.get(), kDocument.data(), kDocument.size()) < 0) std::exit(1);
    const FileDescriptor document(
        ::open(fmt::format("/proc/self/fd/{}", writable.get()).c_str(), O_RDONLY | O_CLOEXEC));
    const auto begin = Clock::now();
    if (!co_await pool.start()) std::exit(1);
    const auto started_ms = Microseconds(Clock::now() - begin).count() / 1000;

    std::vector<double> bare;
    std::vector<double> pooled;
    for (std::size_t i = 0; i < rounds; ++i) {
        bare_round_trips(socket, bare);
        co_await pool_round_trips(pool, document.get(), pooled);
    }
    ::close(socket);
    ::wait(nullptr);
    co_await pool.stop();
    const auto bare_us = percentile(bare, 0.5);
    const auto pooled_us = percentile(pooled, 0.5);
    fmt::print(
        "{{\"bench\":\"dispatch\",\"n\":{},\"first_helper_ms\":{:.1f},\"bare_p50_us\":{:.1f},"
        "\"bare_p99_us\":{:.1f},\"pool_p50_us\":{:.1f},\"pool_p99_us\":{:.1f},\"ratio\":{:.2f}}}\n",
        pooled.size(), started_ms, bare_us, percentile(bare, 0.99), pooled_us,
        percentile(pooled, 0.99), pooled_us / bare_us);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    const std::size_t rounds = argc > 2 ? std::stoul(argv[2]) : 100;
    boost::asio::io_context io(1);
    boost::asio::thread_pool blocking(1);
    ingestor::Log log(ingestor::LogFormat::json, ingestor::LogLevel::error);
    ingestor::Metrics metrics;
    // No replacement on the way: it is the hand-over that is measured.
    HelperPool pool({.program = argv[1], .slots = 1, .documents_max = ~0U}, io.get_executor(),
                    blocking, log, metrics);
    boost::asio::co_spawn(io, run(pool, rounds), [](const std::exception_ptr& error) {
        if (error) std::abort();
    });
    io.run();
}
