#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace ingestor::http {

/// How long a client that is to send or to take bytes may still be waited for. Waiting spends time;
/// bytes earn it at the least rate that is put up with, up to the grace period: who is slower than
/// that has used it up sooner or later, and a pause after a fast start is forgiven only so far.
/// Pure.
class RateAllowance {
public:
    using Duration = std::chrono::steady_clock::duration;

    RateAllowance(Duration grace_period, std::uint64_t bytes_per_second_min)
        : grace_period_(grace_period), bytes_per_second_min_(bytes_per_second_min) {}

    void earn(std::uint64_t bytes) {
        // Beyond an hour's worth nothing more is to be had, and the product stays small.
        const auto counted = std::min(bytes, 3600 * bytes_per_second_min_);
        const auto earned = std::chrono::duration_cast<Duration>(std::chrono::seconds{1}) *
                            static_cast<Duration::rep>(counted) /
                            static_cast<Duration::rep>(bytes_per_second_min_);
        left_ = std::min(left_ + earned, grace_period_);
    }
    void spend(Duration waited) { left_ = std::max(left_ - waited, Duration::zero()); }
    void reset() { left_ = grace_period_; }
    [[nodiscard]] Duration left() const { return left_; }

private:
    Duration grace_period_;
    std::uint64_t bytes_per_second_min_;
    Duration left_ = grace_period_;
};

}  // namespace ingestor::http
