#include "bus/event_bus.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace ingestor::bus {

auto EventBus::open() -> Answer<std::monostate> {
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

auto EventBus::publish(std::vector<eventbridge::Event> events) -> Answer<std::monostate> {
    for (auto& event : events) {
        if (event.fairness_group.empty()) event.fairness_group = event.source;
    }
    return log_.append(std::move(events));
}

auto EventBus::put_rule(ports::Rule rule) -> Answer<std::monostate> {
    if (auto pattern = eventbridge::patterns::read_pattern(rule.event_pattern); !pattern) {
        co_return std::unexpected(std::move(pattern.error()));
    }
    const auto buses = co_await log_.buses();
    if (!buses) co_return std::unexpected(buses.error());
    const auto is_its_bus = [&rule](const ports::EventBusRecord& bus) {
        return bus.name == rule.bus;
    };
    if (std::ranges::none_of(*buses, is_its_bus)) {
        co_return fail(Errc::not_found, fmt::format("Event bus {} does not exist.", rule.bus));
    }
    ports::BusChange change;
    change.put_rules = {rule};
    auto put = co_await log_.apply(std::move(change));
    if (!put) co_return put;
    co_return table_.put(std::move(rule));
}

auto EventBus::delete_rule(ports::RuleKey key) -> Answer<std::monostate> {
    ports::BusChange change;
    change.delete_rules = {key};
    auto deleted = co_await log_.apply(std::move(change));
    if (deleted) table_.remove(key.bus, key.name);
    co_return deleted;
}

}  // namespace ingestor::bus
