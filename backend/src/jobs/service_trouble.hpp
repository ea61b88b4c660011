#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "base/time.hpp"

namespace ingestor {

/// What keeps jobs from being worked on, as their attempts meet it; not what is wrong with a job.
/// For readiness and metrics, and for the sweep: while the trouble lasts, one waiting job after the
/// other tries whether it is over, and not all of them. Use from the I/O executor only.
class ServiceTrouble {
public:
    /// An attempt ended by it. True where it has to be said: it is new, or lasts for a further
    /// kSaidEvery.
    bool met(std::string reason, Deadline now) {
        const bool say = !reason_ || now >= said_at_ + kSaidEvery;
        if (say) said_at_ = now;
        reason_ = std::move(reason);
        return say;
    }
    /// A document was worked on, from its reading to its record.
    void passed() { reason_.reset(); }

    /// nullopt: none that is known.
    [[nodiscard]] const std::optional<std::string>& reason() const { return reason_; }

    static constexpr std::chrono::minutes kSaidEvery{1};

private:
    std::optional<std::string> reason_;
    Deadline said_at_{};
};

}  // namespace ingestor
