#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/time.hpp"
#include "eventbridge/event.hpp"

namespace ingestor::ports {

/// What is kept of the events of a bus ("Archives" in the EventBridge user guide).
struct Archive {
    std::string name;
    std::string bus;
    std::string description = {};
    std::string event_pattern = {};   ///< The text that was put; empty: every event.
    std::int64_t retention_days = 0;  ///< 0: for ever.
    TimePoint created_at = {};
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;  ///< Of their envelopes.
};

/// The numbers stand in the tables.
enum class ReplayState : std::uint8_t {
    starting = 0,
    running = 1,
    cancelling = 2,
    completed = 3,
    cancelled = 4,
    failed = 5,
};

/// A place in the order in which an archive gives its events: by time, then by id.
struct ArchivePosition {
    TimePoint time;
    std::string event_id;
    friend bool operator==(const ArchivePosition&, const ArchivePosition&) = default;
};

/// The events of an archive on their way back to its bus.
struct Replay {
    std::string name;
    std::string archive;
    std::string bus;
    std::string description = {};
    std::vector<std::string> rules = {};  ///< Names; empty: all rules of the bus.
    TimePoint from = {};
    TimePoint to = {};  ///< Not included.
    ReplayState state = ReplayState::starting;
    std::string state_reason = {};
    TimePoint started_at = {};
    std::optional<TimePoint> ended_at = {};
    std::optional<ArchivePosition> replayed = {};  ///< The last event that is back on the bus.
    friend bool operator==(const Replay&, const Replay&) = default;
};

/// Archives, their events, and replays. A change is durable on return. Call from the I/O executor
/// only. Any call may fail as unavailable.
class ArchiveStore {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    virtual ~ArchiveStore() = default;

    /// By name, with their counts.
    virtual Answer<std::vector<Archive>> archives() = 0;
    /// In place of one of that name, whose events and time of creation stay.
    virtual Answer<std::monostate> put_archive(Archive archive) = 0;
    /// Its events are out of reach at once, and deleted by and by. Errors: not_found.
    virtual Answer<std::monostate> delete_archive(std::string name) = 0;

    /// Keeps an event once, however often it is given. Errors: not_found (no such archive).
    virtual Answer<std::monostate> append(std::string archive, eventbridge::Event event,
                                          TimePoint now) = 0;
    /// The events of the time from `from` to before `to`, in order, those behind `after`. None
    /// where there is no such archive.
    virtual Answer<std::vector<eventbridge::Event>> events(std::string archive, TimePoint from,
                                                           TimePoint to,
                                                           std::optional<ArchivePosition> after,
                                                           std::size_t count) = 0;

    /// By name.
    virtual Answer<std::vector<Replay>> replays() = 0;
    /// In place of one of that name.
    virtual Answer<std::monostate> put_replay(Replay replay) = 0;

    /// Deletes what is past its time: of each archive the events that were kept for its retention,
    /// and the oldest beyond `bytes_max`; the events of deleted archives; replays that ended before
    /// `ended_before`. Some `count` rows at most; returns how many.
    virtual Answer<std::size_t> sweep(TimePoint now, std::uint64_t bytes_max,
                                      TimePoint ended_before, std::size_t count) = 0;
};

}  // namespace ingestor::ports
