#pragma once

#include <cstdint>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "bus/delivery/delivery_log.hpp"
#include "bus/event_bus.hpp"
#include "ports/clock.hpp"
#include "ports/delivery_records.hpp"
#include "ports/event_log.hpp"
#include "ports/token_verifier.hpp"

namespace ingestor::bus {

/// What became of dead letters that were to be delivered again.
struct Redriven {
    std::vector<std::int64_t> ids;
    std::vector<std::int64_t> unknown;  ///< Not there, or not any more.
};

/// A rule, and what it has done since the process started.
struct RuleActivity {
    ports::Rule rule;
    std::uint64_t matched = 0;                 ///< Events, or times that it fired.
    std::vector<delivery::TryCounts> targets;  ///< In the order of the rule's.
};

struct Deleted {
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

    /// All of it outlives this.
    struct Dependencies {
        const EventBus& bus;
        ports::EventLog& log;
        ports::DeliveryRecords& records;
        const delivery::DeliveryLog& deliveries;
        const ports::Clock& clock;
    };
    explicit BusOperations(Dependencies dependencies) : deps_(dependencies) {}

    /// By bus, then by name.
    [[nodiscard]] Result<std::vector<RuleActivity>> rules(const ports::Principal& who) const;
    [[nodiscard]] RuleActivity activity_of(ports::Rule rule) const;
    /// Newest first. `limit`: 1 to kDeadLettersInListMax.
    Answer<std::vector<ports::DeadLetter>> dead_letters(ports::Principal who, std::uint32_t limit);
    /// Whole, with its event. Errors: not_found.
    Answer<ports::DeadLetter> dead_letter(ports::Principal who, std::int64_t id);
    /// Errors: invalid_argument (none, or more than kRedrivenAtOnceMax).
    Answer<Redriven> redrive(ports::Principal who, std::vector<std::int64_t> ids);
    /// All that there are now.
    Answer<Redriven> redrive_all(ports::Principal who);
    /// For good. Errors: as redrive().
    Answer<Deleted> remove(ports::Principal who, std::vector<std::int64_t> ids);
    /// All that there are now.
    Answer<Deleted> remove_all(ports::Principal who);

private:
    Dependencies deps_;
};

}  // namespace ingestor::bus
