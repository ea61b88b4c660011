#pragma once

#include "ports/event_log.hpp"
#include "sqlite/database.hpp"
#include "sqlite/outbox.hpp"

namespace ingestor {

/// The EventLog of the embedded engine.
class SqliteEventLog final : public EventLog {
public:
    /// Both outlive this.
    SqliteEventLog(sqlite::Database& database, sqlite::Outbox& outbox)
        : database_(database), outbox_(outbox) {}

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

private:
    sqlite::Database& database_;
    sqlite::Outbox& outbox_;
};

}  // namespace ingestor
