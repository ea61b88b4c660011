#pragma once

#include <cstdint>
#include <expected>

#include "awsapi/json/service_error.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace ingestor::awsapi::logs {

[[nodiscard]] inline std::unexpected<json::ServiceError> no_group() {
    return json::refuse("ResourceNotFoundException", "The specified log group does not exist.");
}

/// How CloudWatch Logs calls an error.
[[nodiscard]] inline std::unexpected<json::ServiceError> failed(const Error& error) {
    if (auto common = json::common_error(error)) return std::unexpected(std::move(*common));
    if (error.code == Errc::not_found) return no_group();
    if (error.code == Errc::conflict) {
        return json::refuse("ResourceAlreadyExistsException", error.message);
    }
    if (error.code == Errc::too_large) return json::refuse("LimitExceededException", error.message);
    return json::refuse("InvalidParameterException", error.message);
}

/// As the protocol writes times.
[[nodiscard]] inline std::int64_t milliseconds(TimePoint time) {
    return time.time_since_epoch().count();
}

}  // namespace ingestor::awsapi::logs
