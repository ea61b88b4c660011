// Rules.
#include <algorithm>
#include <utility>

#include "awsapi/events/events_api.hpp"
#include "awsapi/events/model.hpp"
#include "awsapi/events/tags.hpp"
#include "awsapi/json/page.hpp"

namespace ingestor::awsapi::events {

namespace {

constexpr std::string_view kOfAllManagementEvents = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";

}  // namespace

boost::json::object EventsApi::to_json(const ports::Rule& rule) const {
    boost::json::object out{{"Name", rule.name},
                            {"Arn", rule_arn({rule.bus, rule.name})},
                            {"State", rule.enabled ? "ENABLED" : "DISABLED"}};
    if (!rule.event_pattern.empty()) out["EventPattern"] = rule.event_pattern;
    if (!rule.schedule.empty()) out["ScheduleExpression"] = rule.schedule;
    if (rule.of_archive) out["ManagedBy"] = bus::rules::kArchivesPrincipal;
    if (!rule.description.empty()) out["Description"] = rule.description;
    if (!rule.role_arn.empty()) out["RoleArn"] = rule.role_arn;
    out["EventBusName"] = rule.bus;
    return out;
}

EventsApi::Answer EventsApi::put_rule(ports::Principal who, json::Input input) const {
    ports::RuleKey key{bus_name(input, "EventBusName"), input.text("Name", kName)};
    bus::rules::RuleSettings settings;
    settings.event_pattern = input.text("EventPattern", kEventPattern);
    settings.schedule = input.text("ScheduleExpression", {.max = 256});
    settings.description = input.text("Description", kDescription);
    settings.role_arn = input.text("RoleArn", kOptionalArn);
    const auto state =
        input.one_of("State", {"ENABLED", "DISABLED", kOfAllManagementEvents}, false);
    if (state == kOfAllManagementEvents) {
        input.violations().refuse(
            "Parameter State is not valid. Reason: there are no events of "
            "CloudTrail here.");
    }
    settings.enabled = state != "DISABLED";
    settings.tags = read_tags(input);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto put = co_await rules_.put_rule(std::move(who), key, std::move(settings));
    if (!put) co_return std::unexpected(error_of(put.error()));
    co_return boost::json::object{{"RuleArn", rule_arn(key)}};
}

EventsApi::Answer EventsApi::describe_rule(ports::Principal who, json::Input input) const {
    const ports::RuleKey key{bus_name(input, "EventBusName"), input.text("Name", kName)};
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto rule = rules_.rule(who, key);
    if (!rule) co_return std::unexpected(error_of(rule.error()));
    auto out = to_json(*rule);
    out["CreatedBy"] = names_.account;
    co_return out;
}

EventsApi::Answer EventsApi::list_rules(ports::Principal who, json::Input input) const {
    const auto bus = bus_name(input, "EventBusName");
    const auto prefix = input.text("NamePrefix", kNamePrefix);
    const auto page = json::read_page_request(input);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    auto rules = rules_.rules(who, bus);
    if (!rules) co_return std::unexpected(error_of(rules.error()));
    std::erase_if(*rules, [&prefix](const auto& rule) { return !rule.name.starts_with(prefix); });
    const auto write = [this](const auto& rule) { return to_json(rule); };
    co_return json::page_answer("Rules", std::move(*rules), page, &ports::Rule::name, write);
}

EventsApi::Answer EventsApi::enable_rule(ports::Principal who, json::Input input) const {
    return set_enabled(std::move(who), std::move(input), true);
}

EventsApi::Answer EventsApi::disable_rule(ports::Principal who, json::Input input) const {
    return set_enabled(std::move(who), std::move(input), false);
}

EventsApi::Answer EventsApi::set_enabled(ports::Principal who, json::Input input,
                                         bool enabled) const {
    ports::RuleKey key{bus_name(input, "EventBusName"), input.text("Name", kName)};
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto set = co_await rules_.enable_rule(std::move(who), std::move(key), enabled);
    if (!set) co_return std::unexpected(error_of(set.error()));
    co_return std::nullopt;
}

EventsApi::Answer EventsApi::delete_rule(ports::Principal who, json::Input input) const {
    ports::RuleKey key{bus_name(input, "EventBusName"), input.text("Name", kName)};
    static_cast<void>(input.flag("Force"));  // For rules that services manage; there are none.
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto deleted = co_await rules_.delete_rule(std::move(who), std::move(key));
    if (!deleted) co_return std::unexpected(error_of(deleted.error()));
    co_return std::nullopt;
}

EventsApi::Answer EventsApi::list_rule_names_by_target(ports::Principal who,
                                                       json::Input input) const {
    const auto bus = bus_name(input, "EventBusName");
    const auto arn = input.text("TargetArn", kArn);
    const auto page = json::read_page_request(input);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    auto rules = rules_.rules(who, bus);
    if (!rules) co_return std::unexpected(error_of(rules.error()));
    std::erase_if(*rules, [&arn](const ports::Rule& rule) {
        return std::ranges::find(rule.targets, arn, &ports::RuleTarget::arn) == rule.targets.end();
    });
    const auto write = [](const auto& rule) { return boost::json::value(rule.name); };
    co_return json::page_answer("RuleNames", std::move(*rules), page, &ports::Rule::name, write);
}

}  // namespace ingestor::awsapi::events
