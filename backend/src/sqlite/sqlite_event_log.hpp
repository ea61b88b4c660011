#pragma once

#include "ports/event_log.hpp"
#include "sqlite/database.hpp"
#include "sqlite/outbox.hpp"

namespace ingestor::sqlite {

/// The EventLog of the embedded engine.
class SqliteEventLog final : public ports::EventLog {
public:
    /// Both outlive this.
    SqliteEventLog(Database& database, Outbox& outbox) : database_(database), outbox_(outbox) {}

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

private:
    struct Firing {
        ports::RuleKey rule;
        TimePoint at;
    };

    Answer<std::monostate> store(std::vector<eventbridge::Event> events,
                                 std::optional<Firing> firing);
    /// Within a unit of work.
    void move_over(Connection& connection, const ports::Retarget& retarget) const;

    Database& database_;
    Outbox& outbox_;
};

}  // namespace ingestor::sqlite
