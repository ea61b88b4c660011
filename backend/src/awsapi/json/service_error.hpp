#pragma once

#include <expected>
#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "base/result.hpp"

namespace ingestor::awsapi::json {

/// An error of a service that speaks AWS JSON. Source: Smithy, "AWS JSON 1.1 protocol".
struct ServiceError {
    unsigned status = 400;
    std::string code;
    std::string message;
    std::string failure = {};  ///< Of ours, for the log alone.
    /// What the service's older Query protocol called it, which newer clients still go by; or
    /// empty. Source: Smithy, "awsQueryCompatible trait".
    std::string query_code = {};
};

/// What an operation answers; nullopt: an empty body.
using Output = std::expected<std::optional<boost::json::object>, ServiceError>;

[[nodiscard]] inline std::unexpected<ServiceError> refuse(std::string code, std::string message) {
    return std::unexpected(ServiceError{.code = std::move(code), .message = std::move(message)});
}

/// Errors that mean the same everywhere: of permission, and of ours. nullopt: the service has a
/// code of its own for it.
[[nodiscard]] std::optional<ServiceError> common_error(const Error& error);

}  // namespace ingestor::awsapi::json
