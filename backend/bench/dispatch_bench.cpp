// What it costs to hand a document to an idle helper and have it back, beside one bare round trip
// over a socketpair to a waiting process; and what it costs where the document is of another user,
// so that the helper is replaced first. They take turns, so that all meet the same machine. In
// microseconds, the median; one JSON object on stdout. Another helper program may be given.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "documents/helper_pool.hpp"

namespace asio = boost::asio;
using namespace ingestor;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int kTurns = 100;
constexpr int kRoundsInTurn = 50;

double microseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

double median(std::vector<double>& values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// A process that sends back what it is sent.
class Echo {
public:
    Echo() {
        if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends_.data()) != 0) return;
        child_ = ::fork();
        if (child_ == 0) {
            ::close(ends_[0]);
            std::array<char, 128> bytes{};
            ssize_t count = 0;
            while ((count = ::read(ends_[1], bytes.data(), bytes.size())) > 0) {
                if (::write(ends_[1], bytes.data(), static_cast<std::size_t>(count)) < 0) break;
            }
            ::_exit(0);
        }
        ::close(ends_[1]);
    }
    ~Echo() {
        ::close(ends_[0]);
        ::waitpid(child_, nullptr, 0);
    }
    Echo(const Echo&) = delete;
    Echo& operator=(const Echo&) = delete;

    bool round_trip() {
        std::array<char, 128> bytes{};
        return ::write(ends_[0], bytes.data(), bytes.size()) > 0 &&
               ::read(ends_[0], bytes.data(), bytes.size()) > 0;
    }

private:
    std::array<int, 2> ends_{-1, -1};
    pid_t child_ = -1;
};

/// A document on disk, opened for each round as the object store does.
class Document {
public:
    Document() : held_(::mkstemp(path_.data())) {
        if (::write(held_.get(), "echo", 4) != 4) held_.reset();
    }
    ~Document() { ::unlink(path_.c_str()); }
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

    [[nodiscard]] FileDescriptor open() const {
        return FileDescriptor(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    }

private:
    std::string path_ = "/tmp/dispatch_bench.XXXXXX";
    FileDescriptor held_;
};

struct Times {
    std::vector<double> handed;
    std::vector<double> bare;
    std::vector<double> replaced;
};

asio::awaitable<bool> hand_over(documents::HelperPool& pool, const Document& document,
                                const char* user, std::vector<double>& times) {
    ports::ExtractionRequest request{.file = document.open(),
                                     .size_bytes = 4,
                                     .filename = "a.txt",
                                     .source_uri = "file://bench",
                                     .user_id = domain::UserId(user),
                                     .limits = {}};
    const auto start = Clock::now();
    const auto done = co_await pool.extract(std::move(request), {}, [](std::uint32_t) {});
    times.push_back(microseconds_since(start));
    co_return done.has_value();
}

asio::awaitable<bool> measure(documents::HelperPool& pool, Echo& echo, Times& times) {
    const auto started = co_await pool.start();
    if (!started) co_return false;
    const Document document;
    for (int turn = 0; turn < kTurns; ++turn) {
        for (int i = 0; i < kRoundsInTurn; ++i) {
            const auto start = Clock::now();
            if (!echo.round_trip()) co_return false;
            times.bare.push_back(microseconds_since(start));
        }
        for (int i = 0; i < kRoundsInTurn; ++i) {
            if (!co_await hand_over(pool, document, "ann", times.handed)) co_return false;
        }
        for (const char* user : {"bob", "ann"}) {
            if (!co_await hand_over(pool, document, user, times.replaced)) co_return false;
        }
    }
    co_await pool.stop();
    co_return true;
}

}  // namespace

int main(int argc, char** argv) {
    Echo echo;
    asio::io_context io(1);
    asio::thread_pool blocking(1);
    telemetry::Log log(telemetry::LogFormat::json, telemetry::LogLevel::error);
    telemetry::Metrics metrics;
    documents::HelperPool pool(
        {.program = argc > 1 ? argv[1] : TEST_HELPER, .slots = 1, .documents_max = 1'000'000},
        io.get_executor(), blocking, log, metrics);
    Times times;
    bool whole = false;
    asio::co_spawn(io, measure(pool, echo, times),
                   [&whole](const std::exception_ptr&, bool value) { whole = value; });
    io.run();
    if (!whole) return 1;
    fmt::print("{{\"dispatch_us\":{:.2f},\"socketpair_us\":{:.2f},\"replaced_us\":{:.2f}}}\n",
               median(times.handed), median(times.bare), median(times.replaced));
    return 0;
}
