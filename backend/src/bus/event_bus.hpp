#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "async/mutex.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "bus/rules/rule_table.hpp"
#include "domain/names.hpp"
#include "ports/event_log.hpp"

namespace ingestor::bus {

using domain::kDefaultBus;

/// So many deliveries may be under way before nobody but the service itself puts further events: a
/// target that takes none for a day would fill the disk.
inline constexpr std::uint64_t kUnderWayMax = 1'000'000;

/// The event bus over an EventLog. How it works:
///
///  - RuleTable says which targets an event goes to; the log stores the event and its deliveries in
///    one transaction with what they belong to.
///  - Dispatcher hands each delivery over, as soon as it is committed, or when a retry is due, or
///    after a restart, to a Target: a function, another bus, a log group.
///  - Failures to hand over are retried by the rule's RetryPolicy, errors of the function by its
///    AsyncInvokeConfig; what is given up on becomes a dead letter.
///
/// This class keeps buses and rules: in the log for good, in memory for speed.
class EventBus {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    /// Both outlive the bus.
    EventBus(boost::asio::any_io_executor executor, ports::EventLog& log, rules::RuleTable& table)
        : log_(log), table_(table), rules_mutex_(std::move(executor)) {}

    /// Reads buses and rules of the log. The bus that every account has is made where it is
    /// missing. Call before anything is published.
    Answer<std::monostate> open(TimePoint now);

    /// Stores the events with their deliveries; they are dispatched from there. An event without a
    /// fairness group is of its source's.
    Answer<std::monostate> publish(std::vector<eventbridge::Event> events);

    /// How many deliveries are under way, as counted now and then.
    void note_under_way(std::uint64_t deliveries) { under_way_ = deliveries; }
    [[nodiscard]] bool is_full() const { return under_way_ >= kUnderWayMax; }

    /// Who changes what a bus or a rule was holds this from the look at it on.
    boost::asio::awaitable<async::Mutex::Lock> lock_rules() { return rules_mutex_.lock(); }

    [[nodiscard]] const std::map<std::string, ports::EventBusRecord>& buses() const {
        return buses_;
    }
    /// nullptr: there is none.
    [[nodiscard]] const ports::EventBusRecord* find_bus(const std::string& name) const;
    Answer<std::monostate> put_bus(ports::EventBusRecord bus);
    /// It has no rules.
    Answer<std::monostate> delete_bus(std::string name);

    /// Stores an event for the targets of one rule, which has fired by its schedule at `at`.
    Answer<std::monostate> fire(ports::RuleKey rule, TimePoint at, eventbridge::Event event);

    /// Adds or replaces a rule, for good. Errors: invalid_argument (the pattern), not_found (the
    /// bus).
    Answer<std::monostate> put_rule(ports::Rule rule);
    Answer<std::monostate> delete_rule(ports::RuleKey key);
    /// Adds or replaces a rule that something else keeps and makes anew at every start. Errors:
    /// invalid_argument (the pattern).
    Result<std::monostate> install(ports::Rule rule) { return table_.put(std::move(rule)); }
    void uninstall(const ports::RuleKey& key) { table_.remove(key.bus, key.name); }
    /// Is called after rules have changed.
    void on_rules_changed(std::function<void()> changed) { changed_ = std::move(changed); }
    [[nodiscard]] std::vector<ports::Rule> rules() const { return table_.rules(); }
    /// By name.
    [[nodiscard]] std::vector<ports::Rule> rules_of(const std::string& bus) const {
        return table_.rules_of(bus);
    }
    /// nullptr: there is none.
    [[nodiscard]] const ports::Rule* find_rule(const ports::RuleKey& key) const {
        return table_.find(key);
    }
    /// See RuleTable::matched().
    [[nodiscard]] std::uint64_t matched(const ports::RuleKey& key) const {
        return table_.matched(key);
    }

private:
    ports::EventLog& log_;
    rules::RuleTable& table_;
    std::map<std::string, ports::EventBusRecord> buses_;
    std::function<void()> changed_ = [] {};
    async::Mutex rules_mutex_;
    std::uint64_t under_way_ = 0;
};

}  // namespace ingestor::bus
