#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "http/message.hpp"

namespace ingestor::lambda {

/// The two shapes of API Gateway's proxy integration ("Working with AWS Lambda proxy
/// integrations").
enum class PayloadFormat {
    v1,  ///< REST APIs.
    v2,  ///< HTTP APIs and function URLs.
};

/// A request that came as an event.
struct HttpEvent {
    PayloadFormat format = PayloadFormat::v1;
    /// Without body and deadline. The request id is the client's own, if that is fit to log.
    http::Request request;
    std::string body = {};        ///< Decoded.
    std::string gateway_id = {};  ///< The gateway's own request id, as its access log has it.
};

/// True for an event of either shape.
[[nodiscard]] bool is_http_event(const boost::json::object& event);

/// `base_path` (`/api`; empty: none) and a named stage are no part of the request's target. The
/// target is percent-encoded whatever the gateway has decoded of it: what it decoded for good, as
/// `%2F` in the path of an HTTP API, is lost. Errors: invalid_argument (`field` says where).
[[nodiscard]] Result<HttpEvent> parse_http_event(const boost::json::object& event,
                                                 std::string_view base_path);

}  // namespace ingestor::lambda
