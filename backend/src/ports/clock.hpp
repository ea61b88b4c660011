#pragma once

#include "base/time.hpp"

namespace ingestor::ports {

/// The wall clock, so that tests can turn it by hand.
class Clock {
public:
    virtual ~Clock() = default;
    /// Safe from any thread.
    [[nodiscard]] virtual TimePoint now() const = 0;
};

class SystemClock final : public Clock {
public:
    [[nodiscard]] TimePoint now() const override {
        return std::chrono::time_point_cast<std::chrono::milliseconds>(
            std::chrono::system_clock::now());
    }
};

}  // namespace ingestor::ports
