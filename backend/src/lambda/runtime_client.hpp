#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/result.hpp"
#include "base/time.hpp"

namespace ingestor::lambda {

/// What Lambda takes as the answer to an invocation, in bytes.
inline constexpr std::size_t kAnswerBytesMax = (std::size_t{6} << 20) + 100;

/// Kept back from the time an invocation has, so that its answer still goes out: once that time is
/// over the process is killed.
inline constexpr std::chrono::milliseconds kDeadlineReserve{500};

/// One event for the function.
struct Invocation {
    std::string request_id;  ///< The same for every retry of an asynchronous event.
    std::string trace_id;    ///< X-Ray's; empty if there is none.
    Deadline deadline{};     ///< Without kDeadlineReserve.
    std::string payload;     ///< JSON.
};

/// Why an invocation, or the start of the function, failed.
struct FunctionError {
    /// `Function.` or `Runtime.` and letters, the first one a capital: Lambda knows no other.
    std::string type;
    std::string message;
};

/// Speaks Lambda's Runtime API ("Using the Lambda runtime API for custom runtimes"): plain HTTP/1.1
/// on one connection, which is made anew where it has died while the process was frozen. One call
/// at a time, on the executor given.
class RuntimeClient {
public:
    /// `endpoint`: `host:port`, as AWS_LAMBDA_RUNTIME_API says.
    RuntimeClient(boost::asio::any_io_executor executor, std::string_view endpoint);

    /// Waits for the next event, however long. Errors: unavailable.
    boost::asio::awaitable<Result<Invocation>> next();
    /// Answers an invocation. Errors: too_large (beyond kAnswerBytesMax, and the invocation still
    /// waits for an answer), conflict (Lambda does not wait for one any more), unavailable.
    boost::asio::awaitable<Result<std::monostate>> respond(std::string_view request_id,
                                                           std::string answer);
    /// Has Lambda retry an asynchronous event, or tell the caller. Errors: conflict, unavailable.
    boost::asio::awaitable<Result<std::monostate>> report_failure(std::string_view request_id,
                                                                  const FunctionError& error);
    /// Instead of the first next(); the process ends then. Errors: conflict, unavailable.
    boost::asio::awaitable<Result<std::monostate>> report_start_failure(const FunctionError& error);

private:
    using Request = boost::beast::http::request<boost::beast::http::string_body>;
    using Response = boost::beast::http::response<boost::beast::http::string_body>;

    boost::asio::awaitable<Result<std::monostate>> post(const Request& request);
    boost::asio::awaitable<boost::system::error_code> connect();
    /// One request and its answer; `within`: how long each of sending and receiving may take.
    boost::asio::awaitable<Result<Response>> exchange(
        const Request& request, std::optional<std::chrono::milliseconds> within);
    [[nodiscard]] Request request_for(boost::beast::http::verb method, std::string_view path) const;

    std::string host_;
    std::string port_;
    boost::beast::tcp_stream stream_;
    boost::beast::flat_buffer buffer_;
    bool connected_ = false;
};

}  // namespace ingestor::lambda
