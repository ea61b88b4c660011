#include "provisioning/reconcile.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace ingestor::provisioning {

namespace {

ports::RuleKey key_of(const ports::Rule& rule) {
    return {rule.bus, rule.name};
}

const ports::Rule* find(const std::vector<ports::Rule>& rules, const ports::RuleKey& key) {
    const auto place = std::ranges::find_if(
        rules, [&key](const ports::Rule& rule) { return key_of(rule) == key; });
    return place == rules.end() ? nullptr : &*place;
}

const ports::RuleTarget* find(const std::vector<ports::RuleTarget>& targets,
                              const std::string& id) {
    const auto place = std::ranges::find(targets, id, &ports::RuleTarget::id);
    return place == targets.end() ? nullptr : &*place;
}

/// The rule as the template says it, with what a user changed about `known`.
ports::Rule merged(const ports::Rule& wanted, const ports::Rule& known) {
    ports::Rule rule = wanted;
    rule.enabled = known.enabled;
    rule.tags = known.tags;
    for (const auto& target : known.targets) {
        if (!target.managed && find(rule.targets, target.id) == nullptr) {
            rule.targets.push_back(target);
        }
    }
    return rule;
}

/// The wanted rule that has a target of this id; nullptr: none.
const ports::Rule* successor(const std::vector<ports::Rule>& wanted, const std::string& target_id) {
    const auto place = std::ranges::find_if(wanted, [&target_id](const ports::Rule& rule) {
        return find(rule.targets, target_id) != nullptr;
    });
    return place == wanted.end() ? nullptr : &*place;
}

void add_retargets(const ports::Rule& known, const WantedState& wanted, ports::BusChange& change) {
    for (const auto& target : known.targets) {
        if (!target.managed) continue;
        const auto* rule = find(wanted.rules, key_of(known));
        if (rule == nullptr || find(rule->targets, target.id) == nullptr) {
            rule = successor(wanted.rules, target.id);
        }
        if (rule == nullptr) continue;
        const auto& to = *find(rule->targets, target.id);
        if (key_of(*rule) == key_of(known) && to.arn == target.arn) continue;
        change.retargets.push_back({.from_rule = key_of(known),
                                    .from_target_id = target.id,
                                    .to_rule = key_of(*rule),
                                    .to = to});
    }
}

}  // namespace

ports::BusChange reconciliation(const WantedState& wanted, const BusState& now_there,
                                TimePoint now) {
    ports::BusChange change;
    const auto known_bus =
        std::ranges::find(now_there.buses, wanted.bus.name, &ports::EventBusRecord::name);
    if (known_bus == now_there.buses.end() || !known_bus->managed ||
        known_bus->description != wanted.bus.description) {
        auto bus = known_bus == now_there.buses.end() ? wanted.bus : *known_bus;
        if (known_bus == now_there.buses.end()) bus.created_at = now;
        bus.description = wanted.bus.description;
        bus.managed = true;
        change.put_buses.push_back(std::move(bus));
    }
    for (const auto& rule : wanted.rules) {
        const auto* known = find(now_there.rules, key_of(rule));
        auto result = known == nullptr ? rule : merged(rule, *known);
        if (known == nullptr || result != *known) change.put_rules.push_back(std::move(result));
    }
    for (const auto& known : now_there.rules) {
        if (!known.managed) continue;
        add_retargets(known, wanted, change);
        if (find(wanted.rules, key_of(known)) == nullptr) {
            change.delete_rules.push_back(key_of(known));
        }
    }
    for (const auto& bus : now_there.buses) {
        const bool used = std::ranges::any_of(now_there.rules, [&bus](const ports::Rule& rule) {
            return rule.bus == bus.name && !rule.managed;
        });
        if (bus.managed && bus.name != wanted.bus.name && !used) {
            change.delete_buses.push_back(bus.name);
        }
    }
    return change;
}

boost::asio::awaitable<Result<std::monostate>> reconcile(ports::EventLog& log, WantedState wanted,
                                                         TimePoint now) {
    BusState now_there;
    auto buses = co_await log.buses();
    if (!buses) co_return std::unexpected(std::move(buses.error()));
    now_there.buses = std::move(*buses);
    auto rules = co_await log.rules();
    if (!rules) co_return std::unexpected(std::move(rules.error()));
    now_there.rules = std::move(*rules);
    auto change = reconciliation(wanted, now_there, now);
    if (change == ports::BusChange{}) co_return std::monostate{};
    co_return co_await log.apply(std::move(change));
}

}  // namespace ingestor::provisioning
