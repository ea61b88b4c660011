#pragma once

#include "bus/event_bus.hpp"
#include "bus/targets/target.hpp"
#include "bus/targets/target_places.hpp"

namespace ingestor::bus::targets {

/// Other buses of this server. The event goes on with its id, time, source and account. A bus gives
/// an event to another once in its life ("Event buses as targets": a third is not reached), so
/// that no rules can make a circle.
class BusTarget final : public TargetWithPlaces {
public:
    /// `bus` outlives it.
    explicit BusTarget(EventBus& bus) : TargetWithPlaces(kInFlightMax), bus_(bus) {}

    /// Failures: NO_RESOURCE (no such bus), THIRD_ACCOUNT_HOP_DETECTED; INTERNAL_ERROR (retryable).
    boost::asio::awaitable<Outcome> invoke(Invocation invocation) override;

private:
    static constexpr std::size_t kInFlightMax = 64;

    EventBus& bus_;
};

}  // namespace ingestor::bus::targets
