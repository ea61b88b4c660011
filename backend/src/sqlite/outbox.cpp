#include "sqlite/outbox.hpp"

#include <fmt/format.h>

#include "sqlite/queries.hpp"

namespace ingestor::sqlite {

Outbox::Outbox(const ports::EventRouter& router, const ports::Clock& clock,
               ports::DeliveriesCommitted committed, ports::EventRouted routed)
    : router_(router),
      clock_(clock),
      committed_(std::move(committed)),
      routed_(std::move(routed)) {}

Result<RoutedEvent> Outbox::route(eventbridge::Event event) const {
    auto deliveries = router_.route(event);
    if (deliveries.size() > kDeliveriesOfEventMax) {
        return fail(Errc::internal, fmt::format("event {} has {} targets; {} is the most", event.id,
                                                deliveries.size(), kDeliveriesOfEventMax));
    }
    auto shared = std::make_shared<const eventbridge::Event>(std::move(event));
    if (routed_) routed_(shared);
    return RoutedEvent{std::move(shared), std::move(deliveries), clock_.now()};
}

void Outbox::forget_if_rolled_back(const Connection& connection) {
    if (rollbacks_seen_ == connection.rollbacks()) return;
    rollbacks_seen_ = connection.rollbacks();
    route_ids_.clear();
    next_seq_.reset();
}

std::int64_t Outbox::next_seq(Connection& connection) {
    forget_if_rolled_back(connection);
    if (!next_seq_) {
        auto newest = connection.query(kNewestEvent);
        newest.next();
        next_seq_ = newest.integer(0) + 1;
    }
    return *next_seq_;
}

std::int64_t Outbox::store(Connection& connection, const RoutedEvent& routed,
                           std::optional<JobKey> job) {
    const auto seq = next_seq(connection);
    const auto& event = *routed.event;
    std::optional<Blob> job_id;
    if (job) job_id = Blob{job->bytes()};
    connection.run(kInsertEvent, seq, routed.now, job_id, event.time, event.id, event.source,
                   event.detail_type, event.account, event.region, join_resources(event.resources),
                   event.detail, event.forwarded ? 1 : 0, event.replay_name);
    next_seq_ = seq + 1;
    const auto first_id = first_delivery_id(seq);
    auto id = first_id;
    for (const auto& delivery : routed.deliveries) {
        connection.run(
            kInsertDelivery, id, route_id(connection, event.bus, delivery), routed.now,
            delivery.fairness_group.empty() ? event.fairness_group : delivery.fairness_group);
        ++id;
    }
    return first_id;
}

std::int64_t Outbox::route_id(Connection& connection, const std::string& bus,
                              const ports::NewDelivery& route) {
    forget_if_rolled_back(connection);
    // A separator that no name of AWS may hold.
    auto name = fmt::format("{}\n{}\n{}\n{}", bus, route.rule, route.target_id, route.target_arn);
    const auto known = route_ids_.find(name);
    if (known != route_ids_.end()) return known->second;

    connection.run(kInsertRoute, bus, route.rule, route.target_id, route.target_arn);
    auto stored = connection.query(kRouteId, bus, route.rule, route.target_id, route.target_arn);
    stored.next();
    return route_ids_.emplace(std::move(name), stored.integer(0)).first->second;
}

void Outbox::forget_route(Connection& connection, std::int64_t id) {
    connection.run(kDeleteRoute, id);
    std::erase_if(route_ids_, [id](const auto& entry) { return entry.second == id; });
}

void Outbox::announce(const RoutedEvent& routed, std::int64_t first_id) const {
    if (!committed_ || routed.deliveries.empty()) return;
    std::vector<ports::Delivery> deliveries;
    deliveries.reserve(routed.deliveries.size());
    auto id = first_id;
    for (const auto& route : routed.deliveries) {
        auto& delivery = deliveries.emplace_back();
        delivery.id = id++;
        delivery.event = routed.event;
        delivery.rule = route.rule;
        delivery.target_id = route.target_id;
        delivery.target_arn = route.target_arn;
        delivery.created_at = routed.now;
        delivery.next_at = routed.now;
        delivery.fairness_group = route.fairness_group;
    }
    committed_(std::move(deliveries));
}

void Outbox::announce(std::vector<ports::Delivery> deliveries) const {
    if (committed_ && !deliveries.empty()) committed_(std::move(deliveries));
}

}  // namespace ingestor::sqlite
