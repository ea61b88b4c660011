#pragma once

#include <chrono>

#include "base/time.hpp"

namespace ingestor::awsapi::events {

/// As the protocol writes times. Some clients refuse longer fractions than these.
[[nodiscard]] inline double epoch_seconds(TimePoint time) {
    return static_cast<double>(time.time_since_epoch().count()) / 1'000;
}

}  // namespace ingestor::awsapi::events
