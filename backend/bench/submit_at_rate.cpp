// Submits jobs of one file at a steady rate over keep-alive connections, and fails on any answer
// but 202. Usage: submit_at_rate HOST:PORT TOKEN FILE_KEY JOBS_A_SECOND SECONDS [JOBS_MAX]
#include <chrono>
#include <cstdlib>
#include <exception>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

namespace {

constexpr long kConnections = 16;

struct Plan {
    std::string host;
    std::string port;
    std::string token;
    std::string body;
    std::chrono::nanoseconds gap{};
    Clock::time_point start;
    Clock::time_point end;
    long jobs_max = 0;
    long next = 0;
    long refused = 0;
};

asio::awaitable<void> submit(asio::io_context& io, Plan& plan) {
    tcp::resolver resolver(io);
    tcp::socket socket(io);
    const auto found = co_await resolver.async_resolve(plan.host, plan.port, asio::use_awaitable);
    co_await asio::async_connect(socket, found, asio::use_awaitable);
    socket.set_option(tcp::no_delay(true));
    asio::steady_timer timer(io);
    boost::beast::flat_buffer buffer;
    while (plan.next < plan.jobs_max) {
        // Every connection takes the next slot of the one schedule, so that a slow answer delays
        // none.
        const auto due = plan.start + plan.gap * plan.next++;
        if (due >= plan.end) co_return;
        timer.expires_at(due);
        co_await timer.async_wait(asio::use_awaitable);
        http::request<http::string_body> request{http::verb::post, "/upload/process-s3-files", 11};
        request.set(http::field::host, plan.host);
        request.set(http::field::authorization, "Bearer " + plan.token);
        request.set(http::field::content_type, "application/json");
        request.body() = plan.body;
        request.prepare_payload();
        co_await http::async_write(socket, request, asio::use_awaitable);
        http::response<http::string_body> response;
        co_await http::async_read(socket, buffer, response, asio::use_awaitable);
        if (response.result_int() != 202) ++plan.refused;
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 6) return 2;
    const std::string address = argv[1];
    const auto colon = address.rfind(':');
    Plan plan;
    plan.host = address.substr(0, colon);
    plan.port = address.substr(colon + 1);
    plan.token = argv[2];
    plan.body = fmt::format(R"({{"files":[{{"file_key":"{}"}}]}})", argv[3]);
    plan.gap = std::chrono::nanoseconds{static_cast<long>(1e9 / std::atof(argv[4]))};
    plan.start = Clock::now();
    plan.end = plan.start + std::chrono::milliseconds{static_cast<long>(1e3 * std::atof(argv[5]))};
    plan.jobs_max = argc > 6 ? std::atol(argv[6]) : 1'000'000'000;
    asio::io_context io(1);
    bool failed = false;
    for (long i = 0; i < kConnections; ++i) {
        asio::co_spawn(io, submit(io, plan),
                       [&failed](const std::exception_ptr& error) { failed |= error != nullptr; });
    }
    io.run();
    fmt::print("{{\"jobs\":{},\"refused\":{}}}\n", plan.next, plan.refused);
    return failed || plan.refused > 0 ? 1 : 0;
}
