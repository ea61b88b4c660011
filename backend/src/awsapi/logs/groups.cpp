// Log groups: which there are, and the life of those that people make.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "awsapi/logs/logs_api.hpp"
#include "awsapi/logs/model.hpp"

namespace ingestor::awsapi::logs {

namespace {

constexpr json::TextRule kGroupName{
    .required = true,
    .min = 1,
    .max = 512,
    .pattern = R"([\.\-_/#A-Za-z0-9]+)",
    .allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_/#"};

/// "PutRetentionPolicy" of the API reference.
constexpr std::array kRetentionDays = {1,    3,    5,    7,    14,   30,  60,  90,
                                       120,  150,  180,  365,  400,  545, 731, 1096,
                                       1827, 2192, 2557, 2922, 3288, 3653};

std::unexpected<json::ServiceError> of_the_function() {
    return json::refuse("InvalidParameterException",
                        "This log group is the service's own: it is always there, and keeps what "
                        "it has room for.");
}

}  // namespace

std::string LogsApi::group_arn(std::string_view name) const {
    return fmt::format("arn:aws:logs:{}:{}:log-group:{}", names_.region, names_.account, name);
}

std::optional<ports::LogGroup> LogsApi::find_group(json::Input& input) const {
    auto name = input.text("logGroupName", {.max = 512});
    if (name.empty()) name = input.text("logGroupIdentifier", {.max = 2'048});
    const auto prefix = group_arn("");
    if (name.starts_with(prefix)) {
        name.erase(0, prefix.size());
        if (name.ends_with(":*")) name.erase(name.size() - 2);
    }
    if (name != names_.log_group()) return groups_.find(name);
    return ports::LogGroup{
        .name = name, .created_at = function_log_->created_at(), .lines = function_log_};
}

std::vector<ports::LogGroup> LogsApi::all_groups() const {
    auto groups = groups_.groups();
    groups.push_back({.name = names_.log_group(),
                      .created_at = function_log_->created_at(),
                      .lines = function_log_});
    std::ranges::sort(groups, {}, &ports::LogGroup::name);
    return groups;
}

LogsApi::Answer LogsApi::describe_log_groups(json::Input input) const {
    const auto prefix = input.text("logGroupNamePrefix", {.max = 512});
    const auto pattern = input.text("logGroupNamePattern", {.max = 512});
    const auto limit = input.integer("limit", 1, 50).value_or(50);
    const auto after = input.text("nextToken", {.max = 2'048});
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    if (!prefix.empty() && !pattern.empty()) {
        co_return json::refuse(
            "InvalidParameterException",
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
    }
    auto groups = all_groups();
    std::erase_if(groups, [&](const ports::LogGroup& group) {
        return group.name <= after || !group.name.starts_with(prefix) ||
               group.name.find(pattern) == std::string::npos;
    });
    const bool more = groups.size() > static_cast<std::size_t>(limit);
    if (more) groups.resize(static_cast<std::size_t>(limit));
    boost::json::array list;
    for (const auto& group : groups) {
        boost::json::object out{{"logGroupName", group.name},
                                {"creationTime", milliseconds(group.created_at)},
                                {"metricFilterCount", 0},
                                {"arn", group_arn(group.name) + ":*"},
                                {"storedBytes", group.lines->bytes()},
                                {"logGroupClass", "STANDARD"},
                                {"logGroupArn", group_arn(group.name)}};
        if (group.retention_days) out["retentionInDays"] = *group.retention_days;
        list.push_back(std::move(out));
    }
    boost::json::object out{{"logGroups", std::move(list)}};
    if (more) out["nextToken"] = groups.back().name;
    co_return out;
}

LogsApi::Answer LogsApi::create_log_group(json::Input input) const {
    auto name = input.text("logGroupName", kGroupName);
    static_cast<void>(
        input.one_of("logGroupClass", {"STANDARD", "INFREQUENT_ACCESS", "DELIVERY"}, false));
    if (input.has("kmsKeyId") || input.has("tags")) {
        input.violations().refuse(
            "kmsKeyId and tags of log groups are not kept by this server: leave them out.");
    }
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    if (name == names_.log_group()) {
        co_return json::refuse("ResourceAlreadyExistsException",
                               "The specified log group already exists");
    }
    const auto created = co_await groups_.create(std::move(name));
    if (!created) co_return failed(created.error());
    co_return std::nullopt;
}

LogsApi::Answer LogsApi::delete_log_group(json::Input input) const {
    auto name = input.text("logGroupName", kGroupName);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    if (name == names_.log_group()) co_return of_the_function();
    const auto removed = co_await groups_.remove(std::move(name));
    if (!removed) co_return failed(removed.error());
    co_return std::nullopt;
}

LogsApi::Answer LogsApi::put_retention_policy(json::Input input) const {
    auto name = input.text("logGroupName", kGroupName);
    const auto days = input.integer("retentionInDays", 1, kRetentionDays.back());
    if (!days) input.violations().add_missing("retentionInDays");
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    if (std::ranges::find(kRetentionDays, *days) == kRetentionDays.end()) {
        co_return json::refuse("InvalidParameterException",
                               fmt::format("{} is no retention that CloudWatch Logs has: take 1, "
                                           "3, 5, 7, 14, 30, 60, 90, 120, 150, 180 or 365 days, or "
                                           "one of the longer ones of its API reference.",
                                           *days));
    }
    if (name == names_.log_group()) co_return of_the_function();
    const auto kept = co_await groups_.retain(std::move(name), static_cast<int>(*days));
    if (!kept) co_return failed(kept.error());
    co_return std::nullopt;
}

LogsApi::Answer LogsApi::delete_retention_policy(json::Input input) const {
    auto name = input.text("logGroupName", kGroupName);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    if (name == names_.log_group()) co_return of_the_function();
    const auto kept = co_await groups_.retain(std::move(name), std::nullopt);
    if (!kept) co_return failed(kept.error());
    co_return std::nullopt;
}

}  // namespace ingestor::awsapi::logs
