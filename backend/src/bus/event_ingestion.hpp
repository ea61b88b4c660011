#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/time.hpp"
#include "bus/event_bus.hpp"
#include "domain/names.hpp"
#include "ports/clock.hpp"
#include "ports/token_verifier.hpp"

namespace ingestor::bus {

/// The sum over the entries of a call, each counted as EventBridge does (since January 2026).
inline constexpr std::size_t kEntriesBytesMax = std::size_t{1} << 20;
inline constexpr std::size_t kEntriesMax = 10;

/// An event that somebody puts on a bus.
struct EventEntry {
    std::string bus = {};
    std::string source = {};
    std::string detail_type = {};
    std::string detail = {};  ///< The text of one JSON object.
    std::vector<std::string> resources = {};
    std::optional<TimePoint> time = {};  ///< nullopt: now.
};

/// "Calculating PutEvents event entry size" in the EventBridge user guide.
[[nodiscard]] std::size_t size_of(const EventEntry& entry);

/// What became of an entry: the id of its event, or an error of PutEvents.
struct EntryOutcome {
    std::string event_id = {};
    std::string error_code = {};
    std::string error_message = {};
};

/// Puts the entries that are sound on their buses, all in one transaction; says of each what became
/// of it. An event for a bus that does not exist is dropped, as EventBridge does. Errors:
/// permission_denied (for operators), invalid_argument (kEntriesBytesMax), rate_limited
/// (kUnderWayMax), unavailable.
[[nodiscard]] boost::asio::awaitable<Result<std::vector<EntryOutcome>>> put_events(
    EventBus& bus, ports::Principal who, std::vector<EventEntry> entries, const ports::Clock& clock,
    const domain::Names& names);

}  // namespace ingestor::bus
