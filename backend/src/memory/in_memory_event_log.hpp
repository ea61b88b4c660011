#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ports/clock.hpp"
#include "ports/delivery_records.hpp"
#include "ports/event_log.hpp"

namespace ingestor::memory {

/// An EventLog, and the records of its deliveries, that forgets with the process. Every call yields
/// to the executor once before it acts, as an adapter that does I/O would, and then acts as a
/// whole.
class InMemoryEventLog final : public ports::EventLog, public ports::DeliveryRecords {
public:
    template <class T>
    using Answer = ports::EventLog::Answer<T>;

    /// `router` and `clock` outlive the log.
    InMemoryEventLog(const ports::EventRouter& router, const ports::Clock& clock,
                     ports::DeliveriesCommitted committed);

    Answer<std::monostate> append(std::vector<eventbridge::Event> events) override;
    Answer<std::monostate> fire(ports::RuleKey rule, TimePoint at,
                                eventbridge::Event event) override;
    Answer<std::vector<ports::DueGroup>> due_groups(TimePoint now, std::optional<std::string> after,
                                                    std::uint32_t groups_max,
                                                    std::uint32_t of_each) override;
    Answer<std::vector<std::int64_t>> due(TimePoint now, std::string fairness_group,
                                          std::int64_t after, std::uint32_t limit) override;
    Answer<ports::FoundDeliveries> read(std::vector<std::int64_t> ids) override;
    Answer<std::optional<TimePoint>> next_due(TimePoint now) override;
    Answer<std::uint64_t> depth() override;
    Answer<std::monostate> acknowledge(std::int64_t id) override;
    Answer<std::monostate> reschedule(std::int64_t id, ports::Retry retry) override;
    Answer<std::monostate> move_to_dead_letters(std::int64_t id, ports::GivenUp reason) override;
    Answer<std::monostate> set_aside(std::int64_t id, TimePoint at) override;
    Answer<std::vector<ports::DeadLetter>> dead_letters(std::uint32_t limit) override;
    Answer<std::vector<std::int64_t>> redrive(std::vector<std::int64_t> ids,
                                              TimePoint now) override;
    Answer<std::vector<ports::EventBusRecord>> buses() override;
    Answer<std::vector<ports::Rule>> rules() override;
    Answer<std::monostate> apply(ports::BusChange change) override;

    Answer<ports::DeliveryCounts> counts() override;
    Answer<std::vector<ports::RetryingDelivery>> retrying(ports::RouteFilter filter,
                                                          std::uint32_t limit) override;
    Answer<ports::DeadLetter> dead_letter(std::int64_t id) override;
    Answer<std::vector<std::int64_t>> delete_dead_letters(std::vector<std::int64_t> ids) override;

    /// What append() does, for a store that puts an event beside a change of its own. Returns the
    /// ids of the deliveries.
    std::vector<std::int64_t> append_now(std::vector<eventbridge::Event> events);
    [[nodiscard]] bool under_way(std::int64_t delivery_id) const;
    /// From now on the delivery's event cannot be read.
    void corrupt_event_of(std::int64_t delivery_id) { corrupt_.insert(delivery_id); }
    /// Every event that was ever appended, in order: for assertions.
    [[nodiscard]] const std::vector<eventbridge::Event>& events() const { return events_; }

private:
    void insert(ports::Delivery delivery);
    void keep_dead_letter(ports::DeadLetter letter, ports::GivenUp reason);
    /// Takes the delivery out; nullopt: there is none.
    std::optional<ports::Delivery> take(std::int64_t id);
    std::vector<std::int64_t> due_now(TimePoint now, const std::string& fairness_group,
                                      std::int64_t after, std::uint32_t limit) const;

    const ports::EventRouter& router_;
    const ports::Clock& clock_;
    ports::DeliveriesCommitted committed_;
    std::int64_t last_id_ = 0;
    std::vector<eventbridge::Event> events_;
    std::map<std::string, std::map<std::int64_t, ports::Delivery>> groups_;  ///< None is empty.
    std::map<std::int64_t, std::string> group_of_id_;
    /// The deliveries that have failed, by id: why, the last time.
    std::map<std::int64_t, std::pair<std::string, std::string>> reasons_;
    /// By the time of death and the order of dying: the newest last.
    std::map<std::pair<TimePoint, std::uint64_t>, ports::DeadLetter> dead_;
    std::uint64_t deaths_ = 0;
    std::set<std::int64_t> corrupt_;  ///< Deliveries whose event cannot be read.
    std::map<std::string, ports::EventBusRecord> buses_;
    std::map<ports::RuleKey, ports::Rule> rules_;
};

}  // namespace ingestor::memory
