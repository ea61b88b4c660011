#pragma once

#include <chrono>
#include <string_view>

#include "base/result.hpp"

namespace ingestor::cli {

/// Reads `90s`, `15m`, `1h` or `30d`. Errors: invalid_argument.
[[nodiscard]] Result<std::chrono::seconds> parse_duration(std::string_view text);

}  // namespace ingestor::cli
