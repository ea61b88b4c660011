#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "awsapi/json/input.hpp"
#include "base/time.hpp"

namespace ingestor::awsapi::events {

/// As the protocol writes times. Some clients refuse longer fractions than these.
[[nodiscard]] inline double epoch_seconds(TimePoint time) {
    return static_cast<double>(time.time_since_epoch().count()) / 1'000;
}

/// nullopt: the member is not there, or is no time from 1970 to 9999, which is a violation.
[[nodiscard]] std::optional<TimePoint> read_time(json::Input& input, std::string_view member);

}  // namespace ingestor::awsapi::events
