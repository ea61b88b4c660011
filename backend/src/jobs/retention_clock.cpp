#include "jobs/retention_clock.hpp"

namespace ingestor::jobs {

RetentionClock::RetentionClock(const ports::Clock& wall, const async::MonotonicClock& monotonic)
    : wall_(wall), monotonic_(monotonic), agreed_(wall.now()), agreed_at_(monotonic.now()) {}

TimePoint RetentionClock::now() const {
    const std::scoped_lock lock(mutex_);
    const auto wall = wall_.now();
    const auto at = monotonic_.now();
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(at - agreed_at_);
    const auto expected = agreed_ + passed;
    const bool ahead = wall > expected + kTolerance;
    if (ahead && !ahead_since_) ahead_since_ = at;
    if (ahead && at - *ahead_since_ < kHeldFor) return expected;
    ahead_since_.reset();
    agreed_ = wall;
    agreed_at_ = at;
    return wall;
}

}  // namespace ingestor::jobs
