#pragma once

#include <cstdint>
#include <random>

namespace ingestor::memory {

/// Decides which calls fail, from one seed, so that a failing run replays exactly.
class FaultPlan {
public:
    struct Rates {
        /// Of 100 calls, how many fail without having done anything.
        unsigned before_percent = 0;
        /// Of 100 calls, how many are done and then answer as failed: the answer was lost.
        unsigned after_percent = 0;
    };

    FaultPlan(std::uint64_t seed, Rates rates) : random_(seed), rates_(rates) {}

    [[nodiscard]] bool fails_before() { return strikes(rates_.before_percent); }
    [[nodiscard]] bool fails_after() { return strikes(rates_.after_percent); }
    void set(Rates rates) { rates_ = rates; }
    /// How many faults were injected so far.
    [[nodiscard]] std::uint64_t count() const { return count_; }

private:
    bool strikes(unsigned percent);

    std::mt19937_64 random_;
    Rates rates_;
    std::uint64_t count_ = 0;
};

}  // namespace ingestor::memory
