#pragma once

#include <cstdint>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "bus/event_bus.hpp"
#include "ports/clock.hpp"
#include "ports/event_log.hpp"
#include "ports/token_verifier.hpp"

namespace ingestor::bus {

/// What became of dead letters that were to be delivered again.
struct Redriven {
    std::vector<std::int64_t> ids;
    std::vector<std::int64_t> unknown;  ///< Not there, or not any more.
};

/// The use cases of whoever looks after the bus. Its events are of all users, so every one of them
/// is for operators. Errors of all: permission_denied, unavailable.
class BusOperations {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;
    static constexpr std::uint32_t kDeadLettersInListMax = 1'000;
    static constexpr std::size_t kRedrivenAtOnceMax = 1'000;

    /// All outlive this.
    BusOperations(const EventBus& bus, ports::EventLog& log, const ports::Clock& clock)
        : bus_(bus), log_(log), clock_(clock) {}

    [[nodiscard]] Result<std::vector<ports::Rule>> rules(const ports::Principal& who) const;
    /// Newest first. `limit`: 1 to kDeadLettersInListMax.
    Answer<std::vector<ports::DeadLetter>> dead_letters(ports::Principal who, std::uint32_t limit);
    /// Errors: invalid_argument (none, or more than kRedrivenAtOnceMax).
    Answer<Redriven> redrive(ports::Principal who, std::vector<std::int64_t> ids);
    /// All that there are now.
    Answer<Redriven> redrive_all(ports::Principal who);

private:
    const EventBus& bus_;
    ports::EventLog& log_;
    const ports::Clock& clock_;
};

}  // namespace ingestor::bus
