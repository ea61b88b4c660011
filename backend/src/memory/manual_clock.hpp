#pragma once

#include <atomic>

#include "ports/clock.hpp"

namespace ingestor::memory {

/// A clock that stands still until it is turned.
class ManualClock final : public ports::Clock {
public:
    explicit ManualClock(TimePoint start = TimePoint{std::chrono::milliseconds{1'767'323'045'678}})
        : now_(start.time_since_epoch().count()) {}

    [[nodiscard]] TimePoint now() const override {
        return TimePoint{std::chrono::milliseconds{now_.load()}};
    }
    void advance(std::chrono::milliseconds by) { now_ += by.count(); }
    void set(TimePoint now) { now_ = now.time_since_epoch().count(); }

private:
    std::atomic<std::chrono::milliseconds::rep> now_;
};

}  // namespace ingestor::memory
