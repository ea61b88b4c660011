// Permissions: the policy of a bus. There is one account here, so nothing is decided by it; it is
// kept and told to the tools that set it.
#include <utility>

#include "awsapi/events/events_api.hpp"
#include "awsapi/events/model.hpp"

namespace ingestor::awsapi::events {

namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr json::TextRule kAction{
    .min = 1,
    .max = 64,
    .pattern = "events:[a-zA-Z]+",
    .allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:"};
constexpr json::TextRule kPrincipal{
    .min = 1, .max = 12, .pattern = R"((\d{12}|\*))", .allowed = "0123456789*"};
constexpr json::TextRule kStatementId{
    .min = 1,
    .max = 64,
    .pattern = "[a-zA-Z0-9-_]+",
    .allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"};

json::TextRule required(json::TextRule rule) {
    rule.required = true;
    return rule;
}

bus::rules::Permission read_permission(json::Input& input) {
    bus::rules::Permission permission{
        .statement_id = input.text("StatementId", required(kStatementId)),
        .action = input.text("Action", required(kAction)),
        .principal = input.text("Principal", required(kPrincipal))};
    const auto& principal = permission.principal;
    if (!principal.empty() && principal != "*" &&
        (principal.size() != 12 || principal.find('*') != std::string::npos)) {
        input.violations().add(
            "principal", principal,
            "Member must satisfy regular expression pattern: " + std::string(kPrincipal.pattern));
    }
    const auto& action = permission.action;
    if (!action.empty() &&
        (!action.starts_with("events:") ||
         action.find_first_not_of(kLetters, 7) != std::string::npos || action.size() == 7)) {
        input.violations().add(
            "action", action,
            "Member must satisfy regular expression pattern: " + std::string(kAction.pattern));
    }
    if (auto condition = input.object("Condition")) {
        constexpr json::TextRule kText{.required = true};
        permission.condition = {.type = condition->text("Type", kText),
                                .key = condition->text("Key", kText),
                                .value = condition->text("Value", kText)};
    }
    return permission;
}

}  // namespace

EventsApi::Answer EventsApi::put_permission(ports::Principal who, json::Input input) const {
    auto bus = bus_name(input, "EventBusName");
    const bool whole = input.has("Policy");
    auto policy = input.text("Policy", {});
    bus::rules::Permission permission;
    if (!whole) permission = read_permission(input);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    Result<std::monostate> changed;
    if (whole) {
        changed = co_await rules_.put_policy(std::move(who), std::move(bus), std::move(policy));
    } else {
        changed = co_await rules_.permit(std::move(who), std::move(bus), std::move(permission));
    }
    if (!changed) co_return std::unexpected(error_of(changed.error()));
    co_return std::nullopt;
}

EventsApi::Answer EventsApi::remove_permission(ports::Principal who, json::Input input) const {
    auto bus = bus_name(input, "EventBusName");
    const bool all = input.flag("RemoveAllPermissions");
    auto id = input.text("StatementId", all ? kStatementId : required(kStatementId));
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    if (all) id.clear();
    const auto changed = co_await rules_.forbid(std::move(who), std::move(bus), std::move(id));
    if (!changed) co_return std::unexpected(error_of(changed.error()));
    co_return std::nullopt;
}

}  // namespace ingestor::awsapi::events
