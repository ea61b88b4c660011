#include "bus/rule_table.hpp"

#include <algorithm>

namespace ingestor::bus {

std::vector<ports::NewDelivery> RuleTable::route(const eventbridge::Event& event) const {
    std::vector<ports::NewDelivery> deliveries;
    // Rules stand by bus.
    for (auto place = entries_.lower_bound({event.bus, ""});
         place != entries_.end() && place->first.bus == event.bus; ++place) {
        const auto& [rule, pattern] = place->second;
        if (!rule.enabled || !pattern.matches(event)) continue;
        for (const auto& target : rule.targets) {
            deliveries.push_back(
                {.rule = rule.name, .target_id = target.id, .target_arn = target.arn});
        }
    }
    return deliveries;
}

Result<std::monostate> RuleTable::put(ports::Rule rule) {
    auto pattern = eventbridge::EventPattern::compile(rule.event_pattern);
    if (!pattern) return std::unexpected(std::move(pattern.error()));
    const ports::RuleKey place{rule.bus, rule.name};
    entries_.insert_or_assign(place, Entry{std::move(rule), std::move(*pattern)});
    return std::monostate{};
}

void RuleTable::remove(const std::string& bus, const std::string& name) {
    entries_.erase(ports::RuleKey{bus, name});
}

std::optional<ports::RuleTarget> RuleTable::target(const std::string& bus, const std::string& rule,
                                                   const std::string& target_id) const {
    const auto entry = entries_.find(ports::RuleKey{bus, rule});
    if (entry == entries_.end()) return std::nullopt;
    const auto& targets = entry->second.rule.targets;
    const auto target = std::ranges::find(targets, target_id, &ports::RuleTarget::id);
    if (target == targets.end()) return std::nullopt;
    return *target;
}

std::vector<ports::Rule> RuleTable::rules() const {
    std::vector<ports::Rule> rules;
    rules.reserve(entries_.size());
    for (const auto& [place, entry] : entries_) rules.push_back(entry.rule);
    return rules;
}

}  // namespace ingestor::bus
