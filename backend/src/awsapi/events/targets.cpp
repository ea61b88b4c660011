// Targets of rules.
#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "awsapi/events/events_api.hpp"
#include "awsapi/events/model.hpp"
#include "awsapi/json/page.hpp"

namespace ingestor::awsapi::events {

namespace {

constexpr std::size_t kTargetsInCallMax = 100;

// What a target that says nothing has ("Event retry policy").
constexpr ports::RuleTarget kUnsaid;

ports::RuleTarget read_target(json::Input& input) {
    ports::RuleTarget target;
    target.id = input.text("Id", kName);
    target.arn = input.text("Arn", kArn);
    if (auto policy = input.object("RetryPolicy")) {
        const auto attempts = policy->integer("MaximumRetryAttempts", 0, 185);
        if (attempts) target.maximum_retry_attempts = static_cast<int>(*attempts);
        const auto age = policy->integer("MaximumEventAgeInSeconds", 60, 86'400);
        if (age) target.maximum_event_age = std::chrono::seconds(*age);
    }
    if (auto letters = input.object("DeadLetterConfig")) {
        target.dead_letter_arn = letters->text("Arn", kOptionalArn);
    }
    return target;
}

boost::json::object describe(const ports::RuleTarget& target) {
    boost::json::object out{{"Id", target.id}, {"Arn", target.arn}};
    if (!target.dead_letter_arn.empty()) {
        out["DeadLetterConfig"] = boost::json::object{{"Arn", target.dead_letter_arn}};
    }
    boost::json::object policy;
    if (target.maximum_retry_attempts != kUnsaid.maximum_retry_attempts) {
        policy["MaximumRetryAttempts"] = target.maximum_retry_attempts;
    }
    if (target.maximum_event_age != kUnsaid.maximum_event_age) {
        policy["MaximumEventAgeInSeconds"] = target.maximum_event_age.count();
    }
    if (!policy.empty()) out["RetryPolicy"] = std::move(policy);
    return out;
}

/// No entry fails by itself: what is wrong with one is told for the whole call.
boost::json::object no_failures() {
    return {{"FailedEntryCount", 0}, {"FailedEntries", boost::json::array()}};
}

}  // namespace

EventsApi::Answer EventsApi::put_targets(ports::Principal who, json::Input input) const {
    ports::RuleKey key{bus_name(input, "EventBusName"), input.text("Rule", kName)};
    std::vector<ports::RuleTarget> targets;
    for (auto& each : input.objects("Targets", true, 1, kTargetsInCallMax)) {
        targets.push_back(read_target(each));
        const auto refused = refuse_members(
            each, {"RoleArn", "Input", "InputPath", "InputTransformer", "KinesisParameters",
                   "RunCommandParameters", "EcsParameters", "BatchParameters", "SqsParameters",
                   "HttpParameters", "RedshiftDataParameters", "SageMakerPipelineParameters",
                   "AppSyncParameters"});
        if (refused) {
            input.violations().refuse(
                fmt::format("{} (target {})", refused->message, targets.back().id));
        }
    }
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto put =
        co_await rules_.put_targets(std::move(who), std::move(key), std::move(targets));
    if (!put) co_return std::unexpected(error_of(put.error()));
    co_return no_failures();
}

EventsApi::Answer EventsApi::remove_targets(ports::Principal who, json::Input input) const {
    ports::RuleKey key{bus_name(input, "EventBusName"), input.text("Rule", kName)};
    auto each = kName;
    each.required = false;
    auto ids = input.texts("Ids", each, true, 1, kTargetsInCallMax);
    static_cast<void>(input.flag("Force"));
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto removed =
        co_await rules_.remove_targets(std::move(who), std::move(key), std::move(ids));
    if (!removed) co_return std::unexpected(error_of(removed.error()));
    co_return no_failures();
}

EventsApi::Answer EventsApi::list_targets_by_rule(ports::Principal who, json::Input input) const {
    const ports::RuleKey key{bus_name(input, "EventBusName"), input.text("Rule", kName)};
    const auto page = json::read_page_request(input);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    auto rule = rules_.rule(who, key);
    if (!rule) co_return std::unexpected(error_of(rule.error()));
    std::ranges::sort(rule->targets, {}, &ports::RuleTarget::id);
    const auto token =
        json::take_page(rule->targets, page, [](const auto& target) { return target.id; });
    boost::json::array list;
    for (const auto& target : rule->targets) list.push_back(describe(target));
    boost::json::object out{{"Targets", std::move(list)}};
    if (!token.empty()) out["NextToken"] = token;
    co_return out;
}

}  // namespace ingestor::awsapi::events
