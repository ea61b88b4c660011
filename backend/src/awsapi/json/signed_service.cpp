#include "awsapi/json/signed_service.hpp"

#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "awsapi/auth/request_head.hpp"
#include "base/digest.hpp"

namespace ingestor::awsapi::json {

namespace {

// Values in values of a body: an event's detail comes as text.
constexpr std::size_t kDepthMax = 32;

ServiceError error_of(const sigv4::AuthError& error) {
    using enum sigv4::AuthFailure;
    switch (error.failure) {
        case missing:
            return {.status = 403,
                    .code = "MissingAuthenticationTokenException",
                    .message = "Missing Authentication Token"};
        case unknown_access_key:
        case invalid_token:
            return {.status = 403,
                    .code = "UnrecognizedClientException",
                    .message = "The security token included in the request is invalid."};
        case clock_skew:
        case expired:
        case not_yet_valid:
        case signature_mismatch:
            return {.status = 403, .code = "InvalidSignatureException", .message = error.message};
        case ambiguous:
        case unsupported_algorithm:
        case malformed_header:
        case malformed_query:
        case missing_date:
        case missing_payload_hash:
        case headers_not_signed:
            return {
                .status = 400, .code = "IncompleteSignatureException", .message = error.message};
    }
    return {.status = 403, .code = "AccessDeniedException", .message = error.message};
}

sigv4::CredentialsLookup credentials_of(auth::CallerLookup lookup) {
    return [lookup = std::move(lookup)](
               std::string_view access_key_id) -> std::optional<sigv4::Credentials> {
        auto caller = lookup(access_key_id);
        if (!caller) return std::nullopt;
        return std::move(caller->credentials);
    };
}

}  // namespace

SignedService::SignedService(Options options, auth::CallerLookup lookup, const ports::Clock& clock,
                             Operation operation)
    : options_(std::move(options)),
      lookup_(std::move(lookup)),
      clock_(clock),
      operation_(std::move(operation)),
      verifier_(credentials_of(lookup_), options_.region, options_.service) {}

bool SignedService::claims(const http::Request& request) const {
    return request.header("x-amz-target").starts_with(options_.target_prefix);
}

boost::asio::awaitable<http::Response> SignedService::handle(http::Request& request) const {
    auto output = co_await dispatch(request);
    http::Response response;
    response.route = "aws";
    response.set("x-amzn-requestid", request.request_id);
    response.set("content-type", options_.content_type);
    if (output) {
        response.body = *output ? boost::json::serialize(**output) : std::string();
        co_return response;
    }
    const auto& error = output.error();
    response.status = error.status;
    response.failure = error.failure;
    response.set("x-amzn-errortype", error.code);
    if (!error.query_code.empty()) {
        response.set("x-amzn-query-error",
                     error.query_code + (error.status < 500 ? ";Sender" : ";Receiver"));
    }
    response.body = boost::json::serialize(
        boost::json::object{{"__type", error.code}, {"message", error.message}});
    co_return response;
}

boost::asio::awaitable<std::expected<SignedService::Proven, ServiceError>> SignedService::prove(
    http::Request& request) const {
    if (request.method != boost::beast::http::verb::post) {
        co_return refuse("UnknownOperationException", "Operations are asked for by POST.");
    }
    // The signature covers the body; nobody whose key is not known fills memory with one.
    if (const auto key = auth::access_key_of(request); !lookup_(key)) {
        sigv4::AuthError stranger;
        if (!key.empty()) stranger.failure = sigv4::AuthFailure::unknown_access_key;
        co_return std::unexpected(error_of(stranger));
    }
    auto body = co_await request.body->read_all(options_.body_bytes_max);
    if (!body && body.error().code == Errc::too_large) {
        co_return refuse("RequestEntityTooLargeException", body.error().message);
    }
    if (!body) co_return refuse("SerializationException", body.error().message);
    const auto proof = verifier_.verify(auth::head_of(request), clock_.now(), sha256_hex(*body));
    if (!proof) co_return std::unexpected(error_of(proof.error()));
    auto caller = lookup_(proof->access_key_id);
    if (!caller) co_return refuse("UnrecognizedClientException", "The access key has ended.");
    request.deadline += options_.wait_max;
    Proven proven{.who = std::move(caller->principal), .body = std::move(*body)};
    co_return proven;
}

boost::asio::awaitable<Output> SignedService::dispatch(http::Request& request) const {
    auto proven = co_await prove(request);
    if (!proven) co_return std::unexpected(std::move(proven.error()));
    boost::system::error_code error;
    boost::json::parse_options options;
    options.max_depth = kDepthMax;
    const std::string_view text = proven->body.empty() ? "{}" : std::string_view(proven->body);
    auto value = boost::json::parse(text, error, boost::json::storage_ptr(), options);
    if (error || !value.is_object()) {
        co_return refuse("SerializationException", "The body is no JSON object.");
    }
    auto name = std::string(request.header("x-amz-target").substr(options_.target_prefix.size()));
    co_return co_await operation_(std::move(proven->who), std::move(name),
                                  std::move(value.get_object()));
}

}  // namespace ingestor::awsapi::json
