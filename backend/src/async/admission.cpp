#include "async/admission.hpp"

namespace ingestor::async {

Result<Admission::Ticket> Admission::enter(Clock::time_point now) {
    const std::scoped_lock lock(mutex_);
    if (calls_ == 0) last_progress_ = now;
    if (stalled_locked(now)) {
        return fail(Errc::unavailable, options_.what + " does not answer: retry later");
    }
    if (calls_ >= options_.calls_max) {
        return fail(Errc::unavailable,
                    "too many calls wait for " + options_.what + ": retry later");
    }
    ++calls_;
    return Ticket(*this);
}

bool Admission::stalled(Clock::time_point now) const {
    const std::scoped_lock lock(mutex_);
    return stalled_locked(now);
}

bool Admission::stalled_locked(Clock::time_point now) const {
    return calls_ >= options_.threads && now - last_progress_ > options_.stall;
}

void Admission::leave(Clock::time_point now) {
    const std::scoped_lock lock(mutex_);
    --calls_;
    last_progress_ = now;
}

}  // namespace ingestor::async
