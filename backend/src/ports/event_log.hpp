#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "eventbridge/event.hpp"

namespace ingestor {

/// Which of the two retry layers a delivery is in; see "Retries" in docs/architecture.md.
enum class DeliveryStage {
    delivery,    ///< The bus hands the event to the target (the rule's RetryPolicy).
    invocation,  ///< The function host has taken it and runs the function (EventInvokeConfig).
};

/// One event on its way to one target of one rule.
struct Delivery {
    std::int64_t id = 0;
    Event event;
    std::string bus;
    std::string rule;
    std::string target_id;
    std::string target_arn;
    /// Deliveries take turns between groups (the user of a job), so that one cannot starve another.
    std::string fairness_group;
    DeliveryStage stage = DeliveryStage::delivery;
    int attempts = 0;  ///< Failed so far in this stage.
    TimePoint created_at;
    TimePoint next_at;  ///< Not before this.
};

/// What routing says about a new event, before it has an id.
struct NewDelivery {
    std::string bus;
    std::string rule;
    std::string target_id;
    std::string target_arn;
    std::string fairness_group;
};

/// Says where an event goes. Called on the I/O executor when a transaction is put together, so that
/// an event and its deliveries are stored in one. Pure and quick.
class EventRouter {
public:
    virtual ~EventRouter() = default;
    [[nodiscard]] virtual std::vector<NewDelivery> route(const Event& event) const = 0;
};

/// Hears of deliveries that have just become durable, on the I/O executor.
using DeliveriesCommitted = std::function<void(std::vector<Delivery>)>;

struct DeadLetter {
    std::int64_t id = 0;
    Delivery delivery;
    std::string error_code;  ///< As EventBridge's ERROR_CODE, or Lambda's condition.
    std::string error_message;
    std::string exhausted;  ///< MaximumRetryAttempts | MaximumEventAgeInSeconds | "" .
    TimePoint dead_at;
};

/// A rule as it was put, with its targets.
struct RuleTarget {
    std::string id;
    std::string arn;
    int maximum_retry_attempts = 185;
    std::chrono::seconds maximum_event_age{86'400};
    std::string dead_letter_arn;  ///< Empty: none.
};
struct Rule {
    std::string bus;
    std::string name;
    std::string description;
    std::string event_pattern;  ///< The text that was put.
    bool enabled = true;
    std::vector<RuleTarget> targets;
};
struct EventBusRecord {
    std::string name;
    std::string description;
    TimePoint created_at;
};

/// The durable side of the bus. A write that returned success is on disk. Call from the I/O
/// executor only. Any call may fail as `unavailable`.
class EventLog {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    virtual ~EventLog() = default;

    /// Stores the events with the deliveries that the router gives for each, in one transaction.
    virtual Answer<std::monostate> append(std::vector<Event> events) = 0;

    /// Deliveries under way with next_at <= `now`, oldest first, with an id greater than `after`.
    virtual Answer<std::vector<Delivery>> due(TimePoint now, std::int64_t after,
                                              std::uint32_t limit) = 0;
    /// The earliest next_at after `now` of any delivery under way; nullopt: none.
    virtual Answer<std::optional<TimePoint>> next_due(TimePoint now) = 0;
    /// How many deliveries are under way.
    virtual Answer<std::uint64_t> depth() = 0;

    /// The delivery is done; forgets it.
    virtual Answer<std::monostate> acknowledge(std::int64_t id) = 0;
    /// Sets stage, attempts and the time of the next try.
    virtual Answer<std::monostate> reschedule(std::int64_t id, DeliveryStage stage, int attempts,
                                              TimePoint next_at) = 0;
    /// Moves the delivery to the dead letters.
    virtual Answer<std::monostate> bury(std::int64_t id, DeadLetter letter) = 0;

    /// Newest first.
    virtual Answer<std::vector<DeadLetter>> dead_letters(std::uint32_t limit) = 0;
    /// Makes a dead letter a fresh delivery again. Errors: not_found.
    virtual Answer<std::monostate> redrive(std::int64_t dead_letter_id, TimePoint now) = 0;

    virtual Answer<std::vector<EventBusRecord>> buses() = 0;
    virtual Answer<std::vector<Rule>> rules() = 0;
    virtual Answer<std::monostate> put_bus(EventBusRecord bus) = 0;
    /// Adds or replaces the rule and its targets.
    virtual Answer<std::monostate> put_rule(Rule rule) = 0;
    virtual Answer<std::monostate> delete_rule(std::string bus, std::string name) = 0;
};

}  // namespace ingestor
