#pragma once

#include <map>
#include <utility>

#include "ports/clock.hpp"
#include "ports/event_log.hpp"

namespace ingestor {

/// An EventLog that forgets with the process. Every call yields to the executor once before it
/// acts, as an adapter that does I/O would, and then acts as a whole.
class InMemoryEventLog final : public EventLog {
public:
    /// `router` and `clock` outlive the log.
    InMemoryEventLog(const EventRouter& router, const Clock& clock, DeliveriesCommitted committed);

    Answer<std::monostate> append(std::vector<Event> events) override;
    Answer<std::vector<Delivery>> due(TimePoint now, std::int64_t after,
                                      std::uint32_t limit) override;
    Answer<std::optional<TimePoint>> next_due(TimePoint now) override;
    Answer<std::uint64_t> depth() override;
    Answer<std::monostate> acknowledge(std::int64_t id) override;
    Answer<std::monostate> reschedule(std::int64_t id, DeliveryStage stage, int attempts,
                                      TimePoint next_at) override;
    Answer<std::monostate> bury(std::int64_t id, DeadLetter letter) override;
    Answer<std::vector<DeadLetter>> dead_letters(std::uint32_t limit) override;
    Answer<std::monostate> redrive(std::int64_t dead_letter_id, TimePoint now) override;
    Answer<std::vector<EventBusRecord>> buses() override;
    Answer<std::vector<Rule>> rules() override;
    Answer<std::monostate> put_bus(EventBusRecord bus) override;
    Answer<std::monostate> put_rule(Rule rule) override;
    Answer<std::monostate> delete_rule(std::string bus, std::string name) override;

    /// What append() does, for a store that puts an event beside a change of its own. Returns the
    /// ids of the deliveries.
    std::vector<std::int64_t> append_now(const std::vector<Event>& events);
    [[nodiscard]] bool under_way(std::int64_t delivery_id) const;
    /// Every event that was ever appended, in order: for assertions.
    [[nodiscard]] const std::vector<Event>& events() const { return events_; }

private:
    const EventRouter& router_;
    const Clock& clock_;
    DeliveriesCommitted committed_;
    std::int64_t last_id_ = 0;
    std::vector<Event> events_;
    std::map<std::int64_t, Delivery> deliveries_;
    std::map<std::int64_t, DeadLetter> dead_;
    std::vector<std::int64_t> dead_order_;
    std::map<std::string, EventBusRecord> buses_;
    std::map<std::pair<std::string, std::string>, Rule> rules_;
};

}  // namespace ingestor
