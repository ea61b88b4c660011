#pragma once

#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "bus/archive/archives.hpp"
#include "bus/archive/replays.hpp"
#include "bus/event_bus.hpp"
#include "ports/archive_store.hpp"
#include "ports/clock.hpp"
#include "ports/token_verifier.hpp"

namespace ingestor::bus::archive {

/// The use cases of replays, with the words of EventBridge where it refuses. All are for
/// operators. Errors of all: permission_denied, not_found, unavailable.
class ReplayOperations {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    /// All outlive this.
    ReplayOperations(EventBus& bus, const Archives& archives, Replays& replays,
                     const ports::Clock& clock)
        : bus_(bus), archives_(archives), replays_(replays), clock_(clock) {}

    /// `replay.bus` is where it shall go, which must be the archive's own; its state and times are
    /// set here. Errors: invalid_argument (the archive, the bus, the time), not_found (the bus),
    /// conflict (the name), too_large (kActiveReplaysMax).
    Answer<ports::Replay> start(ports::Principal who, ports::Replay replay);
    /// Errors: conflict, field `state`.
    Answer<ports::Replay> cancel(ports::Principal who, std::string name);
    [[nodiscard]] Result<ports::Replay> find(const ports::Principal& who,
                                             const std::string& name) const;
    /// By name.
    [[nodiscard]] Result<std::vector<ports::Replay>> list(const ports::Principal& who) const;

private:
    EventBus& bus_;
    const Archives& archives_;
    Replays& replays_;
    const ports::Clock& clock_;
};

}  // namespace ingestor::bus::archive
