#include "bus/rules/rule_operations.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "bus/destinations/checks.hpp"
#include "bus/destinations/webhook_signature.hpp"
#include "bus/operators.hpp"
#include "bus/targets/target_kind.hpp"
#include "eventbridge/patterns/pattern.hpp"
#include "eventbridge/schedules/schedule.hpp"
#include "eventbridge/transform/input_transform.hpp"

namespace ingestor::bus::rules {

namespace {

constexpr std::string_view kTooMany = "The requested resource exceeds the maximum number allowed.";

std::unexpected<Error> no_bus(const std::string& name) {
    return fail(Errc::not_found, fmt::format("Event bus {} does not exist.", name));
}

std::unexpected<Error> no_rule(const ports::RuleKey& key) {
    return fail(Errc::not_found,
                fmt::format("Rule {} does not exist on EventBus {}.", key.name, key.bus));
}

Result<std::monostate> check_unmanaged(const ports::Rule& rule) {
    if (!rule.of_archive) return std::monostate{};
    return fail(Errc::conflict,
                fmt::format("Rule {} is managed by {} and cannot be changed: change or delete its "
                            "archive.",
                            rule.name, kArchivesPrincipal),
                "managed");
}

Result<std::monostate> check_http_parameters(const ports::RuleTarget& target,
                                             targets::TargetKind kind) {
    if (target.http == ports::TargetHttpParameters()) return std::monostate{};
    if (kind != targets::TargetKind::api_destination) {
        return fail(
            Errc::invalid_argument,
            fmt::format("Parameter HttpParameters is not valid. Reason: target {} is no API "
                        "destination.",
                        target.id));
    }
    for (const auto& [name, value] : target.http.headers) {
        if (equal_ignoring_case(name, destinations::kWebhookSignature)) {
            return fail(Errc::invalid_argument,
                        fmt::format("Parameter {} is not valid. Reason: the secret of webhooks is "
                                    "the connection's.",
                                    name));
        }
        if (auto good = destinations::check_header(name, value); !good) return good;
    }
    return std::monostate{};
}

/// Puts and removes tags; false where there are too many.
bool change(ports::Tags& tags, const ports::Tags& put, const std::vector<std::string>& removed) {
    for (const auto& [key, value] : put) tags.insert_or_assign(key, value);
    for (const auto& key : removed) tags.erase(key);
    return tags.size() <= kTagsMax;
}

}  // namespace

auto RuleOperations::create_bus(ports::Principal who, std::string name, std::string description,
                                ports::Tags tags) -> Answer<ports::EventBusRecord> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    const auto lock = co_await bus_.lock_rules();
    if (bus_.find_bus(name) != nullptr) {
        co_return fail(Errc::conflict, fmt::format("Event bus {} already exists.", name));
    }
    if (bus_.buses().size() >= kBusesMax || tags.size() > kTagsMax) {
        co_return fail(Errc::too_large, std::string(kTooMany));
    }
    const auto now = clock_.now();
    ports::EventBusRecord record{.name = std::move(name),
                                 .description = std::move(description),
                                 .created_at = now,
                                 .tags = std::move(tags)};
    const auto put = co_await bus_.put_bus(record);
    if (!put) co_return std::unexpected(put.error());
    co_return record;
}

auto RuleOperations::describe_again(ports::Principal who, std::string name, std::string description)
    -> Answer<ports::EventBusRecord> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    const auto lock = co_await bus_.lock_rules();
    const auto* known = bus_.find_bus(name);
    if (known == nullptr) co_return no_bus(name);
    auto record = *known;
    record.description = std::move(description);
    const auto put = co_await bus_.put_bus(record);
    if (!put) co_return std::unexpected(put.error());
    co_return record;
}

Result<ports::EventBusRecord> RuleOperations::bus(const ports::Principal& who,
                                                  const std::string& name) const {
    if (const auto allowed = check_operator(who); !allowed) {
        return std::unexpected(allowed.error());
    }
    const auto* known = bus_.find_bus(name);
    if (known == nullptr) return no_bus(name);
    return *known;
}

Result<std::vector<ports::EventBusRecord>> RuleOperations::buses(
    const ports::Principal& who) const {
    if (const auto allowed = check_operator(who); !allowed) {
        return std::unexpected(allowed.error());
    }
    std::vector<ports::EventBusRecord> records;
    for (const auto& [name, record] : bus_.buses()) records.push_back(record);
    return records;
}

auto RuleOperations::delete_bus(ports::Principal who, std::string name) -> Answer<std::monostate> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    if (name == kDefaultBus) {
        co_return fail(Errc::invalid_argument, "Cannot delete event bus default.");
    }
    const auto lock = co_await bus_.lock_rules();
    if (bus_.find_bus(name) == nullptr) co_return std::monostate{};
    if (!bus_.rules_of(name).empty()) {
        co_return fail(Errc::invalid_argument, "EventBus can't be deleted since it has rules.");
    }
    co_return co_await bus_.delete_bus(name);
}

auto RuleOperations::change_policy(ports::Principal who, std::string name, PolicyChange change)
    -> Answer<std::monostate> {
    const auto lock = co_await bus_.lock_rules();
    auto known = bus(who, name);
    if (!known) co_return std::unexpected(std::move(known.error()));
    auto policy = change(*known);
    if (!policy) co_return std::unexpected(std::move(policy.error()));
    known->policy = std::move(*policy);
    co_return co_await bus_.put_bus(std::move(*known));
}

auto RuleOperations::permit(ports::Principal who, std::string name, Permission permission)
    -> Answer<std::monostate> {
    PolicyChange change = [this, permission = std::move(permission)](const auto& record) {
        return with_statement(record.policy, permission, names_.event_bus_arn(record.name));
    };
    co_return co_await change_policy(std::move(who), std::move(name), std::move(change));
}

auto RuleOperations::put_policy(ports::Principal who, std::string name, std::string policy)
    -> Answer<std::monostate> {
    PolicyChange change = [policy = std::move(policy)](const auto&) { return read_policy(policy); };
    co_return co_await change_policy(std::move(who), std::move(name), std::move(change));
}

auto RuleOperations::forbid(ports::Principal who, std::string name, std::string statement_id)
    -> Answer<std::monostate> {
    PolicyChange change = [id =
                               std::move(statement_id)](const auto& record) -> Result<std::string> {
        if (id.empty()) return std::string();
        return without_statement(record.policy, id);
    };
    co_return co_await change_policy(std::move(who), std::move(name), std::move(change));
}

Result<ports::Rule> RuleOperations::changed(const ports::RuleKey& key,
                                            RuleSettings settings) const {
    if (bus_.find_bus(key.bus) == nullptr) return no_bus(key.bus);
    if (settings.event_pattern.empty() && settings.schedule.empty()) {
        return fail(Errc::invalid_argument,
                    "Parameter(s) EventPattern or ScheduleExpression must be specified.");
    }
    if (!settings.schedule.empty()) {
        if (key.bus != kDefaultBus) {
            return fail(Errc::invalid_argument,
                        "ScheduleExpression is supported only on the default event bus.");
        }
        const auto schedule = eventbridge::schedules::Schedule::parse(settings.schedule);
        if (!schedule) return std::unexpected(schedule.error());
    }
    ports::Rule rule{.bus = key.bus, .name = key.name};
    if (const auto* known = bus_.find_rule(key)) {
        if (const auto free = check_unmanaged(*known); !free) return std::unexpected(free.error());
        rule.targets = known->targets;
        rule.tags = known->tags;
        rule.managed = known->managed;
    } else if (bus_.rules_of(key.bus).size() >= kRulesOnBusMax || settings.tags.size() > kTagsMax) {
        return fail(Errc::too_large, std::string(kTooMany));
    } else {
        rule.tags = std::move(settings.tags);
    }
    rule.event_pattern = std::move(settings.event_pattern);
    rule.description = std::move(settings.description);
    rule.role_arn = std::move(settings.role_arn);
    rule.enabled = settings.enabled;
    if (!settings.schedule.empty()) {
        rule.schedule = std::move(settings.schedule);
        rule.scheduled_since = clock_.now();
    }
    return rule;
}

auto RuleOperations::put_rule(ports::Principal who, ports::RuleKey key, RuleSettings settings)
    -> Answer<std::monostate> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    const auto lock = co_await bus_.lock_rules();
    auto rule = changed(key, std::move(settings));
    if (!rule) co_return std::unexpected(std::move(rule.error()));
    co_return co_await bus_.put_rule(std::move(*rule));
}

auto RuleOperations::put_whole_rule(ports::Principal who, ports::RuleKey key, RuleSettings settings,
                                    std::vector<ports::RuleTarget> targets) -> Answer<ports::Rule> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    const auto lock = co_await bus_.lock_rules();
    auto rule = changed(key, std::move(settings));
    if (!rule) co_return std::unexpected(std::move(rule.error()));
    std::erase_if(rule->targets, [&targets](const ports::RuleTarget& known) {
        return std::ranges::find(targets, known.id, &ports::RuleTarget::id) == targets.end();
    });
    if (const auto added = add_targets(*rule, std::move(targets)); !added) {
        co_return std::unexpected(added.error());
    }
    const auto put = co_await bus_.put_rule(*rule);
    if (!put) co_return std::unexpected(put.error());
    co_return std::move(*rule);
}

Result<ports::Rule> RuleOperations::rule(const ports::Principal& who,
                                         const ports::RuleKey& key) const {
    if (const auto allowed = check_operator(who); !allowed) {
        return std::unexpected(allowed.error());
    }
    if (bus_.find_bus(key.bus) == nullptr) return no_bus(key.bus);
    const auto* known = bus_.find_rule(key);
    if (known == nullptr) return no_rule(key);
    return *known;
}

Result<std::vector<ports::Rule>> RuleOperations::rules(const ports::Principal& who,
                                                       const std::string& bus) const {
    if (const auto allowed = check_operator(who); !allowed) {
        return std::unexpected(allowed.error());
    }
    if (bus_.find_bus(bus) == nullptr) return no_bus(bus);
    return bus_.rules_of(bus);
}

auto RuleOperations::enable_rule(ports::Principal who, ports::RuleKey key, bool enabled)
    -> Answer<std::monostate> {
    const auto lock = co_await bus_.lock_rules();
    auto known = rule(who, key);
    if (!known) co_return std::unexpected(std::move(known.error()));
    if (const auto free = check_unmanaged(*known); !free) co_return free;
    if (known->enabled == enabled) co_return std::monostate{};
    known->enabled = enabled;
    if (!known->schedule.empty()) known->scheduled_since = clock_.now();
    co_return co_await bus_.put_rule(std::move(*known));
}

auto RuleOperations::delete_rule(ports::Principal who, ports::RuleKey key, RuleTargets targets)
    -> Answer<std::monostate> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    const auto lock = co_await bus_.lock_rules();
    if (bus_.find_bus(key.bus) == nullptr) co_return no_bus(key.bus);
    const auto* known = bus_.find_rule(key);
    if (known == nullptr) co_return std::monostate{};
    if (const auto free = check_unmanaged(*known); !free) co_return free;
    if (targets == RuleTargets::keep_it && !known->targets.empty()) {
        co_return fail(Errc::invalid_argument, "Rule can't be deleted since it has targets.");
    }
    co_return co_await bus_.delete_rule(std::move(key));
}

Result<std::monostate> RuleOperations::check_target(const ports::RuleTarget& target) const {
    const auto arn = targets::split_arn(target.arn);
    if (!arn) {
        return fail(Errc::invalid_argument,
                    "Parameter ARN is not valid. Reason: Provided Arn is not in correct format.");
    }
    const auto kind = targets::kind_of(target.arn);
    const bool ours = arn->region == names_.region && arn->account == names_.account;
    const bool other_function =
        kind == targets::TargetKind::function && target.arn != names_.function_arn();
    if (!kind || kind == targets::TargetKind::archive || !ours || other_function) {
        return fail(Errc::invalid_argument,
                    fmt::format("Parameter {} is not valid. Reason: this server delivers to its "
                                "own function, {}, and to event buses, log groups, queues and API "
                                "destinations of region {} and account {}.",
                                target.arn, names_.function_arn(), names_.region, names_.account));
    }
    for (const auto& queue : {target.arn, target.dead_letter_arn}) {
        if (!queue.ends_with(".fifo")) continue;
        return fail(Errc::invalid_argument,
                    fmt::format("Parameter {} is not valid. Reason: this server has standard "
                                "queues alone.",
                                queue));
    }
    if (!target.dead_letter_arn.empty()) {
        const auto letters = targets::split_arn(target.dead_letter_arn);
        if (targets::kind_of(target.dead_letter_arn) != targets::TargetKind::queue ||
            letters->region != names_.region || letters->account != names_.account) {
            return fail(Errc::invalid_argument,
                        fmt::format("Parameter {} is not valid. Reason: dead letters go to queues "
                                    "of region {} and account {}.",
                                    target.dead_letter_arn, names_.region, names_.account));
        }
    }
    if (kind == targets::TargetKind::bus && !std::holds_alternative<std::monostate>(target.input)) {
        return fail(Errc::invalid_argument,
                    fmt::format("Modifying the input for target {} is not supported", target.id));
    }
    const auto input = eventbridge::transform::InputTransform::compile(target.input, target.id);
    if (!input) return std::unexpected(input.error());
    return check_http_parameters(target, *kind);
}

Result<std::monostate> RuleOperations::add_targets(ports::Rule& rule,
                                                   std::vector<ports::RuleTarget> targets) const {
    for (auto& target : targets) {
        if (const auto fit = check_target(target); !fit) return fit;
        const auto place = std::ranges::find(rule.targets, target.id, &ports::RuleTarget::id);
        if (place == rule.targets.end()) {
            rule.targets.push_back(std::move(target));
        } else {
            target.managed = place->managed;
            *place = std::move(target);
        }
    }
    if (rule.targets.size() > kTargetsOfRuleMax) {
        return fail(Errc::too_large, std::string(kTooMany));
    }
    return std::monostate{};
}

auto RuleOperations::put_targets(ports::Principal who, ports::RuleKey key,
                                 std::vector<ports::RuleTarget> targets) -> Answer<std::monostate> {
    const auto lock = co_await bus_.lock_rules();
    auto known = rule(who, key);
    if (!known) co_return std::unexpected(std::move(known.error()));
    if (const auto free = check_unmanaged(*known); !free) co_return free;
    if (const auto added = add_targets(*known, std::move(targets)); !added) co_return added;
    co_return co_await bus_.put_rule(std::move(*known));
}

auto RuleOperations::remove_targets(ports::Principal who, ports::RuleKey key,
                                    std::vector<std::string> ids) -> Answer<std::monostate> {
    const auto lock = co_await bus_.lock_rules();
    auto known = rule(who, key);
    if (!known) co_return std::unexpected(std::move(known.error()));
    if (const auto free = check_unmanaged(*known); !free) co_return free;
    const auto removed = std::erase_if(known->targets, [&ids](const ports::RuleTarget& target) {
        return std::ranges::find(ids, target.id) != ids.end();
    });
    if (removed == 0) co_return std::monostate{};
    co_return co_await bus_.put_rule(std::move(*known));
}

Result<ports::Tags> RuleOperations::tags(const ports::Principal& who, const std::string& bus_name,
                                         const std::string& rule_name) const {
    if (!rule_name.empty()) {
        auto known = rule(who, {bus_name, rule_name});
        if (!known) return std::unexpected(std::move(known.error()));
        return std::move(known->tags);
    }
    auto known = bus(who, bus_name);
    if (!known) return std::unexpected(std::move(known.error()));
    return std::move(known->tags);
}

auto RuleOperations::change_tags(ports::Principal who, std::string bus_name, std::string rule_name,
                                 ports::Tags put, std::vector<std::string> removed)
    -> Answer<std::monostate> {
    const auto lock = co_await bus_.lock_rules();
    if (rule_name.empty()) {
        auto known = bus(who, bus_name);
        if (!known) co_return std::unexpected(std::move(known.error()));
        if (!change(known->tags, put, removed)) {
            co_return fail(Errc::too_large, std::string(kTooMany));
        }
        co_return co_await bus_.put_bus(std::move(*known));
    }
    auto known = rule(who, {bus_name, rule_name});
    if (!known) co_return std::unexpected(std::move(known.error()));
    if (const auto free = check_unmanaged(*known); !free) co_return free;
    if (!change(known->tags, put, removed)) co_return fail(Errc::too_large, std::string(kTooMany));
    co_return co_await bus_.put_rule(std::move(*known));
}

}  // namespace ingestor::bus::rules
