#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <boost/intrusive/list.hpp>

#include "base/time.hpp"
#include "bus/delivery/settlement.hpp"
#include "ports/delivery_records.hpp"
#include "ports/event_log.hpp"

namespace ingestor::bus::delivery {

/// How a try to give an event to a target ended.
enum class TryOutcome : std::uint8_t {
    delivered,
    retried,        ///< It failed, and the delivery is tried again.
    dead_lettered,  ///< It failed, and the delivery was given up.
};

/// One try.
struct Try {
    TimePoint at = {};  ///< When its outcome was durable.
    std::string event_id = {};
    ports::DeliveryStage stage = ports::DeliveryStage::delivery;
    int attempt = 1;  ///< From 1, in its stage.
    TryOutcome outcome = TryOutcome::delivered;
    std::string error_code = {};             ///< As dead letters have it; empty: delivered.
    std::string error_message = {};          ///< Cut after DeliveryLog::kMessageBytesMax.
    std::optional<int> status = {};          ///< What the target answered over HTTP, if it did.
    std::optional<TimePoint> next_at = {};   ///< Of `retried`.
    std::chrono::microseconds latency = {};  ///< From the call of the target to its answer.
};

/// What has become of a target's tries since the process started.
struct TryCounts {
    std::uint64_t delivered = 0;
    std::uint64_t failed = 0;  ///< Tries: those that were retried and those that were given up.
    std::uint64_t retried = 0;
    std::uint64_t dead_lettered = 0;
    friend bool operator==(const TryCounts&, const TryCounts&) = default;
};

/// Where a delivery leads: the target of a rule.
struct Route {
    std::string bus = {};
    std::string rule = {};
    std::string target_id = {};
    std::string target_arn = {};
};

/// What the dispatchers tell of deliveries, for whoever looks after the bus: what runs, the last
/// tries of each target, and counts. In memory alone: a restart empties it. Telling costs some
/// hundred nanoseconds and, once a target's ring is full, allocates nothing. Use from the I/O
/// executor only.
class DeliveryLog {
public:
    /// Tries kept of a target; the oldest go.
    static constexpr std::size_t kTriesOfTargetMax = 64;
    /// Targets of which tries and counts are kept; that which was tried least recently goes.
    static constexpr std::size_t kTargetsMax = 512;
    static constexpr std::size_t kMessageBytesMax = 512;

    /// A delivery that is with its target; it is listed while this lives. The delivery outlives it.
    class Running : public boost::intrusive::list_base_hook<
                        boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    public:
        Running(DeliveryLog& log, const ports::Delivery& delivery, TimePoint since)
            : delivery_(delivery), since_(since) {
            log.running_.push_back(*this);
        }
        Running(const Running&) = delete;
        Running& operator=(const Running&) = delete;
        ~Running() = default;

        [[nodiscard]] const ports::Delivery& delivery() const { return delivery_; }
        [[nodiscard]] TimePoint since() const { return since_; }

    private:
        const ports::Delivery& delivery_;
        TimePoint since_;
    };
    struct RunningDelivery {
        ports::Delivery delivery;
        TimePoint since;
    };
    struct LoggedTry {
        Route route;
        Try attempt;
    };

    DeliveryLog() = default;
    DeliveryLog(const DeliveryLog&) = delete;
    DeliveryLog& operator=(const DeliveryLog&) = delete;

    /// A try has ended, and how is durable.
    void ended(const Settlement& settlement, TimePoint at);

    /// Those that began first come first.
    [[nodiscard]] std::vector<RunningDelivery> running(const ports::RouteFilter& filter,
                                                       std::size_t limit) const;
    /// Newest first. nullopt: whatever the outcome.
    [[nodiscard]] std::vector<LoggedTry> tries(const ports::RouteFilter& filter,
                                               std::optional<TryOutcome> outcome,
                                               std::size_t limit) const;
    [[nodiscard]] TryCounts counts(const std::string& bus, const std::string& rule,
                                   const std::string& target_id) const;

private:
    struct Target {
        Route route;
        TryCounts counts;
        std::vector<Try> ring;  ///< Grows up to kTriesOfTargetMax.
        std::size_t next = 0;   ///< Where the next try goes in a ring that is full.
    };
    using Targets = std::list<Target>;
    /// Views into the target's own route, so that looking one up allocates nothing.
    struct Key {
        std::string_view bus;
        std::string_view rule;
        std::string_view target_id;
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const;
    };

    Target& target_of(const ports::Delivery& delivery);

    boost::intrusive::list<Running, boost::intrusive::constant_time_size<false>> running_;
    Targets targets_;  ///< That which was tried last comes first.
    std::unordered_map<Key, Targets::iterator, KeyHash> by_key_;
};

}  // namespace ingestor::bus::delivery
