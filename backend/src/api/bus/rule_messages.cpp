// Buses, rules with their targets, and tests of patterns.
#include <algorithm>

#include <boost/json.hpp>

#include "api/bus/message_fields.hpp"
#include "api/bus/messages.hpp"
#include "eventbridge/event.hpp"
#include "eventbridge/transform/target_input.hpp"

namespace ingestor::api::bus {

namespace json = boost::json;
namespace delivery = ingestor::bus::delivery;
namespace rules = ingestor::bus::rules;
namespace transform = eventbridge::transform;
using ingestor::bus::RuleActivity;
using ports::RuleTarget;

namespace {

/// As long as those of a bus that are kept for tests.
constexpr TextRule kEvent{.max = ingestor::bus::RecentEvents::kEventBytesMax};
constexpr TextRule kSchedule{.max = 256};
constexpr TextRule kArn{.min = 1, .max = 1'600};
constexpr TextRule kOptionalArn{.max = 1'600};
constexpr std::size_t kHttpParametersMax = 100;

// Of a target, `input`, `input_path` and `input_transformer` are one member in C++.

const Message<transform::InputTransformer>& transformer_message() {
    using transform::InputTransformer;
    static const Message<InputTransformer> kMessage{
        "BusInputTransformer",
        {field("input_paths_map", &InputTransformer::paths,
               Type::text_map(transform::kVariablesMax), Presence::optional),
         field("input_template", &InputTransformer::input_template,
               Type::text({.min = 1, .max = transform::kTemplateMax}))}};
    return kMessage;
}

/// What an API destination adds to its requests; null where that is nothing.
const Message<ports::TargetHttpParameters>& http_message() {
    using ports::TargetHttpParameters;
    constexpr TextRule kPathValue{.min = 1, .max = 256};
    static const Message<TargetHttpParameters> kMessage{
        "BusHttpParameters",
        {field("path_parameter_values", &TargetHttpParameters::path,
               Type::list(Type::text(kPathValue), kHttpParametersMax), Presence::optional),
         field("header_parameters", &TargetHttpParameters::headers,
               Type::text_map(kHttpParametersMax), Presence::optional),
         field("query_string_parameters", &TargetHttpParameters::query,
               Type::text_map(kHttpParametersMax), Presence::optional)}};
    return kMessage;
}

std::vector<Field<RuleTarget>> target_fields(Presence presence) {
    using transform::ConstantInput;
    using transform::InputPath;
    using transform::InputTransformer;
    std::vector<Field<RuleTarget>> fields{
        field("id", &RuleTarget::id, Type::text(kName)),
        field("arn", &RuleTarget::arn, Type::text(kArn)),
        field("maximum_retry_attempts", &RuleTarget::maximum_retry_attempts, Type::integer(0, 185),
              presence),
        field("maximum_event_age_seconds", &RuleTarget::maximum_event_age,
              Type::integer(60, 86'400), presence),
        field("dead_letter_arn", &RuleTarget::dead_letter_arn, Type::text(kOptionalArn).or_null(),
              presence),
        field("role_arn", &RuleTarget::role_arn, Type::text(kOptionalArn).or_null(), presence)};
    fields.push_back(
        {.name = "input",
         .type = Type::text({.max = transform::kInputMax})
                     .or_null()
                     .described("JSON text that the target is given in place of the event."),
         .presence = presence,
         .write = [](const RuleTarget& target) -> json::value {
             const auto* input = std::get_if<ConstantInput>(&target.input);
             return input == nullptr ? json::value(nullptr) : json::value(input->json);
         },
         .read =
             [](const json::value& value, RuleTarget& target) {
                 target.input = ConstantInput{std::string(value.get_string())};
             }});
    fields.push_back({.name = "input_path",
                      .type = Type::text({.max = transform::kPathMax}).or_null(),
                      .presence = presence,
                      .write = [](const RuleTarget& target) -> json::value {
                          const auto* input = std::get_if<InputPath>(&target.input);
                          return input == nullptr ? json::value(nullptr) : json::value(input->path);
                      },
                      .read =
                          [](const json::value& value, RuleTarget& target) {
                              target.input = InputPath{std::string(value.get_string())};
                          }});
    fields.push_back({.name = "input_transformer",
                      .type = transformer_message().type().or_null(),
                      .presence = presence,
                      .write = [](const RuleTarget& target) -> json::value {
                          const auto* input = std::get_if<InputTransformer>(&target.input);
                          if (input == nullptr) return nullptr;
                          return transformer_message().write(*input);
                      },
                      .read =
                          [](const json::value& value, RuleTarget& target) {
                              target.input = transformer_message().read_members(value.get_object());
                          }});
    fields.push_back({.name = "http_parameters",
                      .type = http_message().type().or_null().described("Of an API destination."),
                      .presence = presence,
                      .write = [](const RuleTarget& target) -> json::value {
                          if (target.http == ports::TargetHttpParameters()) return nullptr;
                          return http_message().write(target.http);
                      },
                      .read =
                          [](const json::value& value, RuleTarget& target) {
                              target.http = http_message().read_members(value.get_object());
                          }});
    return fields;
}

/// One of the three is what a target is given.
void check_one_input(const json::object& members, const std::string& prefix, Faults& faults) {
    const auto is_there = [&members](std::string_view name) {
        const auto* value = members.if_contains(name);
        return value != nullptr && !value->is_null();
    };
    if (is_there("input") + is_there("input_path") + is_there("input_transformer") > 1) {
        faults.add(Place::body, prefix + "input",
                   "Only one of input, input_path and input_transformer may be given",
                   "value_error");
    }
}

const Message<RuleTarget>& target_settings_message() {
    static const Message<RuleTarget> kMessage{"BusTargetSettings",
                                              target_fields(Presence::optional), check_one_input};
    return kMessage;
}

/// A target with what has become of its tries.
struct TargetActivity {
    RuleTarget target;
    delivery::TryCounts counts;
};

const Message<delivery::TryCounts>& counts_message() {
    using delivery::TryCounts;
    const auto count = [](std::string_view name, std::uint64_t TryCounts::* member,
                          std::string_view description) {
        return computed<TryCounts>(
            name, Type::integer().described(description),
            [member](const TryCounts& counts) { return to_value(counts.*member); });
    };
    static const Message<TryCounts> kMessage{
        "BusTryCounts",
        {count("delivered", &TryCounts::delivered, "Since the server started."),
         count("failed", &TryCounts::failed, "Tries that failed."),
         count("retried", &TryCounts::retried, "Of these, followed by another."),
         count("dead_lettered", &TryCounts::dead_lettered, "Of these, given up.")}};
    return kMessage;
}

const Message<TargetActivity>& target_message() {
    static const Message<TargetActivity> kMessage = [] {
        std::vector<Field<TargetActivity>> fields;
        for (const auto& each : target_fields(Presence::required)) {
            fields.push_back(computed<TargetActivity>(
                each.name, each.type,
                [write = each.write](const TargetActivity& whole) { return write(whole.target); }));
        }
        fields.push_back(computed<TargetActivity>(
            "managed", Type::boolean(),
            [](const TargetActivity& whole) { return to_value(whole.target.managed); }));
        fields.push_back(computed<TargetActivity>(
            "counts", counts_message().type(),
            [](const TargetActivity& whole) { return counts_message().write(whole.counts); }));
        return Message<TargetActivity>("BusTarget", std::move(fields));
    }();
    return kMessage;
}

json::array targets_of(const RuleActivity& activity) {
    json::array out;
    for (std::size_t place = 0; place < activity.rule.targets.size(); ++place) {
        const TargetActivity whole{activity.rule.targets[place], activity.targets[place]};
        out.push_back(target_message().write(whole));
    }
    return out;
}

template <class Write>
Field<RuleActivity> of_rule(std::string_view name, Type type, Write write) {
    return computed<RuleActivity>(name, std::move(type), [write](const RuleActivity& activity) {
        return write(activity.rule);
    });
}

}  // namespace

const Message<ports::EventBusRecord>& bus_message() {
    using ports::EventBusRecord;
    static const Message<EventBusRecord> kMessage{
        "EventBus",
        {field("name", &EventBusRecord::name, Type::text()),
         field("description", &EventBusRecord::description, Type::text()),
         field("managed", &EventBusRecord::managed, Type::boolean())}};
    return kMessage;
}

const Message<RuleActivity>& rule_message() {
    using ports::Rule;
    const auto text = [](std::string_view name, std::string Rule::* member) {
        return of_rule(name, Type::text(),
                       [member](const Rule& rule) { return to_value(rule.*member); });
    };
    const auto optional_text = [](std::string_view name, std::string Rule::* member) {
        return of_rule(name, Type::text().or_null(),
                       [member](const Rule& rule) { return text_or_null(rule.*member); });
    };
    static const Message<RuleActivity> kMessage{
        "BusRule",
        {text("bus", &Rule::bus), text("name", &Rule::name),
         text("description", &Rule::description),
         of_rule("event_pattern",
                 Type::text().described("As JSON text; empty: it has a schedule alone."),
                 [](const Rule& rule) { return to_value(rule.event_pattern); }),
         optional_text("schedule", &Rule::schedule), optional_text("role_arn", &Rule::role_arn),
         of_rule("enabled", Type::boolean(),
                 [](const Rule& rule) { return to_value(rule.enabled); }),
         of_rule("managed",
                 Type::boolean().described(
                     "The template owns it: a start brings it to what the template says."),
                 [](const Rule& rule) { return to_value(rule.managed); }),
         of_rule("managed_by",
                 Type::one_of({"template", "archive"})
                     .or_null()
                     .described("Null: it may be changed at will. An archive's cannot be changed."),
                 [](const Rule& rule) -> json::value {
                     if (rule.of_archive) return "archive";
                     return rule.managed ? json::value("template") : json::value(nullptr);
                 }),
         of_rule("fired_at",
                 Type::time().or_null().described("When its schedule fired the last time."),
                 [](const Rule& rule) { return to_value(rule.fired_at); }),
         computed<RuleActivity>(
             "matched",
             Type::integer().described("Events, or times that it fired, since the server started."),
             [](const RuleActivity& activity) { return to_value(activity.matched); }),
         computed<RuleActivity>("targets",
                                Type::list(target_message().type(), rules::kTargetsOfRuleMax),
                                targets_of)}};
    return kMessage;
}

const Message<WholeRule>& whole_rule_message() {
    static const Message<WholeRule> kMessage{
        "BusRuleSettings",
        {field("description", &WholeRule::description, Type::text(kDescription).or_null(),
               Presence::optional),
         field("event_pattern", &WholeRule::event_pattern,
               Type::text(kPattern).or_null().described("As JSON text. This or a schedule."),
               Presence::optional),
         field("schedule", &WholeRule::schedule,
               Type::text(kSchedule).or_null().described(
                   "`rate(5 minutes)` or `cron(0 12 * * ? *)`, on the default bus."),
               Presence::optional),
         field("role_arn", &WholeRule::role_arn, Type::text(kOptionalArn).or_null(),
               Presence::optional),
         field("enabled", &WholeRule::enabled, Type::boolean(), Presence::optional),
         list_field("targets", &WholeRule::targets, target_settings_message(),
                    rules::kTargetsOfRuleMax, Presence::optional)}};
    return kMessage;
}

const Message<PatternTestRequest>& pattern_test_message() {
    static const Message<PatternTestRequest> kMessage{
        "PatternTest",
        {field("event_pattern", &PatternTestRequest::event_pattern,
               Type::text(kPattern).described("As JSON text.")),
         field("bus", &PatternTestRequest::bus,
               Type::text(kBusName).described("Whose recent events it is tried on.")),
         field("event", &PatternTestRequest::event,
               Type::text(kEvent).or_null().described("An event of your own, as JSON text."),
               Presence::optional)}};
    return kMessage;
}

const Message<rules::TestedEvent>& recent_event_message() {
    using rules::TestedEvent;
    static const Message<TestedEvent> kMessage = [] {
        std::vector<Field<TestedEvent>> fields;
        add_event_fields<TestedEvent>(
            fields,
            [](const TestedEvent& tested) -> const eventbridge::Event& { return *tested.event; });
        fields.push_back(computed<TestedEvent>("time", Type::time(), [](const TestedEvent& each) {
            return to_value(each.event->time);
        }));
        fields.push_back(computed<TestedEvent>(
            "event", Type::text().described("The whole event, as JSON text."),
            [](const TestedEvent& each) { return to_value(eventbridge::to_json(*each.event)); }));
        return Message<TestedEvent>("RecentEvent", std::move(fields));
    }();
    return kMessage;
}

const Message<PatternTestResult>& pattern_test_result_message() {
    using Result = PatternTestResult;
    static const Message<Result> kMessage{
        "PatternTestResult",
        {field("reason", &Result::reason,
               Type::text().or_null().described(
                   "Why the pattern is none, in EventBridge's words; null: it is one.")),
         field("matches", &Result::matches,
               Type::boolean().or_null().described("Whether it matches the event of the request.")),
         computed<Result>("tested", Type::integer().described("Recent events."),
                          [](const Result& result) {
                              return to_value(std::uint64_t{result.recent.events.size()});
                          }),
         computed<Result>("matched",
                          Type::list(Type::text(), ingestor::bus::RecentEvents::kEventsMax)
                              .described("The ids of those that it matches, newest first."),
                          [](const Result& result) {
                              json::array ids;
                              for (const auto& each : result.recent.events) {
                                  if (each.matches) ids.emplace_back(each.event->id);
                              }
                              return ids;
                          })}};
    return kMessage;
}

void add_rule_schemas(json::object& schemas) {
    add(schemas, bus_message());
    add(schemas, rule_message());
    add(schemas, target_message());
    add(schemas, counts_message());
    add_request(schemas, transformer_message());
    add_request(schemas, http_message());
    add_request(schemas, whole_rule_message());
    add_request(schemas, target_settings_message());
    add_request(schemas, pattern_test_message());
    add(schemas, pattern_test_result_message());
    add(schemas, recent_event_message());
    schemas["EventBuses"] = list_schema("EventBuses", "buses", bus_message().name());
    schemas["BusRules"] = list_schema("BusRules", "rules", rule_message().name());
    auto events = list_schema("RecentEvents", "events", recent_event_message().name());
    events["required"].as_array().emplace_back("too_large");
    events["properties"].as_object()["too_large"] =
        integer_schema("Events since the server started that were too large to be kept.");
    schemas["RecentEvents"] = std::move(events);
}

}  // namespace ingestor::api::bus
