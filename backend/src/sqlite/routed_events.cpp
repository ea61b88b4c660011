#include "sqlite/routed_events.hpp"

namespace ingestor::sqlite {

Result<std::monostate> RoutedEvents::add(std::optional<eventbridge::Event> event) {
    if (outbox_ == nullptr || !event) return std::monostate{};
    auto routed = outbox_->route(std::move(*event));
    if (!routed) return std::unexpected(routed.error());
    // What nobody wants is not kept: a busy bucket would fill the log with it.
    if (!routed->deliveries.empty()) events_.push_back(std::move(*routed));
    return std::monostate{};
}

std::vector<std::int64_t> RoutedEvents::store(Connection& connection) const {
    std::vector<std::int64_t> first_ids;
    for (const auto& event : events_) {
        first_ids.push_back(outbox_->store(connection, event, std::nullopt));
    }
    return first_ids;
}

void RoutedEvents::announce(const std::vector<std::int64_t>& first_ids) const {
    for (std::size_t place = 0; place < first_ids.size(); ++place) {
        outbox_->announce(events_[place], first_ids[place]);
    }
}

}  // namespace ingestor::sqlite
