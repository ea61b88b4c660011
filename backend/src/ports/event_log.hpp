#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "eventbridge/event.hpp"
#include "eventbridge/transform/target_input.hpp"

namespace ingestor::ports {

/// Which of the two retry layers a delivery is in; see "Retries" in docs/architecture.md.
enum class DeliveryStage {
    delivery,    ///< The bus hands the event to the target (the rule's RetryPolicy).
    invocation,  ///< The function host has taken it and runs the function (EventInvokeConfig).
};

/// One event on its way to one target of one rule of the event's bus.
struct Delivery {
    std::int64_t id = 0;
    std::shared_ptr<const eventbridge::Event> event;  ///< Never null in what a log gives out.
    std::string rule;
    std::string target_id;
    std::string target_arn;
    DeliveryStage stage = DeliveryStage::delivery;
    int attempts = 0;  ///< Failed so far in this stage.
    TimePoint created_at;
    /// From here on the event's age counts: waiting for room, or for a service that was stopped, is
    /// no failure of the target. nullopt: no attempt has failed yet.
    std::optional<TimePoint> first_failed_at;
    TimePoint next_at;                ///< Not before this.
    std::string fairness_group = {};  ///< See group().

    /// What it takes turns by: the event's group, unless routing gave it one of its own.
    [[nodiscard]] const std::string& group() const {
        return fairness_group.empty() ? event->fairness_group : fairness_group;
    }
};

/// What routing says about a new event, before it has an id.
struct NewDelivery {
    std::string rule;
    std::string target_id;
    std::string target_arn;
    std::string fairness_group = {};  ///< Empty: the event's.
};

/// Says where an event goes. Called on the I/O executor when a transaction is put together, so that
/// an event and its deliveries are stored in one. Pure and quick.
class EventRouter {
public:
    virtual ~EventRouter() = default;
    [[nodiscard]] virtual std::vector<NewDelivery> route(const eventbridge::Event& event) const = 0;
};

/// Hears of deliveries that have just become durable, on the I/O executor.
using DeliveriesCommitted = std::function<void(std::vector<Delivery>)>;

/// Hears of each event that is put on a bus, once it is known where it goes and before it is
/// stored, on the I/O executor.
using EventRouted = std::function<void(const std::shared_ptr<const eventbridge::Event>&)>;

/// A delivery that was given up. Of the deliveries of one subject to one target there is one at
/// most: what is published again and fails again is counted on it.
struct DeadLetter {
    std::int64_t id = 0;
    Delivery delivery;       ///< The first that was given up; stage and attempts of the last.
    std::string error_code;  ///< As EventBridge's ERROR_CODE, or Lambda's condition.
    std::string error_message;
    std::string exhausted;    ///< MaximumRetryAttempts | MaximumEventAgeInSeconds | "" .
    std::uint64_t times = 1;  ///< How often it was given up.
    TimePoint first_dead_at;
    TimePoint dead_at;  ///< The last time.
};
/// The oldest go when there are more.
inline constexpr std::uint32_t kDeadLettersMax = 10'000;

/// A delivery that failed is tried again.
struct Retry {
    DeliveryStage stage = DeliveryStage::delivery;
    int attempts = 0;  ///< Failed so far in that stage.
    TimePoint next_at = {};
    TimePoint failed_at = {};
    std::string error_code = {};
    std::string error_message = {};
};

/// Why a delivery is given up.
struct GivenUp {
    DeliveryStage stage = DeliveryStage::delivery;
    int attempts = 0;
    std::string error_code;
    std::string error_message;
    std::string exhausted;
    TimePoint at;
};

/// What a target that is an API destination adds to its requests. A value that begins with `$.` is
/// a path into the event.
struct TargetHttpParameters {
    std::vector<std::string> path = {};  ///< In the places of the endpoint's `*`, in order.
    std::map<std::string, std::string> headers = {};
    std::map<std::string, std::string> query = {};
    friend bool operator==(const TargetHttpParameters&, const TargetHttpParameters&) = default;
};

/// A rule as it was put, with its targets. `managed`: the template owns it (EventBridge's
/// `ManagedBy`); a start brings it to what the template says.
struct RuleTarget {
    std::string id;
    std::string arn;
    int maximum_retry_attempts = 185;
    std::chrono::seconds maximum_event_age{86'400};
    std::string dead_letter_arn = {};  ///< Empty: none.
    bool managed = false;
    std::string role_arn = {};  ///< Kept and told; nothing is done with it.
    eventbridge::transform::TargetInput input = {};
    TargetHttpParameters http = {};
    friend bool operator==(const RuleTarget&, const RuleTarget&) = default;
};
/// What people know a resource by; no order but that of the keys.
using Tags = std::map<std::string, std::string>;

struct RuleKey {
    std::string bus;
    std::string name;
    friend auto operator<=>(const RuleKey&, const RuleKey&) = default;
};
struct Rule {
    std::string bus;
    std::string name;
    std::string description = {};
    std::string event_pattern = {};  ///< The text that was put; empty: it has a schedule alone.
    bool enabled = true;
    std::vector<RuleTarget> targets = {};
    bool managed = false;
    std::string role_arn = {};  ///< Kept and told; nothing is done with it.
    Tags tags = {};
    std::string schedule = {};       ///< `rate(...)` or `cron(...)`; empty: none.
    TimePoint scheduled_since = {};  ///< When that was put, or the rule enabled.
    std::optional<TimePoint> fired_at = {};
    /// Of an archive, which makes it anew at every start: it is not stored.
    bool of_archive = false;
    friend bool operator==(const Rule&, const Rule&) = default;
};
struct EventBusRecord {
    std::string name;
    std::string description;
    TimePoint created_at;
    bool managed = false;
    Tags tags = {};
    std::string policy = {};  ///< The JSON document; empty: it has none. Kept and told.
    friend bool operator==(const EventBusRecord&, const EventBusRecord&) = default;
};

/// What is under way to, or was given up at, a target whose name or ARN has changed goes to the
/// target of today.
struct Retarget {
    RuleKey from_rule;
    std::string from_target_id;
    RuleKey to_rule;
    RuleTarget to;
    friend bool operator==(const Retarget&, const Retarget&) = default;
};

/// A change of buses, rules and targets. What is put replaces what has its name.
struct BusChange {
    std::vector<EventBusRecord> put_buses = {};
    std::vector<Rule> put_rules = {};
    std::vector<RuleKey> delete_rules = {};
    std::vector<std::string> delete_buses = {};
    std::vector<Retarget> retargets = {};
    friend bool operator==(const BusChange&, const BusChange&) = default;
};

/// The deliveries of one fairness group that are due: their ids, oldest first.
struct DueGroup {
    std::string fairness_group;
    std::vector<std::int64_t> ids;
};

/// The error code of a delivery that was given up because its event cannot be read any more.
inline constexpr std::string_view kEventCorrupt = "EVENT_CORRUPT";

/// What EventLog::read() has found.
struct FoundDeliveries {
    std::vector<Delivery> deliveries = {};
    /// Deliveries whose event cannot be read any more, and never will be: see set_aside().
    std::vector<std::int64_t> corrupt = {};
};

/// The durable side of the bus. A write that returned success is on disk. Call from the I/O
/// executor only. Any call may fail as `unavailable`.
class EventLog {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    virtual ~EventLog() = default;

    /// Stores the events with the deliveries that the router gives for each, in one transaction.
    virtual Answer<std::monostate> append(std::vector<eventbridge::Event> events) = 0;
    /// As append(), with the time of it as the rule's fired_at, in one transaction.
    virtual Answer<std::monostate> fire(RuleKey rule, TimePoint at, eventbridge::Event event) = 0;

    /// The first `groups_max` fairness groups by name (after the name `after`) that have deliveries
    /// under way; of each the oldest `of_each` that have next_at <= `now`, which may be none. Costs
    /// what it returns, however long the backlog of a group is.
    virtual Answer<std::vector<DueGroup>> due_groups(TimePoint now,
                                                     std::optional<std::string> after,
                                                     std::uint32_t groups_max,
                                                     std::uint32_t of_each) = 0;
    /// Goes on in one group, with ids greater than `after`.
    virtual Answer<std::vector<std::int64_t>> due(TimePoint now, std::string fairness_group,
                                                  std::int64_t after, std::uint32_t limit) = 0;
    /// The deliveries of these ids that are still under way, in that order.
    virtual Answer<FoundDeliveries> read(std::vector<std::int64_t> ids) = 0;
    /// The earliest next_at after `now` of any delivery under way; nullopt: none.
    virtual Answer<std::optional<TimePoint>> next_due(TimePoint now) = 0;
    /// How many deliveries are under way.
    virtual Answer<std::uint64_t> depth() = 0;

    /// The delivery is done; forgets it.
    virtual Answer<std::monostate> acknowledge(std::int64_t id) = 0;
    /// Sets stage, attempts, the time of the next try and the reason. The first time, `failed_at`
    /// becomes the delivery's first_failed_at.
    virtual Answer<std::monostate> reschedule(std::int64_t id, Retry retry) = 0;
    /// Moves the delivery to the dead letters, or counts it on the one of its subject.
    virtual Answer<std::monostate> move_to_dead_letters(std::int64_t id, GivenUp reason) = 0;
    /// Moves a delivery whose event is corrupt to the dead letters, as kEventCorrupt and with an
    /// empty event; while it is corrupt it cannot be redriven. The job that it drove is orphaned,
    /// and so gets an event anew.
    virtual Answer<std::monostate> set_aside(std::int64_t id, TimePoint at) = 0;

    /// Newest first.
    virtual Answer<std::vector<DeadLetter>> dead_letters(std::uint32_t limit) = 0;
    /// Makes dead letters fresh deliveries again, in one transaction. Returns the ids of those that
    /// were there, with an event that can be read.
    virtual Answer<std::vector<std::int64_t>> redrive(std::vector<std::int64_t> ids,
                                                      TimePoint now) = 0;

    virtual Answer<std::vector<EventBusRecord>> buses() = 0;
    /// By bus, then by name.
    virtual Answer<std::vector<Rule>> rules() = 0;
    /// All of it or nothing.
    virtual Answer<std::monostate> apply(BusChange change) = 0;
};

}  // namespace ingestor::ports
