#pragma once

#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "eventbridge/event.hpp"
#include "ports/api_destination_store.hpp"
#include "ports/event_log.hpp"
#include "ports/http_caller.hpp"

namespace ingestor::bus::targets {

/// What a request to an API destination is made of ("API destinations as targets" in the
/// EventBridge user guide).
struct HttpRequestParts {
    const ports::ApiDestination& destination;
    const ports::Connection& connection;
    const ports::TargetHttpParameters& parameters;  ///< What the target adds.
    const eventbridge::Event& event;
    std::string payload;        ///< The target's input.
    std::string authorization;  ///< The header, where the connection has OAuth.
    std::string message_id;     ///< Of a signed webhook: the same for every try.
    TimePoint now;
};

/// Where the connection and the target name the same header or parameter, the connection's is sent.
/// A header or parameter of the query whose path leads to nothing in the event is left out. GET,
/// HEAD and OPTIONS have no body. Errors: invalid_argument (no value for a `*` of the endpoint;
/// parameters for a body that is no JSON object; a value that no header can have).
[[nodiscard]] Result<ports::OutgoingRequest> make_http_request(HttpRequestParts parts);

}  // namespace ingestor::bus::targets
