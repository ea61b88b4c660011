#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "base/time.hpp"
#include "domain/job.hpp"

namespace ingestor::jobs {

/// Why an attempt ended that was not the fault of its documents.
struct Trouble {
    std::string reason;  ///< For the job and the log.
    /// For whoever asks, signed in or not: names no document, no path, and no words of a store.
    std::string kind;
};

/// What keeps jobs from being worked on, as their attempts meet it; not what is wrong with a job.
/// For readiness and metrics, and for the sweep: while the trouble lasts, one waiting job after the
/// other tries whether it is over, and not all of them. Use from the I/O executor only.
class ServiceTrouble {
public:
    /// An attempt ended by it. True where it has to be said: it is new, or lasts for a further
    /// kSaidEvery.
    bool met(Trouble trouble, Deadline now) {
        const bool say = !last_ || now >= said_at_ + kSaidEvery;
        if (say) said_at_ = now;
        met_at_ = now;
        last_ = std::move(trouble);
        return say;
    }
    /// Jobs that wait cannot try whether it is over.
    void lasts(Deadline now) {
        if (current(now)) met_at_ = now;
    }
    /// A document was worked on, from its reading to its record.
    void passed() { last_.reset(); }

    /// nullopt: none that is known, or none that a job waits for any more: one that waited would
    /// have met it again.
    [[nodiscard]] std::optional<Trouble> current(Deadline now) const {
        if (now >= met_at_ + kForgottenAfter) return std::nullopt;
        return last_;
    }

    static constexpr std::chrono::minutes kSaidEvery{1};
    static constexpr auto kForgottenAfter = 5 * domain::kWaitMax;

private:
    std::optional<Trouble> last_;
    Deadline met_at_{};
    Deadline said_at_{};
};

}  // namespace ingestor::jobs
