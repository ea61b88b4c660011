#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "async/monotonic_clock.hpp"
#include "async/notifier.hpp"
#include "base/result.hpp"
#include "bus/archive/archives.hpp"
#include "bus/event_bus.hpp"
#include "ports/archive_store.hpp"
#include "ports/clock.hpp"
#include "ports/event_log.hpp"

namespace ingestor::bus::archive {

/// "Quotas" of EventBridge: replays under way at once.
inline constexpr std::size_t kActiveReplaysMax = 10;

[[nodiscard]] inline bool is_active(ports::ReplayState state) {
    return state == ports::ReplayState::starting || state == ports::ReplayState::running ||
           state == ports::ReplayState::cancelling;
}

/// Puts the events of archives back on their buses, a page of each active replay in turn. How far a
/// replay has come is stored behind each page, so a crash means that a page comes twice at worst;
/// events keep their id and time, so that who took them can tell. Waits while the bus has more
/// under way than it should: events of today go first. Use from the I/O executor only.
class Replays {
public:
    struct Options {
        std::size_t page = 100;               ///< Events.
        std::uint64_t under_way_max = 2'000;  ///< Deliveries of the bus.
        std::chrono::milliseconds wait{250};  ///< While there are more, or the store fails.
    };
    /// All outlive it.
    struct Dependencies {
        EventBus& bus;
        const Archives& archives;
        ports::ArchiveStore& store;
        ports::EventLog& event_log;
        const ports::Clock& clock;
        async::MonotonicClock& monotonic;
    };
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    Replays(const boost::asio::any_io_executor& executor, Dependencies dependencies,
            Options options);

    /// Reads what replays there are.
    Answer<std::monostate> open();
    /// Goes on with those that are active, until stop().
    boost::asio::awaitable<void> run();
    void stop();

    /// Errors: conflict (the name is taken), too_large (kActiveReplaysMax).
    Answer<std::monostate> add(ports::Replay replay);
    /// Errors: not_found; conflict, field `state`: it is not starting or running.
    Answer<ports::Replay> cancel(std::string name);
    [[nodiscard]] const ports::Replay* find(const std::string& name) const;
    /// By name.
    [[nodiscard]] std::vector<ports::Replay> list() const;
    /// Forgets those that ended before, as the store does.
    void forget_ended_before(TimePoint time);

private:
    /// One page; false where it is to wait.
    boost::asio::awaitable<bool> step(std::string name);
    boost::asio::awaitable<bool> replay_page(ports::Replay replay);
    /// Stores what has become of it. A cancellation that came meanwhile stands.
    boost::asio::awaitable<bool> record(ports::Replay replay);
    [[nodiscard]] std::vector<std::string> active() const;

    Dependencies deps_;
    Options options_;
    std::map<std::string, ports::Replay> replays_;
    bool stopping_ = false;
    async::Notifier wake_;
};

}  // namespace ingestor::bus::archive
