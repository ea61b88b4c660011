#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace ingestor::http {

/// How an answer's body is delimited.
enum class Delimiter {
    none,    ///< No body and no length: 204, 304 and 1xx.
    length,  ///< Content-Length.
    chunks,  ///< Transfer-Encoding: chunked.
    close,   ///< The end of the connection, for HTTP/1.0.
};

struct ResponseFraming {
    Delimiter delimiter = Delimiter::length;
    std::uint64_t length = 0;
    /// The request was HEAD: a length that the handler states itself is kept.
    bool is_head = false;
    bool keep_alive = true;
    bool is_http_1_0 = false;
};

/// Appends status line and headers with the blank line. Adds Date, Server, x-request-id,
/// X-Content-Type-Options and what frames the body; the handler's own framing headers are dropped.
/// Errors: internal (a header that cannot be sent, for a line break or the like in it).
[[nodiscard]] Result<std::monostate> append_response_head(std::string& out,
                                                          const Response& response,
                                                          std::string_view request_id,
                                                          const ResponseFraming& framing);

}  // namespace ingestor::http
