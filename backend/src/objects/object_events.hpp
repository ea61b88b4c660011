#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "domain/names.hpp"
#include "eventbridge/event.hpp"
#include "ports/clock.hpp"
#include "ports/object_index.hpp"

namespace ingestor::objects {

/// Makes the events that Amazon S3 sends to EventBridge. Call from the I/O executor only, right
/// before the change is handed to the index: the order of their sequencers is that of the changes.
/// Source: Amazon S3 User Guide, "Event message structure" of EventBridge.
class ObjectEvents {
public:
    /// `clock` outlives this. `is_heard`: whether any rule of the default bus is there to take an
    /// event; asked for each change, so cheap.
    ObjectEvents(domain::Names names, const ports::Clock& clock, std::function<bool()> is_heard)
        : names_(std::move(names)), clock_(clock), is_heard_(std::move(is_heard)) {}

    [[nodiscard]] bool is_heard() const { return is_heard_(); }
    /// "Object Created". Without an origin it is the service itself that put the object.
    [[nodiscard]] eventbridge::Event created(const ports::ObjectInfo& object,
                                             std::optional<ports::ObjectOrigin> origin);

private:
    [[nodiscard]] std::string next_sequencer(TimePoint now);

    domain::Names names_;
    const ports::Clock& clock_;
    std::function<bool()> is_heard_;
    std::uint64_t sequence_ = 0;
};

}  // namespace ingestor::objects
