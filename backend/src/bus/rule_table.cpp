#include "bus/rule_table.hpp"

#include <algorithm>

#include <simdjson.h>

namespace ingestor {

namespace {

/// Read on demand, and the application writes it early: the rest of a large detail is skipped.
std::string fairness_group_of(const Event& event) {
    thread_local simdjson::ondemand::parser parser;
    const simdjson::padded_string detail(event.detail);
    simdjson::ondemand::document document;
    std::string_view user_id;
    if (parser.iterate(detail).get(document) == simdjson::SUCCESS &&
        document["user_id"].get_string().get(user_id) == simdjson::SUCCESS && !user_id.empty()) {
        return std::string(user_id);
    }
    return event.source;
}

}  // namespace

std::vector<NewDelivery> RuleTable::route(const Event& event) const {
    std::vector<NewDelivery> deliveries;
    for (const auto& [place, entry] : entries_) {
        if (place.first != bus_ || !entry.rule.enabled || !entry.pattern.matches(event)) continue;
        for (const auto& target : entry.rule.targets) {
            deliveries.push_back({.bus = entry.rule.bus,
                                  .rule = entry.rule.name,
                                  .target_id = target.id,
                                  .target_arn = target.arn,
                                  .fairness_group = {}});
        }
    }
    if (deliveries.empty()) return deliveries;
    const auto group = fairness_group_of(event);
    for (auto& delivery : deliveries) delivery.fairness_group = group;
    return deliveries;
}

Result<std::monostate> RuleTable::put(Rule rule) {
    auto pattern = EventPattern::compile(rule.event_pattern);
    if (!pattern) return std::unexpected(std::move(pattern.error()));
    const std::pair place{rule.bus, rule.name};
    entries_.insert_or_assign(place, Entry{std::move(rule), std::move(*pattern)});
    return std::monostate{};
}

void RuleTable::remove(const std::string& bus, const std::string& name) {
    entries_.erase({bus, name});
}

std::optional<RuleTarget> RuleTable::target(const std::string& bus, const std::string& rule,
                                            const std::string& target_id) const {
    const auto entry = entries_.find({bus, rule});
    if (entry == entries_.end()) return std::nullopt;
    const auto& targets = entry->second.rule.targets;
    const auto target = std::ranges::find(targets, target_id, &RuleTarget::id);
    if (target == targets.end()) return std::nullopt;
    return *target;
}

std::vector<Rule> RuleTable::rules() const {
    std::vector<Rule> rules;
    rules.reserve(entries_.size());
    for (const auto& [place, entry] : entries_) rules.push_back(entry.rule);
    return rules;
}

}  // namespace ingestor
