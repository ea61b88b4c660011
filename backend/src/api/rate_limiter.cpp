#include "api/rate_limiter.hpp"

#include <algorithm>

namespace ingestor::api {

RateLimiter::RateLimiter(double per_second, double burst)
    : per_second_(per_second), burst_(std::max(burst, 1.0)) {}

bool RateLimiter::allow(const std::string& caller, Moment now) {
    if (per_second_ <= 0) return true;
    const auto place = places_.find(caller);
    if (place == places_.end()) {
        if (buckets_.size() >= kCallersMax) {
            places_.erase(buckets_.back().caller);
            buckets_.pop_back();
        }
        buckets_.push_front(Bucket{.caller = caller, .tokens = burst_, .filled = now});
        places_.emplace(caller, buckets_.begin());
    } else {
        buckets_.splice(buckets_.begin(), buckets_, place->second);
    }
    auto& bucket = buckets_.front();
    const std::chrono::duration<double> passed = now - bucket.filled;
    bucket.tokens = std::min(burst_, bucket.tokens + passed.count() * per_second_);
    bucket.filled = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
}

}  // namespace ingestor::api
