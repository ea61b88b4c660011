#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "bus/event_bus.hpp"
#include "bus/recent_events.hpp"
#include "eventbridge/event.hpp"
#include "ports/token_verifier.hpp"

namespace ingestor::bus::rules {

/// A recent event of a bus that a pattern was tried on.
struct TestedEvent {
    std::shared_ptr<const eventbridge::Event> event;
    bool matches = false;
};

struct RecentTest {
    std::vector<TestedEvent> events;  ///< Newest first.
    std::uint64_t too_large = 0;      ///< Events since the start that were too large to be kept.
};

/// Tries event patterns on events, for operators. Errors of all: permission_denied,
/// invalid_argument, field `EventPattern` (the pattern, with EventBridge's own reason).
class PatternTests {
public:
    /// Both outlive this.
    PatternTests(const EventBus& bus, const RecentEvents& recent) : bus_(bus), recent_(recent) {}

    /// Whether the pattern matches this event. Errors: invalid_argument, field `Event` (it is not
    /// an object with the members that all events have).
    [[nodiscard]] static Result<bool> test(const ports::Principal& who, std::string_view pattern,
                                           std::string_view event);
    /// Which of the bus's recent events it matches; empty `pattern`: all. Errors: not_found (the
    /// bus).
    [[nodiscard]] Result<RecentTest> test_recent(const ports::Principal& who,
                                                 std::string_view pattern,
                                                 const std::string& bus) const;

private:
    const EventBus& bus_;
    const RecentEvents& recent_;
};

}  // namespace ingestor::bus::rules
