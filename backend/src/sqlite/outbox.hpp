#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ports/clock.hpp"
#include "ports/event_log.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/row_codec.hpp"

namespace ingestor::sqlite {

/// An event with the deliveries that the router gave for it, ready for a unit of work.
struct RoutedEvent {
    std::shared_ptr<const eventbridge::Event> event;
    std::vector<ports::NewDelivery> deliveries;
    TimePoint now;
};

/// Puts events and their deliveries into the transaction of whatever caused them, so that the two
/// cannot disagree. Shared by the job store and the event log of one database.
class Outbox {
public:
    /// `router` and `clock` outlive this. `committed` and `routed` are called on the I/O executor.
    Outbox(const ports::EventRouter& router, const ports::Clock& clock,
           ports::DeliveriesCommitted committed, ports::EventRouted routed = {});

    /// On the I/O executor, before the unit. Errors: internal (more deliveries than a seq can
    /// number).
    [[nodiscard]] Result<RoutedEvent> route(eventbridge::Event event) const;

    /// The number that the next event stored will have. On the writer's thread.
    [[nodiscard]] std::int64_t next_seq(Connection& connection);
    /// Stores the event under next_seq(). `job` is the job that its deliveries drive, if any.
    /// Returns the id of its first delivery; the others follow one by one. On the writer's thread.
    std::int64_t store(Connection& connection, const RoutedEvent& routed,
                       std::optional<JobKey> job);
    /// The number of a route on a bus, new or known. On the writer's thread.
    std::int64_t route_id(Connection& connection, const std::string& bus,
                          const ports::NewDelivery& route);
    /// Deletes a route that nothing refers to any more. On the writer's thread.
    void forget_route(Connection& connection, std::int64_t id);

    /// Tells of the deliveries, after the commit and on the I/O executor.
    void announce(const RoutedEvent& routed, std::int64_t first_id) const;
    void announce(std::vector<ports::Delivery> deliveries) const;

private:
    const ports::EventRouter& router_;
    const ports::Clock& clock_;
    ports::DeliveriesCommitted committed_;
    ports::EventRouted routed_;

    /// Forgets what a rollback may have taken back.
    void forget_if_rolled_back(const Connection& connection);

    // What the writer's thread remembers of the tables, to save a query each time.
    std::unordered_map<std::string, std::int64_t> route_ids_;
    std::optional<std::int64_t> next_seq_;
    std::uint64_t rollbacks_seen_ = 0;
};

}  // namespace ingestor::sqlite
