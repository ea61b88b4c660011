#pragma once

#include "bus/delivery/settlement.hpp"
#include "domain/names.hpp"
#include "ports/queue_store.hpp"

namespace ingestor::bus::delivery {

/// The message that a dead-letter queue gets for a delivery that was given up for `reason`: the
/// event as it was, with the attributes that EventBridge adds ("Using dead-letter queues" in its
/// user guide).
[[nodiscard]] ports::OutgoingMessage dead_letter_message(const Settlement& settlement,
                                                         const SendToDlq& reason,
                                                         const domain::Names& names);

}  // namespace ingestor::bus::delivery
