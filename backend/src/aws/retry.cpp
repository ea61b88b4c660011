#include "aws/retry.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace ingestor::aws {
namespace {

constexpr auto kThrottling = std::to_array<std::string_view>(
    {"BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException",
     "PriorRequestNotComplete", "ProvisionedThroughputExceededException", "RequestLimitExceeded",
     "RequestThrottled", "RequestThrottledException", "SlowDown", "ThrottledException",
     "Throttling", "ThrottlingException", "TooManyRequestsException",
     "TransactionInProgressException"});

constexpr auto kTransient = std::to_array<std::string_view>(
    {"InternalError", "InternalException", "InternalFailure", "InternalServerError",
     "ReplicatedWriteConflictException", "RequestTimeout", "RequestTimeoutException",
     "ServiceUnavailable", "TransactionConflict", "TransactionConflictException"});

constexpr auto kClockSkew = std::to_array<std::string_view>(
    {"RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"});

bool has(std::span<const std::string_view> codes, std::string_view code) {
    return std::ranges::find(codes, code) != codes.end();
}

int cost(FailureKind kind) {
    return kind == FailureKind::timeout ? RetryQuota::kCostOfTimeout : RetryQuota::kCostOfRetry;
}

}  // namespace

FailureKind classify(std::string_view code, long http_status) {
    if (has(kThrottling, code)) return FailureKind::throttling;
    if (has(kClockSkew, code)) return FailureKind::clock_skew;
    if (has(kTransient, code)) return FailureKind::transient;
    switch (http_status) {
        case 0:
        case 500:
        case 502:
        case 503:
        case 504:
            return FailureKind::transient;
        case 429:
            return FailureKind::throttling;
        default:
            return FailureKind::final;
    }
}

std::chrono::milliseconds backoff(const RetryPolicy& policy, FailureKind kind, int attempt,
                                  std::mt19937_64& random) {
    const auto base = kind == FailureKind::throttling ? policy.throttling_base : policy.base;
    const auto doublings = std::clamp(attempt - 2, 0, 20);
    const auto longest = std::min(policy.delay_max, base * (std::int64_t{1} << doublings));
    std::uniform_int_distribution<std::int64_t> upto(0, longest.count());
    return std::chrono::milliseconds(upto(random));
}

bool RetryQuota::take(FailureKind kind) {
    const std::scoped_lock lock(mutex_);
    if (left_ < cost(kind)) return false;
    left_ -= cost(kind);
    return true;
}

void RetryQuota::succeeded(FailureKind after) {
    const std::scoped_lock lock(mutex_);
    const auto gain = after == FailureKind::final ? kGainOfSuccess : cost(after);
    left_ = std::min(capacity_, left_ + gain);
}

int RetryQuota::left() const {
    const std::scoped_lock lock(mutex_);
    return left_;
}

}  // namespace ingestor::aws
