#include "aws/client.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/crc.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "aws/error_document.hpp"
#include "base/digest.hpp"
#include "base/uuid.hpp"
#include "sigv4/sign.hpp"

namespace ingestor::aws {

namespace asio = boost::asio;

namespace {

Errc errc_of(FailureKind kind, long http_status) {
    if (kind == FailureKind::timeout) return Errc::unavailable;
    if (kind != FailureKind::final) return Errc::unavailable;
    switch (http_status) {
        case 401:
        case 403:
            return Errc::permission_denied;
        case 404:
            return Errc::not_found;
        case 409:
        case 412:
            return Errc::conflict;
        case 413:
            return Errc::too_large;
        default:
            return Errc::internal;
    }
}

std::string_view host_of(std::string_view url) {
    const auto scheme = url.find("://");
    return scheme == url.npos ? url : url.substr(scheme + 3);
}

FailureKind kind_of(const ServiceError& error) {
    if (error.http_status == 0 && error.errc == Errc::timed_out) return FailureKind::timeout;
    if (error.http_status == 0 && error.errc != Errc::unavailable) return FailureKind::final;
    return classify(error.code, error.http_status);
}

/// True where the services' own checksum of the answer, if there is one, is that of its bytes.
bool is_whole(const httpclient::HttpReply& reply) {
    const auto given = reply.header("x-amz-crc32");
    if (given.empty()) return true;
    std::uint32_t wanted = 0;
    std::from_chars(given.data(), given.data() + given.size(), wanted);
    boost::crc_32_type crc;
    crc.process_bytes(reply.body.data(), reply.body.size());
    return crc.checksum() == wanted;
}

}  // namespace

Client::Client(Endpoint endpoint, Dependencies dependencies, RetryPolicy policy)
    : endpoint_(std::move(endpoint)),
      host_(host_of(endpoint_.url)),
      dependencies_(dependencies),
      policy_(policy),
      random_(std::random_device{}()) {}

asio::awaitable<ServiceResult<httpclient::HttpReply>> Client::send(ServiceRequest request) {
    const auto invocation = uuid_v4();
    if (request.payload_hash.empty()) request.payload_hash = sha256_hex(request.body);
    auto paid = FailureKind::final;
    bool clock_set = false;
    for (int number = 1;; ++number) {
        auto answer = co_await attempt(request, invocation, number);
        if (answer) {
            dependencies_.quota.succeeded(paid);
            co_return answer;
        }
        auto& error = answer.error();
        error.attempts = number;
        const auto kind = kind_of(error);
        error.retryable = kind != FailureKind::final;
        // An error of the reply stays what it is; a clock that was set and is refused again too.
        if (kind == FailureKind::final || number >= policy_.attempts_max) co_return answer;
        if (kind == FailureKind::clock_skew && std::exchange(clock_set, true)) co_return answer;
        if (!dependencies_.quota.take(kind)) co_return answer;
        paid = kind;
        dependencies_.log.debug(
            "asking again",
            {{"service", endpoint_.service}, {"attempt", number}, {"error", error.message}});
        asio::steady_timer timer(co_await asio::this_coro::executor,
                                 backoff(policy_, kind, number + 1, random_));
        co_await timer.async_wait(asio::use_awaitable);
    }
}

auto Client::attempt(const ServiceRequest& request, const std::string& invocation, int number)
    -> Attempt {
    const auto keys = co_await dependencies_.credentials.get();
    if (!keys) {
        co_return std::unexpected(
            ServiceError{.code = {}, .message = keys.error().message, .errc = keys.error().code});
    }
    auto call = signed_call(request, *keys, invocation, number);
    auto reply = co_await dependencies_.http.send(std::move(call));
    if (!reply) {
        co_return std::unexpected(
            ServiceError{.code = {}, .message = reply.error().message, .errc = reply.error().code});
    }
    if (!is_whole(*reply)) {
        co_return std::unexpected(ServiceError{
            .code = {}, .message = "the answer was damaged on its way", .errc = Errc::unavailable});
    }
    if (request.may_fail_within_200 && holds_error(*reply)) reply->status = 500;
    if (reply->status < 400) co_return std::move(*reply);

    auto document = read_error(*reply);
    const auto kind = classify(document.code, reply->status);
    if (kind == FailureKind::clock_skew) {
        if (const auto theirs = parse_http_date(reply->header("date"))) {
            clock_offset_ = *theirs - dependencies_.clock.now();
        }
    }
    co_return std::unexpected(ServiceError{.code = std::move(document.code),
                                           .message = std::move(document.message),
                                           .http_status = reply->status,
                                           .body = std::move(reply->body),
                                           .errc = errc_of(kind, reply->status)});
}

httpclient::HttpCall Client::signed_call(const ServiceRequest& request,
                                         const sigv4::Credentials& keys,
                                         const std::string& invocation, int number) {
    httpclient::HttpCall call{.method = request.method,
                              .url = endpoint_.url + request.path,
                              .headers = request.headers,
                              .body = request.body,
                              .body_file = request.body_file,
                              .answer_fd = request.answer_fd,
                              .total_timeout = request.total_timeout,
                              .answer_bytes_max = request.answer_bytes_max};
    if (!request.query.empty()) call.url += '?' + request.query;
    call.headers.emplace_back("amz-sdk-invocation-id", invocation);
    call.headers.emplace_back("amz-sdk-request",
                              fmt::format("attempt={}; max={}", number, policy_.attempts_max));

    sigv4::RequestHead head{
        .method = request.method, .path = request.path, .query = request.query, .headers = {}};
    for (const auto& [name, value] : call.headers) head.headers.push_back({name, value});
    head.headers.push_back({"host", host_});
    const sigv4::Signer signer{.credentials = keys,
                               .region = endpoint_.region,
                               .service = endpoint_.service,
                               .keys = signing_keys_};
    auto added =
        sigv4::sign(signer, head, request.payload_hash, dependencies_.clock.now() + clock_offset_);
    for (auto& header : added) call.headers.push_back(std::move(header));
    return call;
}

asio::awaitable<ServiceResult<boost::json::object>> JsonClient::call(std::string operation,
                                                                     boost::json::object input) {
    ServiceRequest request{.headers = {{"content-type", protocol_.content_type},
                                       {"x-amz-target", protocol_.target_prefix + '.' + operation}},
                           .body = boost::json::serialize(input)};
    auto reply = co_await client_.send(std::move(request));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    if (reply->body.empty()) co_return boost::json::object{};
    boost::system::error_code malformed;
    auto parsed = boost::json::parse(reply->body, malformed);
    if (malformed || !parsed.is_object()) {
        co_return std::unexpected(ServiceError{.code = {},
                                               .message = operation + ": the answer is not JSON",
                                               .http_status = reply->status,
                                               .retryable = true,
                                               .errc = Errc::unavailable});
    }
    co_return std::move(parsed.as_object());
}

}  // namespace ingestor::aws
