#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "awsapi/json/input.hpp"
#include "awsapi/json/service_error.hpp"
#include "base/result.hpp"
#include "ports/queue_store.hpp"

namespace ingestor::awsapi::sqs {

// Parameters and errors as SQS has them (API version 2012-11-05).

/// As SQS's JSON protocol names it, and as its older protocol did, which clients still tell.
[[nodiscard]] json::ServiceError error(std::string_view code, std::string message);

[[nodiscard]] json::ServiceError invalid_parameter(std::string message);
/// `Value 11 for parameter MaxNumberOfMessages is invalid. Reason: …`.
[[nodiscard]] json::ServiceError invalid_value(std::string_view value, std::string_view parameter,
                                               std::string_view reason);
[[nodiscard]] json::ServiceError missing(std::string_view parameter);
[[nodiscard]] json::ServiceError error_of(const Error& error);

template <class T>
using Read = std::expected<T, json::ServiceError>;

[[nodiscard]] Read<std::string> required_text(json::Input& input, std::string_view parameter);
/// nullopt: it is not there.
[[nodiscard]] Read<std::optional<std::int64_t>> number(json::Input& input,
                                                       std::string_view parameter, std::int64_t min,
                                                       std::int64_t max);

/// What clients hand back to name a message that they received from that queue.
[[nodiscard]] std::string write_receipt(const ports::MessageReceipt& receipt,
                                        std::string_view queue);
/// Errors: ReceiptHandleIsInvalid, of another queue's too.
[[nodiscard]] Read<ports::MessageReceipt> read_receipt(std::string_view handle,
                                                       std::string_view queue);

}  // namespace ingestor::awsapi::sqs
