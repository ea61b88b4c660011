#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "eventbridge/event.hpp"

namespace ingestor::bus {

/// The last events of each bus, whole, so that a pattern can be tried on real ones. In memory
/// alone: a restart empties it. Use from the I/O executor only.
class RecentEvents {
public:
    /// Of a bus; the oldest go.
    static constexpr std::size_t kEventsMax = 100;
    static constexpr std::size_t kBytesMax = std::size_t{1} << 20;
    /// One that is larger is counted and not kept.
    static constexpr std::size_t kEventBytesMax = std::size_t{64} << 10;
    /// Buses of which events are kept; that which had one least recently goes.
    static constexpr std::size_t kBusesMax = 100;

    void note(const std::shared_ptr<const eventbridge::Event>& event);

    using Events = std::vector<std::shared_ptr<const eventbridge::Event>>;
    /// Newest first.
    [[nodiscard]] Events of(const std::string& bus) const;
    /// Events since the start that were too large to be kept.
    [[nodiscard]] std::uint64_t too_large(const std::string& bus) const;

private:
    struct OfBus {
        std::deque<std::shared_ptr<const eventbridge::Event>> events;  ///< Oldest first.
        std::size_t bytes = 0;
        std::uint64_t too_large = 0;
        std::uint64_t last = 0;  ///< The number of the last event, over all buses.
    };

    OfBus& bus_of(const std::string& name);

    std::map<std::string, OfBus> buses_;
    std::uint64_t noted_ = 0;
};

}  // namespace ingestor::bus
