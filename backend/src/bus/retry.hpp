#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "base/time.hpp"
#include "ports/event_log.hpp"

namespace ingestor::bus {

// What becomes of a delivery that failed. Pure: no clock, no randomness, no I/O. `failures` counts
// those of the stage, this one included; `jitter` is drawn from [0, 1). The age of an event counts
// from `first_failed_at`: how long it waited for room, or for a service that was stopped, is not
// the target's failure.

/// The error codes of dead letters, as EventBridge and Lambda name them.
inline constexpr std::string_view kNoResource = "NO_RESOURCE";
inline constexpr std::string_view kInvalidJson = "INVALID_JSON";
inline constexpr std::string_view kThrottling = "THROTTLING";
inline constexpr std::string_view kRetriesExhausted = "RetriesExhausted";
inline constexpr std::string_view kEventAgeExceeded = "EventAgeExceeded";
inline constexpr std::string_view kByAttempts = "MaximumRetryAttempts";
inline constexpr std::string_view kByAge = "MaximumEventAgeInSeconds";

struct RetryAt {
    TimePoint at;
    friend bool operator==(const RetryAt&, const RetryAt&) = default;
};
/// To the dead letters.
struct SendToDlq {
    std::string error_code;
    std::string exhausted;  ///< kByAttempts, kByAge or empty; see DeadLetter.
    friend bool operator==(const SendToDlq&, const SendToDlq&) = default;
};
using NextStep = std::variant<RetryAt, SendToDlq>;

/// Full jitter: anywhere between nothing and min(cap, base * 2^(failures - 1)).
struct Backoff {
    std::chrono::milliseconds base{1'000};
    std::chrono::milliseconds cap{900'000};
};
[[nodiscard]] std::chrono::milliseconds wait_after(const Backoff& backoff, int failures,
                                                   double jitter);

/// Why the bus could not hand the event to the target.
struct DeliveryFailure {
    std::string code;  ///< As EventBridge's ERROR_CODE.
    std::string message;
    bool retryable = false;
};
/// The first layer: the RetryPolicy of the rule's target.
[[nodiscard]] NextStep after_failed_delivery(const ports::RuleTarget& target,
                                             const Backoff& backoff, const DeliveryFailure& failure,
                                             int failures, TimePoint first_failed_at, TimePoint now,
                                             double jitter);

/// How a function's own errors are retried ("EventInvokeConfig" in the Lambda API). Lambda waits
/// about a minute and then about two; here the first wait is shorter unless set otherwise.
struct AsyncInvokeConfig {
    int maximum_retry_attempts = 2;
    std::chrono::seconds maximum_event_age{21'600};
    std::chrono::milliseconds first_wait{1'000};  ///< Doubles each time, give or take a quarter.
};
/// The second layer: the function ran and threw. As Lambda does it, a retry that would come after
/// the event's maximum age is given up at once.
[[nodiscard]] NextStep after_failed_invocation(const AsyncInvokeConfig& config, int failures,
                                               TimePoint first_failed_at, TimePoint now,
                                               double jitter);

}  // namespace ingestor::bus
