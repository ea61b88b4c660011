#pragma once

#include <string>

#include "httpclient/http_client.hpp"

namespace ingestor::aws {

struct ErrorDocument {
    std::string code;  ///< Without a namespace or address around it; empty: it names none.
    std::string message;
};

/// What a refusal says: JSON with `__type` (or `code`) and `message` in either case, the header
/// `x-amzn-ErrorType`, or S3's XML. What cannot be read gives an empty code and the status.
[[nodiscard]] ErrorDocument read_error(const httpclient::HttpReply& reply);

/// True for an answer whose body is S3's XML error document, whatever the status.
[[nodiscard]] bool holds_error(const httpclient::HttpReply& reply);

}  // namespace ingestor::aws
