#include "bus/event_bus.hpp"

#include <utility>

#include <fmt/format.h>

namespace ingestor::bus {

auto EventBus::open(TimePoint now) -> Answer<std::monostate> {
    const auto buses = co_await log_.buses();
    if (!buses) co_return std::unexpected(buses.error());
    for (const auto& bus : *buses) buses_.insert_or_assign(bus.name, bus);
    if (find_bus(std::string(kDefaultBus)) == nullptr) {
        ports::EventBusRecord record{
            .name = std::string(kDefaultBus), .description = {}, .created_at = now};
        auto made = co_await put_bus(std::move(record));
        if (!made) co_return made;
    }
    auto rules = co_await log_.rules();
    if (!rules) co_return std::unexpected(std::move(rules.error()));
    for (auto& rule : *rules) {
        const auto name = rule.name;
        auto put = table_.put(std::move(rule));
        if (!put) {
            put.error().message = fmt::format("rule {}: {}", name, put.error().message);
            co_return put;
        }
    }
    co_return std::monostate{};
}

const ports::EventBusRecord* EventBus::find_bus(const std::string& name) const {
    const auto found = buses_.find(name);
    return found == buses_.end() ? nullptr : &found->second;
}

auto EventBus::put_bus(ports::EventBusRecord bus) -> Answer<std::monostate> {
    ports::BusChange change;
    change.put_buses = {bus};
    auto put = co_await log_.apply(std::move(change));
    if (put) {
        const auto name = bus.name;
        buses_.insert_or_assign(name, std::move(bus));
    }
    co_return put;
}

auto EventBus::delete_bus(std::string name) -> Answer<std::monostate> {
    ports::BusChange change;
    change.delete_buses = {name};
    auto deleted = co_await log_.apply(std::move(change));
    if (deleted) buses_.erase(name);
    co_return deleted;
}

auto EventBus::publish(std::vector<eventbridge::Event> events) -> Answer<std::monostate> {
    for (auto& event : events) {
        if (event.fairness_group.empty()) event.fairness_group = event.source;
    }
    return log_.append(std::move(events));
}

auto EventBus::put_rule(ports::Rule rule) -> Answer<std::monostate> {
    if (!rule.event_pattern.empty()) {
        auto pattern = eventbridge::patterns::read_pattern(rule.event_pattern);
        if (!pattern) co_return std::unexpected(std::move(pattern.error()));
    }
    if (find_bus(rule.bus) == nullptr) {
        co_return fail(Errc::not_found, fmt::format("Event bus {} does not exist.", rule.bus));
    }
    ports::BusChange change;
    change.put_rules = {rule};
    auto put = co_await log_.apply(std::move(change));
    if (!put) co_return put;
    auto known = table_.put(std::move(rule));
    changed_();
    co_return known;
}

auto EventBus::fire(ports::RuleKey rule, TimePoint at, eventbridge::Event event)
    -> Answer<std::monostate> {
    if (event.fairness_group.empty()) event.fairness_group = event.source;
    event.fired_rule = rule.name;
    auto fired = co_await log_.fire(rule, at, std::move(event));
    if (fired) table_.note_firing(rule, at);
    co_return fired;
}

auto EventBus::delete_rule(ports::RuleKey key) -> Answer<std::monostate> {
    ports::BusChange change;
    change.delete_rules = {key};
    auto deleted = co_await log_.apply(std::move(change));
    if (deleted) table_.remove(key.bus, key.name);
    changed_();
    co_return deleted;
}

}  // namespace ingestor::bus
