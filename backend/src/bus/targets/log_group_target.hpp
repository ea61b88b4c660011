#pragma once

#include <string>

#include "bus/targets/target.hpp"
#include "bus/targets/target_places.hpp"
#include "ports/log_groups.hpp"

namespace ingestor::bus::targets {

/// Log groups: each event is a line. Without an input the line is the event, at the event's time;
/// an input is `{"timestamp": MILLISECONDS, "message": TEXT}`, as CloudWatch Logs takes it ("Input
/// transformer" in the EventBridge user guide).
class LogGroupTarget final : public TargetWithPlaces {
public:
    /// `groups` outlives it.
    explicit LogGroupTarget(ports::LogGroups& groups);

    /// Failures: NO_RESOURCE (no such group), INVALID_JSON (the input); THROTTLING (retryable:
    /// lines come faster than they are written), INTERNAL_ERROR (retryable: the disk is full).
    boost::asio::awaitable<Outcome> invoke(Invocation invocation) override;

private:
    static constexpr std::size_t kInFlightMax = 64;

    ports::LogGroups& groups_;
    std::string stream_;  ///< Of this process.
};

}  // namespace ingestor::bus::targets
