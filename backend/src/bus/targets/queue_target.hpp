#pragma once

#include "bus/targets/target.hpp"
#include "bus/targets/target_places.hpp"
#include "ports/message_sender.hpp"

namespace ingestor::bus::targets {

/// Queues of this server: each event is a message, its body what the target is given.
class QueueTarget final : public Target {
public:
    /// `queues` outlives it.
    explicit QueueTarget(ports::MessageSender& queues) : queues_(queues) {}

    [[nodiscard]] bool has_room(const std::string& arn) const override {
        return places_.has_room(arn);
    }
    [[nodiscard]] std::expected<Permit, DeliveryFailure> begin(const std::string& arn) override {
        return places_.take(arn);
    }
    /// Failures: NO_RESOURCE (no such queue), INVALID_PARAMETER (a message that is too large for
    /// it), RESOURCE_LIMIT_EXCEEDED (retryable: it is full), INTERNAL_ERROR (retryable).
    boost::asio::awaitable<Outcome> invoke(Invocation invocation) override;

private:
    static constexpr std::size_t kInFlightMax = 64;

    ports::MessageSender& queues_;
    TargetPlaces places_{kInFlightMax};
};

}  // namespace ingestor::bus::targets
