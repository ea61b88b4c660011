#include "bus/rules/rule_table.hpp"

#include <algorithm>
#include <utility>

#include "bus/targets/target_kind.hpp"
#include "ports/fairness_group.hpp"

namespace ingestor::bus::rules {

namespace patterns = eventbridge::patterns;

void RuleTable::add_targets(const Entry& entry, const eventbridge::Event& event,
                            std::vector<ports::NewDelivery>& deliveries) {
    ++entry.matched;
    const auto& rule = entry.rule;
    for (const auto& target : rule.targets) {
        auto& delivery = deliveries.emplace_back();
        delivery.rule = rule.name;
        delivery.target_id = target.id;
        delivery.target_arn = target.arn;
        if (targets::kind_of(target.arn) != targets::TargetKind::function) {
            delivery.fairness_group = ports::target_group(target.arn, event.fairness_group);
        }
    }
}

std::vector<ports::NewDelivery> RuleTable::route(const eventbridge::Event& event) const {
    if (!event.fired_rule.empty()) {
        std::vector<ports::NewDelivery> fired;
        const auto rule = entries_.find({event.bus, event.fired_rule});
        if (rule != entries_.end()) add_targets(rule->second, event, fired);
        return fired;
    }
    auto compiled = compiled_.find(event.bus);
    if (compiled == compiled_.end()) {
        // A bus without rules may be any name.
        const auto first = entries_.lower_bound({event.bus, ""});
        if (first == entries_.end() || first->first.bus != event.bus) return {};
        compiled = compiled_.emplace(event.bus, compile(event.bus)).first;
    }
    auto& [rules, matcher] = compiled->second;
    if (rules.empty()) return {};
    event_text_ = eventbridge::to_json(event);
    const auto size = event_text_.size();
    event_text_.append(patterns::Matcher::kPadding, '\0');
    const auto found =
        matcher.match(std::string_view(event_text_).substr(0, size), event_text_.size());
    if (!found) return {};
    matches_.assign(found->begin(), found->end());
    std::ranges::sort(matches_);
    std::vector<ports::NewDelivery> deliveries;
    for (const auto number : matches_) {
        const auto& entry = *rules[number];
        const bool wanted = event.rules.empty() ||
                            std::ranges::find(event.rules, entry.rule.name) != event.rules.end();
        if (wanted) add_targets(entry, event, deliveries);
    }
    return deliveries;
}

bool RuleTable::listens(const std::string& bus) const {
    for (auto place = entries_.lower_bound({bus, ""});
         place != entries_.end() && place->first.bus == bus; ++place) {
        if (place->second.rule.enabled) return true;
    }
    return false;
}

RuleTable::Compiled RuleTable::compile(const std::string& bus) const {
    std::vector<const Entry*> rules;
    patterns::RuleSet::Builder builder;
    // Rules stand by bus, then by name.
    for (auto place = entries_.lower_bound({bus, ""});
         place != entries_.end() && place->first.bus == bus; ++place) {
        const auto& entry = place->second;
        if (!entry.rule.enabled || !entry.pattern) continue;
        builder.add(*entry.pattern);
        rules.push_back(&entry);
    }
    return {
        .rules = std::move(rules),
        .matcher = patterns::Matcher(std::make_shared<const patterns::RuleSet>(builder.build()))};
}

Result<std::monostate> RuleTable::put(ports::Rule rule) {
    std::optional<patterns::Pattern> pattern;
    if (!rule.event_pattern.empty()) {
        auto read = patterns::read_pattern(rule.event_pattern);
        if (!read) return std::unexpected(std::move(read.error()));
        pattern = std::move(*read);
    }
    std::map<std::string, eventbridge::transform::InputTransform> inputs;
    for (const auto& target : rule.targets) {
        auto input = eventbridge::transform::InputTransform::compile(target.input, target.id);
        if (!input) return std::unexpected(std::move(input.error()));
        if (!input->is_identity()) inputs.insert_or_assign(target.id, std::move(*input));
    }
    const ports::RuleKey place{rule.bus, rule.name};
    const auto matched_before = matched(place);
    remove(place.bus, place.name);
    compiled_.erase(place.bus);
    if (!inputs.empty()) ++rules_with_inputs_;
    entries_.emplace(place,
                     Entry{std::move(rule), std::move(pattern), std::move(inputs), matched_before});
    return std::monostate{};
}

void RuleTable::remove(const std::string& bus, const std::string& name) {
    const auto entry = entries_.find(ports::RuleKey{bus, name});
    if (entry == entries_.end()) return;
    compiled_.erase(bus);
    if (!entry->second.inputs.empty()) --rules_with_inputs_;
    entries_.erase(entry);
}

void RuleTable::note_firing(const ports::RuleKey& key, TimePoint at) {
    const auto entry = entries_.find(key);
    if (entry != entries_.end()) entry->second.rule.fired_at = at;
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

const eventbridge::transform::InputTransform* RuleTable::input_of(
    const ports::Delivery& delivery) const {
    if (rules_with_inputs_ == 0) return nullptr;
    const auto entry = entries_.find(ports::RuleKey{delivery.event->bus, delivery.rule});
    if (entry == entries_.end()) return nullptr;
    const auto input = entry->second.inputs.find(delivery.target_id);
    return input == entry->second.inputs.end() ? nullptr : &input->second;
}

const ports::Rule* RuleTable::find(const ports::RuleKey& key) const {
    const auto entry = entries_.find(key);
    return entry == entries_.end() ? nullptr : &entry->second.rule;
}

std::uint64_t RuleTable::matched(const ports::RuleKey& key) const {
    const auto entry = entries_.find(key);
    return entry == entries_.end() ? 0 : entry->second.matched;
}

std::vector<ports::Rule> RuleTable::rules_of(const std::string& bus) const {
    std::vector<ports::Rule> rules;
    for (auto place = entries_.lower_bound({bus, ""});
         place != entries_.end() && place->first.bus == bus; ++place) {
        rules.push_back(place->second.rule);
    }
    return rules;
}

std::vector<ports::Rule> RuleTable::rules() const {
    std::vector<ports::Rule> rules;
    rules.reserve(entries_.size());
    for (const auto& [place, entry] : entries_) rules.push_back(entry.rule);
    return rules;
}

}  // namespace ingestor::bus::rules
