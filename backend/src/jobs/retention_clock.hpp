#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "async/monotonic_clock.hpp"
#include "ports/clock.hpp"

namespace ingestor::jobs {

/// The wall clock as deletion by age goes by it. Where the wall clock is set ahead, everything
/// seems old at once, and what is deleted does not come back when it is set right. So a step ahead
/// counts only once kHeldFor has passed, by monotonic time, without the clock having been set back;
/// until then time goes on from before the step. A step back counts at once: it deletes nothing.
///
/// A machine that sleeps steps ahead, as its monotonic time stands still: what is past its time is
/// deleted up to kHeldFor later then. A process that starts under a wrong clock believes it.
class RetentionClock final : public ports::Clock {
public:
    static constexpr std::chrono::hours kHeldFor{24};
    /// Two readings of the clocks may be so far apart without a step.
    static constexpr std::chrono::minutes kTolerance{5};

    /// Both outlive this.
    RetentionClock(const ports::Clock& wall, const async::MonotonicClock& monotonic);

    [[nodiscard]] TimePoint now() const override;

private:
    const ports::Clock& wall_;
    const async::MonotonicClock& monotonic_;
    mutable std::mutex mutex_;
    /// The last reading without a step.
    mutable TimePoint agreed_;
    mutable Deadline agreed_at_;
    mutable std::optional<Deadline> ahead_since_;
};

}  // namespace ingestor::jobs
