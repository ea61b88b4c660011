#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "bus/delivery/retry.hpp"
#include "ports/event_log.hpp"

namespace ingestor::bus::delivery {

/// The function has done its work.
struct Acknowledge {};

/// The code of a function's own errors while it is retried, as Lambda's X-Amz-Function-Error has
/// it.
inline constexpr std::string_view kFunctionError = "Unhandled";

/// How a delivery that was handed over ends, to be written to the log.
struct Settlement {
    ports::Delivery delivery;  ///< As it was handed over.
    ports::DeliveryStage stage = ports::DeliveryStage::delivery;
    int failures = 0;  ///< In that stage.
    std::variant<Acknowledge, RetryAt, SendToDlq> outcome;
    std::string error_code = {};  ///< Of the failure; a function's own has kFunctionError.
    std::string message = {};
    std::optional<int> status = {};          ///< As DeliveryFailure has it.
    std::chrono::microseconds latency = {};  ///< Of the target's answer.
    /// The function threw. Where the log cannot be written either, the fault is the store's.
    bool function_failed = false;
};

}  // namespace ingestor::bus::delivery
