// Targets of rules.
#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "awsapi/events/events_api.hpp"
#include "awsapi/events/model.hpp"
#include "awsapi/json/page.hpp"
#include "eventbridge/transform/target_input.hpp"

namespace ingestor::awsapi::events {

namespace transform = eventbridge::transform;

namespace {

constexpr std::size_t kTargetsInCallMax = 100;
constexpr std::size_t kHttpParametersMax = 100;

constexpr std::string_view kVariablePattern = R"([A-Za-z0-9\_\-]+)";
constexpr std::string_view kVariableCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

/// What it is given in place of the event.
transform::TargetInput read_target_input(json::Input& input, const std::string& target_id) {
    const bool constant = input.has("Input");
    const bool part = input.has("InputPath");
    const bool made = input.has("InputTransformer");
    if (constant + part + made > 1) {
        input.violations().refuse(
            fmt::format("Only one of Input, InputPath, or InputTransformer must be provided for "
                        "target {}.",
                        target_id));
        return {};
    }
    if (constant)
        return transform::ConstantInput{input.text("Input", {.max = transform::kInputMax})};
    if (part) return transform::InputPath{input.text("InputPath", {.max = transform::kPathMax})};
    auto transformer = input.object("InputTransformer");
    if (!transformer) return {};
    return transform::InputTransformer{
        .paths = transformer->text_map("InputPathsMap",
                                       {.min = 1,
                                        .max = transform::kVariableNameMax,
                                        .pattern = kVariablePattern,
                                        .allowed = kVariableCharacters},
                                       {.max = transform::kPathMax}, transform::kVariablesMax),
        .input_template = transformer->text(
            "InputTemplate", {.required = true, .min = 1, .max = transform::kTemplateMax})};
}

void describe_input(const transform::TargetInput& input, boost::json::object& out) {
    if (const auto* constant = std::get_if<transform::ConstantInput>(&input)) {
        out["Input"] = constant->json;
    } else if (const auto* part = std::get_if<transform::InputPath>(&input)) {
        out["InputPath"] = part->path;
    } else if (const auto* made = std::get_if<transform::InputTransformer>(&input)) {
        boost::json::object transformer;
        if (!made->paths.empty()) {
            auto& paths = transformer["InputPathsMap"].emplace_object();
            for (const auto& [name, path] : made->paths) paths[name] = path;
        }
        transformer["InputTemplate"] = made->input_template;
        out["InputTransformer"] = std::move(transformer);
    }
}

ports::TargetHttpParameters read_http_parameters(json::Input& input) {
    auto http = input.object("HttpParameters");
    if (!http) return {};
    auto name = kHeaderName;
    name.required = false;
    auto value = kHeaderValue;
    value.required = false;
    constexpr json::TextRule kQueryText{.max = 512};
    return {.path = http->texts("PathParameterValues", {.min = 1, .max = 256}, false, 0,
                                kHttpParametersMax),
            .headers = http->text_map("HeaderParameters", name, value, kHttpParametersMax),
            .query = http->text_map("QueryStringParameters", {.min = 1, .max = 512}, kQueryText,
                                    kHttpParametersMax)};
}

boost::json::object write_http_parameters(const ports::TargetHttpParameters& http) {
    boost::json::object out;
    if (!http.path.empty()) {
        out["PathParameterValues"] = boost::json::array(http.path.begin(), http.path.end());
    }
    const auto write = [&out](std::string_view name, const std::map<std::string, std::string>& of) {
        if (of.empty()) return;
        auto& texts = out[name].emplace_object();
        for (const auto& [key, value] : of) texts[key] = value;
    };
    write("HeaderParameters", http.headers);
    write("QueryStringParameters", http.query);
    return out;
}

ports::RuleTarget read_target(json::Input& input) {
    ports::RuleTarget target;
    target.id = input.text("Id", kName);
    target.arn = input.text("Arn", kArn);
    target.role_arn = input.text("RoleArn", kOptionalArn);
    target.input = read_target_input(input, target.id);
    target.http = read_http_parameters(input);
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
    if (!target.role_arn.empty()) out["RoleArn"] = target.role_arn;
    describe_input(target.input, out);
    auto http = write_http_parameters(target.http);
    if (!http.empty()) out["HttpParameters"] = std::move(http);
    if (!target.dead_letter_arn.empty()) {
        out["DeadLetterConfig"] = boost::json::object{{"Arn", target.dead_letter_arn}};
    }
    // What a target that says nothing has ("Event retry policy").
    static const ports::RuleTarget kUnsaid;
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
        const auto refused =
            refuse_members(each, {"KinesisParameters", "RunCommandParameters", "EcsParameters",
                                  "BatchParameters", "SqsParameters", "RedshiftDataParameters",
                                  "SageMakerPipelineParameters", "AppSyncParameters"});
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
    co_return json::page_answer("Targets", std::move(rule->targets), page, &ports::RuleTarget::id,
                                describe);
}

}  // namespace ingestor::awsapi::events
