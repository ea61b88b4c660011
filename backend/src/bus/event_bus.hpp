#pragma once

#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "bus/rule_table.hpp"
#include "ports/event_log.hpp"

namespace ingestor::bus {

/// The event bus over an EventLog. How it works:
///
///  - RuleTable says which targets an event goes to; the log stores the event and its deliveries in
///    one transaction with what they belong to.
///  - Dispatcher hands each delivery over, as soon as it is committed, or when a retry is due, or
///    after a restart; FunctionHost runs the function.
///  - Failures to hand over are retried by the rule's RetryPolicy, errors of the function by its
///    AsyncInvokeConfig; what is given up on becomes a dead letter.
///
/// This class keeps the rules: in the log for good, in the table for speed.
class EventBus {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    /// Both outlive the bus.
    EventBus(ports::EventLog& log, RuleTable& table) : log_(log), table_(table) {}

    /// Reads the rules of the log into the table. Call before anything is published.
    Answer<std::monostate> open();

    /// Stores the events with their deliveries; they are dispatched from there. An event without a
    /// fairness group is of its source's.
    Answer<std::monostate> publish(std::vector<eventbridge::Event> events);

    /// Adds or replaces a rule, for good. Errors: invalid_argument (the pattern), not_found (the
    /// bus).
    Answer<std::monostate> put_rule(ports::Rule rule);
    Answer<std::monostate> delete_rule(ports::RuleKey key);
    [[nodiscard]] std::vector<ports::Rule> rules() const { return table_.rules(); }

private:
    ports::EventLog& log_;
    RuleTable& table_;
};

}  // namespace ingestor::bus
