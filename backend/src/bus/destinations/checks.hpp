#pragma once

#include <string_view>
#include <variant>

#include "base/result.hpp"

namespace ingestor::bus::destinations {

/// Whether requests may go to this URL: HTTPS, or HTTP to what the operator has allowed, which is
/// known when it is connected to. `member` is for the message. Errors: invalid_argument.
[[nodiscard]] Result<std::monostate> check_endpoint(std::string_view url, std::string_view member);

/// Whether people may set this header. Errors: invalid_argument (one that the request itself has, a
/// webhook's secret that is none).
[[nodiscard]] Result<std::monostate> check_header(std::string_view name, std::string_view value);

}  // namespace ingestor::bus::destinations
