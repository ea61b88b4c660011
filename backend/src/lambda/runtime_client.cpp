#include "lambda/runtime_client.hpp"

#include <charconv>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace ingestor::lambda {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace json = boost::json;
using asio::ip::tcp;
using beast::http::verb;

namespace {

constexpr std::string_view kApi = "/2018-06-01/runtime/";
/// For everything but waiting for an event.
constexpr std::chrono::milliseconds kPatience{10'000};
/// How often an answer is sent that got none itself.
constexpr int kAttemptsMax = 3;
/// Beyond what Lambda hands out at all.
constexpr std::uint64_t kEventBytesMax = std::uint64_t{32} << 20;
/// The client's context of an invocation comes as a header.
constexpr std::uint32_t kHeaderBytesMax = std::uint32_t{64} << 10;
/// Lambda's own limit, where an invocation does not say when it ends.
constexpr std::chrono::minutes kLongest{15};

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

Deadline deadline_of(std::string_view milliseconds_since_epoch) {
    const auto now = std::chrono::steady_clock::now();
    std::int64_t count = 0;
    const auto* end = milliseconds_since_epoch.data() + milliseconds_since_epoch.size();
    const auto [stop, error] = std::from_chars(milliseconds_since_epoch.data(), end, count);
    if (error != std::errc{} || stop != end) return now + kLongest;
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    const auto left = std::chrono::milliseconds(count) -
                      std::chrono::duration_cast<std::chrono::milliseconds>(wall);
    return now + std::min<std::chrono::milliseconds>(left, kLongest) - kDeadlineReserve;
}

std::string report_of(const FunctionError& error) {
    return json::serialize(json::object{
        {"errorMessage", error.message}, {"errorType", error.type}, {"stackTrace", json::array{}}});
}

}  // namespace

RuntimeClient::RuntimeClient(asio::any_io_executor executor, std::string_view endpoint)
    : host_(endpoint.substr(0, endpoint.rfind(':'))),
      port_(endpoint.substr(std::min(endpoint.size(), host_.size() + 1))),
      stream_(std::move(executor)) {}

asio::awaitable<Result<Invocation>> RuntimeClient::next() {
    const auto request = request_for(verb::get, "invocation/next");
    auto response = co_await exchange(request, std::nullopt);
    if (!response) co_return std::unexpected(response.error());
    if (response->result_int() != 200) {
        co_return fail(
            Errc::unavailable,
            fmt::format("the Runtime API answered {} instead of an event", response->result_int()));
    }
    const auto header = [&response](beast::string_view name) { return view((*response)[name]); };
    Invocation invocation;
    invocation.request_id = header("Lambda-Runtime-Aws-Request-Id");
    if (invocation.request_id.empty()) {
        co_return fail(Errc::unavailable, "the Runtime API gave an event without a request id");
    }
    invocation.trace_id = header("Lambda-Runtime-Trace-Id");
    invocation.deadline = deadline_of(header("Lambda-Runtime-Deadline-Ms"));
    invocation.payload = std::move(response->body());
    co_return invocation;
}

asio::awaitable<Result<std::monostate>> RuntimeClient::respond(std::string_view request_id,
                                                               std::string answer) {
    auto request = request_for(verb::post, fmt::format("invocation/{}/response", request_id));
    request.body() = std::move(answer);
    request.prepare_payload();
    co_return co_await post(request);
}

asio::awaitable<Result<std::monostate>> RuntimeClient::report_failure(std::string_view request_id,
                                                                      const FunctionError& error) {
    auto request = request_for(verb::post, fmt::format("invocation/{}/error", request_id));
    request.set("Lambda-Runtime-Function-Error-Type", error.type);
    request.body() = report_of(error);
    request.prepare_payload();
    co_return co_await post(request);
}

asio::awaitable<Result<std::monostate>> RuntimeClient::report_start_failure(
    const FunctionError& error) {
    auto request = request_for(verb::post, "init/error");
    request.set("Lambda-Runtime-Function-Error-Type", error.type);
    request.body() = report_of(error);
    request.prepare_payload();
    co_return co_await post(request);
}

RuntimeClient::Request RuntimeClient::request_for(verb method, std::string_view path) const {
    const auto target = fmt::format("{}{}", kApi, path);
    Request request(method, target, 11);
    request.set(beast::http::field::host, host_ + ":" + port_);
    request.set(beast::http::field::user_agent, "agent2-ingestor");
    if (method == verb::post) request.set(beast::http::field::content_type, "application/json");
    return request;
}

asio::awaitable<Result<std::monostate>> RuntimeClient::post(const Request& request) {
    Result<Response> response = fail(Errc::unavailable, "not sent");
    // An answer that arrived although its receipt did not is refused the second time: no harm.
    for (int attempt = 0; attempt < kAttemptsMax && !response; ++attempt) {
        response = co_await exchange(request, kPatience);
    }
    if (!response) co_return std::unexpected(response.error());
    const auto status = response->result_int();
    if (status / 100 == 2) co_return std::monostate{};
    const auto code = status == 413       ? Errc::too_large
                      : status / 100 == 4 ? Errc::conflict
                                          : Errc::unavailable;
    co_return fail(code, fmt::format("the Runtime API answered {} to {}: {}", status,
                                     view(request.target()), response->body()));
}

asio::awaitable<boost::system::error_code> RuntimeClient::connect() {
    boost::system::error_code error;
    tcp::resolver::results_type where;
    // On Lambda it is an address: looking up names would cost a thread.
    const auto address = asio::ip::make_address(host_, error);
    std::uint16_t port = 0;
    std::from_chars(port_.data(), port_.data() + port_.size(), port);
    stream_.expires_after(kPatience);
    if (!error) {
        const tcp::endpoint endpoint(address, port);
        std::tie(error) =
            co_await stream_.async_connect(endpoint, asio::as_tuple(asio::use_awaitable));
    } else {
        tcp::resolver resolver(stream_.get_executor());
        std::tie(error, where) =
            co_await resolver.async_resolve(host_, port_, asio::as_tuple(asio::use_awaitable));
        if (error) co_return error;
        tcp::endpoint used;
        std::tie(error, used) =
            co_await stream_.async_connect(where, asio::as_tuple(asio::use_awaitable));
    }
    if (error) co_return error;
    boost::system::error_code ignored;
    stream_.socket().set_option(tcp::no_delay(true), ignored);
    buffer_.clear();
    connected_ = true;
    co_return error;
}

asio::awaitable<Result<RuntimeClient::Response>> RuntimeClient::exchange(
    const Request& request, std::optional<std::chrono::milliseconds> within) {
    const auto failed = [&](std::string_view doing, const boost::system::error_code& error) {
        stream_.close();
        connected_ = false;
        return fail(Errc::unavailable, fmt::format("{} the Runtime API at {}:{}: {}", doing, host_,
                                                   port_, error.message()));
    };
    while (true) {
        const bool reused = connected_;
        boost::system::error_code error;
        if (!connected_) error = co_await connect();
        if (error) co_return failed("connecting to", error);

        stream_.expires_after(kPatience);
        std::size_t bytes = 0;
        std::tie(error, bytes) = co_await beast::http::async_write(
            stream_, request, asio::as_tuple(asio::use_awaitable));
        beast::http::response_parser<beast::http::string_body> parser;
        parser.body_limit(kEventBytesMax);
        parser.header_limit(kHeaderBytesMax);
        if (!error) {
            if (within) {
                stream_.expires_after(*within);
            } else {
                stream_.expires_never();
            }
            std::tie(error, bytes) = co_await beast::http::async_read(
                stream_, buffer_, parser, asio::as_tuple(asio::use_awaitable));
        }
        if (error) {
            auto failure = failed("asking", error);
            // A connection may have died while nobody looked: that tells nothing of the next one.
            if (reused && !parser.got_some()) continue;
            co_return failure;
        }
        if (!parser.keep_alive()) {
            stream_.close();
            connected_ = false;
        }
        co_return parser.release();
    }
}

}  // namespace ingestor::lambda
