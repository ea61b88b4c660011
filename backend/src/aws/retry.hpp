#pragma once

#include <chrono>
#include <mutex>
#include <random>
#include <string_view>

namespace ingestor::aws {

/// What kind of failure an attempt met with.
enum class FailureKind {
    final,       ///< The same request would fail again.
    transient,   ///< Connections that broke, 500, 502, 503, 504.
    timeout,     ///< No answer in time: costs more of the quota.
    throttling,  ///< The service asks for patience.
    clock_skew,  ///< Our clock is off; worth one further try with the service's.
};

/// By AWS's error code (empty: none known) and the status (0: no answer).
/// Source: AWS SDKs and Tools Reference Guide, "Retry behavior"; botocore's standard mode.
[[nodiscard]] FailureKind classify(std::string_view code, long http_status);

struct RetryPolicy {
    int attempts_max = 4;
    std::chrono::milliseconds base{50};
    std::chrono::milliseconds throttling_base{1'000};
    std::chrono::milliseconds delay_max{20'000};
};

/// How long to wait before attempt `attempt` (from 2): a random part of base * 2^(attempt-2), at
/// most delay_max.
[[nodiscard]] std::chrono::milliseconds backoff(const RetryPolicy& policy, FailureKind kind,
                                                int attempt, std::mt19937_64& random);

/// Bounds the retries of requests to a service, so that one in trouble is not asked thrice by all:
/// each retry takes from a bucket, each success gives back. Safe from any thread.
class RetryQuota {
public:
    static constexpr int kCapacity = 500;
    static constexpr int kCostOfRetry = 5;
    static constexpr int kCostOfTimeout = 10;
    static constexpr int kGainOfSuccess = 1;

    explicit RetryQuota(int capacity = kCapacity) : capacity_(capacity), left_(capacity) {}

    /// False: there is none left, do not retry.
    [[nodiscard]] bool take(FailureKind kind);
    /// `after`: what the retry that led to it had cost; final: it was the first attempt.
    void succeeded(FailureKind after);
    [[nodiscard]] int left() const;

private:
    mutable std::mutex mutex_;
    const int capacity_;
    int left_;
};

}  // namespace ingestor::aws
