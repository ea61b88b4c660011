#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>

namespace ingestor::api {

/// A token bucket for each caller: `per_second` on average, `burst` at once. Keeps at most
/// kCallersMax callers and forgets the ones not seen for longest, which is kind to them.
/// Use from the I/O executor only.
class RateLimiter {
public:
    using Moment = std::chrono::steady_clock::time_point;
    static constexpr std::size_t kCallersMax = 10'000;

    /// `per_second` 0: no limit.
    RateLimiter(double per_second, double burst);

    /// Takes one token; false: the caller has none left.
    [[nodiscard]] bool allow(const std::string& caller, Moment now);

private:
    struct Bucket {
        std::string caller;
        double tokens = 0;
        Moment filled;
    };

    double per_second_;
    double burst_;
    std::list<Bucket> buckets_;  ///< Last seen first.
    std::unordered_map<std::string, std::list<Bucket>::iterator> places_;
};

}  // namespace ingestor::api
