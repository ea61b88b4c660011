#include "awsapi/json/signed_service.hpp"

#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace ingestor::awsapi::json {

namespace {

// Values in values of a body: an event's detail comes as text.
constexpr std::size_t kDepthMax = 32;

}  // namespace

SignedService::SignedService(Options options, auth::CallerLookup lookup, const ports::Clock& clock,
                             Operation operation)
    : options_(std::move(options)),
      operation_(std::move(operation)),
      caller_(options_.service, options_.region, std::move(lookup), clock) {}

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
    if (auto refused = caller_.refuse_stranger(request)) co_return std::unexpected(*refused);
    auto body = co_await request.body->read_all(options_.body_bytes_max);
    if (!body && body.error().code == Errc::too_large) {
        co_return refuse("RequestEntityTooLargeException", body.error().message);
    }
    if (!body) co_return refuse("SerializationException", body.error().message);
    auto caller = caller_.verify(request, *body);
    if (!caller) co_return std::unexpected(std::move(caller.error()));
    request.deadline += options_.wait_max;
    Proven proven{.who = std::move(*caller), .body = std::move(*body)};
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
