#include "bus/delivery/retry.hpp"

#include <algorithm>

namespace ingestor::bus::delivery {

namespace {

/// Enough to reach any cap, and far from overflow.
constexpr int kDoublingsMax = 30;

std::chrono::milliseconds doubled(std::chrono::milliseconds base, int failures) {
    return base * (std::int64_t{1} << std::clamp(failures - 1, 0, kDoublingsMax));
}

std::chrono::milliseconds part_of(std::chrono::milliseconds whole, double part) {
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(static_cast<double>(whole.count()) * part));
}

}  // namespace

std::chrono::milliseconds wait_after(const Backoff& backoff, int failures, double jitter) {
    return part_of(std::min(backoff.cap, doubled(backoff.base, failures)), jitter);
}

NextStep after_failed_delivery(const ports::RuleTarget& target, const Backoff& backoff,
                               const targets::DeliveryFailure& failure, int failures,
                               TimePoint first_failed_at, TimePoint now, double jitter) {
    if (!failure.retryable) return SendToDlq{failure.code, ""};
    if (failures > target.maximum_retry_attempts) {
        return SendToDlq{failure.code, std::string(kByAttempts)};
    }
    const std::chrono::milliseconds asked = failure.retry_after.value_or(std::chrono::seconds(0));
    const auto at = now + std::max(wait_after(backoff, failures, jitter), asked);
    if (at > first_failed_at + target.maximum_event_age) {
        return SendToDlq{failure.code, std::string(kByAge)};
    }
    return RetryAt{at};
}

NextStep after_failed_invocation(const targets::AsyncInvokeConfig& config, int failures,
                                 TimePoint first_failed_at, TimePoint now, double jitter) {
    if (failures > config.maximum_retry_attempts) {
        return SendToDlq{std::string(kRetriesExhausted), std::string(kByAttempts)};
    }
    const auto wait = doubled(config.first_wait, failures);
    const auto at = now + part_of(wait, 0.75 + jitter / 2);
    if (at > first_failed_at + config.maximum_event_age) {
        return SendToDlq{std::string(kEventAgeExceeded), std::string(kByAge)};
    }
    return RetryAt{at};
}

}  // namespace ingestor::bus::delivery
