#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "awsapi/json/service_error.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

namespace ingestor::awsapi::sqs {

// The protocol that clients spoke before November 2023, forms in and XML out, written as the JSON
// protocol's requests and answers. Source: Smithy, "AWS query protocol", and the SQS API reference.

/// Whether the request is signed for SQS and names no operation in its head. Proves nothing.
[[nodiscard]] bool is_query(const http::Request& request);

struct QueryRequest {
    std::string action;
    boost::json::object members;
};
/// Errors: invalid_argument (no form, no action, too many parameters).
[[nodiscard]] Result<QueryRequest> read_query(std::string_view form);

[[nodiscard]] http::Response write_query(const json::Output& output, std::string_view action,
                                         std::string_view request_id);

}  // namespace ingestor::awsapi::sqs
