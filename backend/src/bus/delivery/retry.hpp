#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "base/time.hpp"
#include "bus/targets/target.hpp"
#include "ports/event_log.hpp"

namespace ingestor::bus::delivery {

// What becomes of a delivery that failed. Pure: no clock, no randomness, no I/O. `failures` counts
// those of the stage, this one included; `jitter` is drawn from [0, 1). The age of an event counts
// from `first_failed_at`: how long it waited for room, or for a service that was stopped, is not
// the target's failure.

/// Lambda's conditions, which stand in the place of error codes.
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

/// The first layer: the RetryPolicy of the rule's target, and not before the target wants it.
[[nodiscard]] NextStep after_failed_delivery(const ports::RuleTarget& target,
                                             const Backoff& backoff,
                                             const targets::DeliveryFailure& failure, int failures,
                                             TimePoint first_failed_at, TimePoint now,
                                             double jitter);

/// The second layer: the function ran and threw. As Lambda does it, a retry that would come after
/// the event's maximum age is given up at once.
[[nodiscard]] NextStep after_failed_invocation(const targets::AsyncInvokeConfig& config,
                                               int failures, TimePoint first_failed_at,
                                               TimePoint now, double jitter);

}  // namespace ingestor::bus::delivery
