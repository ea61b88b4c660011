#include "bus/recent_events.hpp"

#include <algorithm>
#include <numeric>

namespace ingestor::bus {

namespace {

/// About what its envelope has; the frame around it is small.
std::size_t size_of(const eventbridge::Event& event) {
    return std::accumulate(
        event.resources.begin(), event.resources.end(), event.detail.size(),
        [](std::size_t sum, const std::string& resource) { return sum + resource.size(); });
}

}  // namespace

RecentEvents::OfBus& RecentEvents::bus_of(const std::string& name) {
    const auto known = buses_.find(name);
    if (known != buses_.end()) return known->second;
    if (buses_.size() >= kBusesMax) {
        buses_.erase(std::ranges::min_element(buses_, {},
                                              [](const auto& entry) { return entry.second.last; }));
    }
    return buses_[name];
}

void RecentEvents::note(const std::shared_ptr<const eventbridge::Event>& event) {
    auto& bus = bus_of(event->bus);
    bus.last = ++noted_;
    const auto size = size_of(*event);
    if (size > kEventBytesMax) {
        ++bus.too_large;
        return;
    }
    bus.events.push_back(event);
    bus.bytes += size;
    while (bus.events.size() > kEventsMax || bus.bytes > kBytesMax) {
        bus.bytes -= size_of(*bus.events.front());
        bus.events.pop_front();
    }
}

RecentEvents::Events RecentEvents::of(const std::string& bus) const {
    const auto found = buses_.find(bus);
    if (found == buses_.end()) return {};
    return {found->second.events.rbegin(), found->second.events.rend()};
}

std::uint64_t RecentEvents::too_large(const std::string& bus) const {
    const auto found = buses_.find(bus);
    return found == buses_.end() ? 0 : found->second.too_large;
}

}  // namespace ingestor::bus
