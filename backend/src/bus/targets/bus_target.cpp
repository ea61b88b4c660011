#include "bus/targets/bus_target.hpp"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bus/targets/target_kind.hpp"
#include "ports/fairness_group.hpp"

namespace ingestor::bus::targets {

boost::asio::awaitable<Outcome> BusTarget::invoke(Invocation invocation) {
    const std::string name(
        name_of(TargetKind::bus, invocation.target_arn).value_or(std::string_view()));
    if (bus_.find_bus(name) == nullptr) {
        co_return DeliveryFailure{.code = std::string(kNoResource),
                                  .message = fmt::format("Event bus {} does not exist.", name)};
    }
    auto event = *invocation.event;
    if (event.forwarded) {
        co_return DeliveryFailure{
            .code = std::string(kSecondHop),
            .message = fmt::format("Event ingestion rejected for event {} because an event can be "
                                   "sent to an event bus target only once. This event was "
                                   "previously delivered to an event bus target.",
                                   event.id)};
    }
    event.bus = name;
    event.forwarded = true;
    event.fairness_group = ports::event_group(invocation.group);
    std::vector<eventbridge::Event> events;
    events.push_back(std::move(event));
    const auto published = co_await bus_.publish(std::move(events));
    if (!published) {
        co_return DeliveryFailure{.code = std::string(kInternalError),
                                  .message = published.error().message,
                                  .retryable = true};
    }
    co_return Outcome();
}

}  // namespace ingestor::bus::targets
