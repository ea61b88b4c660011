#pragma once

#include <string>
#include <variant>

#include "bus/delivery/retry.hpp"
#include "ports/event_log.hpp"

namespace ingestor::bus::delivery {

/// The function has done its work.
struct Acknowledge {};

/// How a delivery that was handed over ends, to be written to the log.
struct Settlement {
    ports::Delivery delivery;  ///< As it was handed over.
    ports::DeliveryStage stage = ports::DeliveryStage::delivery;
    int failures = 0;  ///< In that stage.
    std::variant<Acknowledge, RetryAt, SendToDlq> outcome;
    std::string message;  ///< Of the failure.
    /// The function threw. Where the log cannot be written either, the fault is the store's.
    bool function_failed = false;
};

}  // namespace ingestor::bus::delivery
