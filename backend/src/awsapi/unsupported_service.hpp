#pragma once

#include "http/message.hpp"

namespace ingestor::awsapi {

/// Whether a client of AWS asks for another service than S3: it names an operation
/// (`X-Amz-Target`), or its signature's scope is another's. Cheap; proves nothing.
[[nodiscard]] bool is_for_unsupported_service(const http::Request& request);

/// 400 `UnknownOperationException`, in the form of the protocol that the request speaks (JSON, or
/// XML where it is a query in a form), so that AWS's clients show it as what it is.
/// Source: Smithy, "AWS JSON 1.1 protocol" and "AWS query protocol".
[[nodiscard]] http::Response unsupported_service(const http::Request& request);

}  // namespace ingestor::awsapi
