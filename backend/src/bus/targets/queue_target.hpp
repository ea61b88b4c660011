#pragma once

#include "bus/targets/target.hpp"
#include "bus/targets/target_places.hpp"
#include "ports/message_sender.hpp"

namespace ingestor::bus::targets {

/// Queues of this server: each event is a message, its body what the target is given.
class QueueTarget final : public TargetWithPlaces {
public:
    /// `queues` outlives it.
    explicit QueueTarget(ports::MessageSender& queues)
        : TargetWithPlaces(kInFlightMax), queues_(queues) {}

    /// Failures: NO_RESOURCE (no such queue), INVALID_PARAMETER (a message that is too large for
    /// it), RESOURCE_LIMIT_EXCEEDED (retryable: it is full), INTERNAL_ERROR (retryable).
    boost::asio::awaitable<Outcome> invoke(Invocation invocation) override;

private:
    static constexpr std::size_t kInFlightMax = 64;

    ports::MessageSender& queues_;
};

}  // namespace ingestor::bus::targets
