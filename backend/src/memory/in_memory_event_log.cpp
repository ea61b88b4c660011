#include "memory/in_memory_event_log.hpp"

#include <algorithm>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace ingestor {

namespace asio = boost::asio;

InMemoryEventLog::InMemoryEventLog(const EventRouter& router, const Clock& clock,
                                   DeliveriesCommitted committed)
    : router_(router), clock_(clock), committed_(std::move(committed)) {}

std::vector<std::int64_t> InMemoryEventLog::append_now(const std::vector<Event>& events) {
    std::vector<std::int64_t> ids;
    std::vector<Delivery> fresh;
    const auto now = clock_.now();
    for (const auto& event : events) {
        events_.push_back(event);
        for (auto& route : router_.route(event)) {
            Delivery delivery{.id = ++last_id_,
                              .event = event,
                              .bus = std::move(route.bus),
                              .rule = std::move(route.rule),
                              .target_id = std::move(route.target_id),
                              .target_arn = std::move(route.target_arn),
                              .fairness_group = std::move(route.fairness_group),
                              .created_at = now,
                              .next_at = now};
            ids.push_back(delivery.id);
            deliveries_.emplace(delivery.id, delivery);
            fresh.push_back(std::move(delivery));
        }
    }
    if (!fresh.empty() && committed_) committed_(std::move(fresh));
    return ids;
}

bool InMemoryEventLog::under_way(std::int64_t delivery_id) const {
    return deliveries_.contains(delivery_id);
}

auto InMemoryEventLog::append(std::vector<Event> events) -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    append_now(events);
    co_return std::monostate{};
}

auto InMemoryEventLog::due(TimePoint now, std::int64_t after, std::uint32_t limit)
    -> Answer<std::vector<Delivery>> {
    co_await asio::post(asio::use_awaitable);
    std::vector<Delivery> found;
    for (auto place = deliveries_.upper_bound(after);
         place != deliveries_.end() && found.size() < limit; ++place) {
        if (place->second.next_at <= now) found.push_back(place->second);
    }
    co_return found;
}

auto InMemoryEventLog::next_due(TimePoint now) -> Answer<std::optional<TimePoint>> {
    co_await asio::post(asio::use_awaitable);
    std::optional<TimePoint> next;
    for (const auto& [id, delivery] : deliveries_) {
        if (delivery.next_at > now && (!next || delivery.next_at < *next)) next = delivery.next_at;
    }
    co_return next;
}

auto InMemoryEventLog::depth() -> Answer<std::uint64_t> {
    co_await asio::post(asio::use_awaitable);
    co_return deliveries_.size();
}

auto InMemoryEventLog::acknowledge(std::int64_t id) -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    deliveries_.erase(id);
    co_return std::monostate{};
}

auto InMemoryEventLog::reschedule(std::int64_t id, DeliveryStage stage, int attempts,
                                  TimePoint next_at) -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    const auto place = deliveries_.find(id);
    if (place != deliveries_.end()) {
        place->second.stage = stage;
        place->second.attempts = attempts;
        place->second.next_at = next_at;
    }
    co_return std::monostate{};
}

auto InMemoryEventLog::bury(std::int64_t id, DeadLetter letter) -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    const auto place = deliveries_.find(id);
    if (place == deliveries_.end()) co_return std::monostate{};
    auto delivery = std::move(place->second);
    deliveries_.erase(place);
    delivery.stage = letter.delivery.stage;
    delivery.attempts = letter.delivery.attempts;
    letter.id = id;
    letter.delivery = std::move(delivery);
    dead_.insert_or_assign(id, std::move(letter));
    dead_order_.push_back(id);
    co_return std::monostate{};
}

auto InMemoryEventLog::dead_letters(std::uint32_t limit) -> Answer<std::vector<DeadLetter>> {
    co_await asio::post(asio::use_awaitable);
    std::vector<DeadLetter> found;
    for (auto place = dead_order_.rbegin(); place != dead_order_.rend() && found.size() < limit;
         ++place) {
        found.push_back(dead_.at(*place));
    }
    // Newest by the time of death; of two at the same time, the one buried later.
    std::ranges::stable_sort(found, std::greater{}, &DeadLetter::dead_at);
    co_return found;
}

auto InMemoryEventLog::redrive(std::int64_t dead_letter_id, TimePoint now)
    -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    const auto place = dead_.find(dead_letter_id);
    if (place == dead_.end()) {
        co_return fail(Errc::not_found, fmt::format("no dead letter {}", dead_letter_id));
    }
    auto delivery = std::move(place->second.delivery);
    dead_.erase(place);
    std::erase(dead_order_, dead_letter_id);
    delivery.stage = DeliveryStage::delivery;
    delivery.attempts = 0;
    delivery.created_at = now;
    delivery.next_at = now;
    deliveries_.emplace(delivery.id, delivery);
    std::vector<Delivery> fresh;
    fresh.push_back(std::move(delivery));
    if (committed_) committed_(std::move(fresh));
    co_return std::monostate{};
}

auto InMemoryEventLog::buses() -> Answer<std::vector<EventBusRecord>> {
    co_await asio::post(asio::use_awaitable);
    std::vector<EventBusRecord> found;
    found.reserve(buses_.size());
    for (const auto& [name, bus] : buses_) found.push_back(bus);
    co_return found;
}

auto InMemoryEventLog::rules() -> Answer<std::vector<Rule>> {
    co_await asio::post(asio::use_awaitable);
    std::vector<Rule> found;
    found.reserve(rules_.size());
    for (const auto& [name, rule] : rules_) found.push_back(rule);
    co_return found;
}

auto InMemoryEventLog::put_bus(EventBusRecord bus) -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    auto name = bus.name;
    buses_.insert_or_assign(std::move(name), std::move(bus));
    co_return std::monostate{};
}

auto InMemoryEventLog::put_rule(Rule rule) -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    std::pair place{rule.bus, rule.name};
    rules_.insert_or_assign(std::move(place), std::move(rule));
    co_return std::monostate{};
}

auto InMemoryEventLog::delete_rule(std::string bus, std::string name) -> Answer<std::monostate> {
    co_await asio::post(asio::use_awaitable);
    const std::pair place{bus, name};
    rules_.erase(place);
    co_return std::monostate{};
}

}  // namespace ingestor
