#include "api/bus/messages.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "eventbridge/event.hpp"
#include "eventbridge/transform/target_input.hpp"

namespace ingestor::api::bus {

namespace json = boost::json;
namespace delivery = ingestor::bus::delivery;
namespace rules = ingestor::bus::rules;
namespace transform = eventbridge::transform;
using ingestor::bus::RuleActivity;
using ingestor::bus::archive::ArchiveSettings;
using ports::RuleTarget;

namespace {

constexpr TextRule kDescription{.max = 512};
constexpr TextRule kPattern{.max = 4'096};
/// As long as those of a bus that are kept for tests.
constexpr TextRule kEvent{.max = ingestor::bus::RecentEvents::kEventBytesMax};
constexpr TextRule kSchedule{.max = 256};
constexpr TextRule kArn{.min = 1, .max = 1'600};
constexpr TextRule kOptionalArn{.max = 1'600};
constexpr std::int64_t kRetentionDaysMax = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t kReplayedRulesMax = 100;
constexpr std::size_t kHttpParametersMax = 100;

json::value text_or_null(const std::string& text) {
    if (text.empty()) return nullptr;
    return json::value(text);
}

std::string_view name_of(ports::DeliveryStage stage) {
    return stage == ports::DeliveryStage::invocation ? "invocation" : "delivery";
}

Type stage_type() {
    return Type::one_of({"delivery", "invocation"})
        .described("`invocation`: the function has taken the event, and failed by itself.");
}

// Targets. `input`, `input_path` and `input_transformer` are one member in C++.

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

// Events and deliveries.

template <class T, class EventOf>
void add_event_fields(std::vector<Field<T>>& fields, EventOf event_of) {
    const auto text = [&fields, event_of](std::string_view name,
                                          std::string eventbridge::Event::* member) {
        fields.push_back(computed<T>(name, Type::text(), [event_of, member](const T& whole) {
            return to_value(event_of(whole).*member);
        }));
    };
    text("event_id", &eventbridge::Event::id);
    text("detail_type", &eventbridge::Event::detail_type);
    text("source", &eventbridge::Event::source);
}

template <class T, class DeliveryOf>
void add_delivery_fields(std::vector<Field<T>>& fields, DeliveryOf delivery_of) {
    add_event_fields<T>(fields, [delivery_of](const T& whole) -> const eventbridge::Event& {
        return *delivery_of(whole).event;
    });
    fields.push_back(computed<T>(
        "job_id",
        Type::text().or_null().described("What the event is about; null where it is about no job."),
        [delivery_of](const T& whole) { return text_or_null(delivery_of(whole).event->subject); }));
    fields.push_back(computed<T>("bus", Type::text(), [delivery_of](const T& whole) {
        return to_value(delivery_of(whole).event->bus);
    }));
    const auto text = [&fields, delivery_of](std::string_view name,
                                             std::string ports::Delivery::* member) {
        fields.push_back(computed<T>(name, Type::text(), [delivery_of, member](const T& whole) {
            return to_value(delivery_of(whole).*member);
        }));
    };
    text("rule", &ports::Delivery::rule);
    text("target_id", &ports::Delivery::target_id);
    text("target_arn", &ports::Delivery::target_arn);
    fields.push_back(computed<T>("stage", stage_type(), [delivery_of](const T& whole) {
        return json::value(name_of(delivery_of(whole).stage));
    }));
    fields.push_back(computed<T>(
        "attempts", Type::integer().described("That failed, in this stage."),
        [delivery_of](const T& whole) { return to_value(delivery_of(whole).attempts); }));
}

std::vector<Field<ports::DeadLetter>> dead_letter_fields() {
    using ports::DeadLetter;
    std::vector<Field<DeadLetter>> fields{field("id", &DeadLetter::id, Type::integer())};
    add_delivery_fields<DeadLetter>(
        fields, [](const DeadLetter& letter) -> const ports::Delivery& { return letter.delivery; });
    fields.push_back(computed<DeadLetter>(
        "fairness_group", Type::text().described("The user of the job."),
        [](const DeadLetter& letter) { return to_value(letter.delivery.event->fairness_group); }));
    fields.push_back(field("error_code", &DeadLetter::error_code, Type::text()));
    fields.push_back(field("error_message", &DeadLetter::error_message, Type::text()));
    fields.push_back(field(
        "exhausted", &DeadLetter::exhausted,
        Type::text().or_null().described(
            "MaximumRetryAttempts or MaximumEventAgeInSeconds; null: it was not tried again.")));
    fields.push_back(
        computed<DeadLetter>("times", Type::integer(1).described("How often it was given up."),
                             [](const DeadLetter& letter) { return to_value(letter.times); }));
    fields.push_back(field("first_dead_at", &DeadLetter::first_dead_at, Type::time()));
    fields.push_back(field("dead_at", &DeadLetter::dead_at, Type::time()));
    return fields;
}

constexpr std::string_view name_of(delivery::TryOutcome outcome) {
    switch (outcome) {
        case delivery::TryOutcome::delivered:
            return "delivered";
        case delivery::TryOutcome::retried:
            return "retried";
        case delivery::TryOutcome::dead_lettered:
            return "dead_lettered";
    }
    return "delivered";
}

// Replays.

constexpr std::string_view name_of(ports::ReplayState state) {
    switch (state) {
        case ports::ReplayState::starting:
            return "starting";
        case ports::ReplayState::running:
            return "running";
        case ports::ReplayState::cancelling:
            return "cancelling";
        case ports::ReplayState::completed:
            return "completed";
        case ports::ReplayState::cancelled:
            return "cancelled";
        case ports::ReplayState::failed:
            return "failed";
    }
    return "failed";
}

/// How much of its time the replay has been through, in percent. What lies behind its start held
/// no event.
std::int64_t progress_of(const ports::Replay& replay) {
    if (replay.state == ports::ReplayState::completed) return 100;
    if (!replay.replayed) return 0;
    const auto whole = std::min(replay.to, replay.started_at) - replay.from;
    const auto done = replay.replayed->time - replay.from;
    if (whole.count() <= 0) return 0;
    return std::clamp<std::int64_t>(done.count() * 100 / whole.count(), 0, 99);
}

json::object integer_schema(std::string_view description) {
    return {{"type", "integer"}, {"minimum", 0}, {"description", description}};
}

template <class T>
void add(json::object& schemas, const Message<T>& message) {
    schemas[message.name()] = message.schema();
}

template <class T>
void add_request(json::object& schemas, const Message<T>& message) {
    schemas[message.name()] = message.request_schema();
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

const Message<DeliveryUnderWay>& delivery_message() {
    static const Message<DeliveryUnderWay> kMessage = [] {
        std::vector<Field<DeliveryUnderWay>> fields{computed<DeliveryUnderWay>(
            "id", Type::integer(),
            [](const DeliveryUnderWay& each) { return to_value(each.delivery.id); })};
        add_delivery_fields<DeliveryUnderWay>(
            fields,
            [](const DeliveryUnderWay& each) -> const ports::Delivery& { return each.delivery; });
        fields.push_back(computed<DeliveryUnderWay>(
            "created_at", Type::time(),
            [](const DeliveryUnderWay& each) { return to_value(each.delivery.created_at); }));
        fields.push_back(field(
            "since", &DeliveryUnderWay::since,
            Type::time().or_null().described("When it was given to its target; null: it waits.")));
        fields.push_back(computed<DeliveryUnderWay>(
            "next_at", Type::time().or_null().described("When it is tried again."),
            [](const DeliveryUnderWay& each) -> json::value {
                if (each.since) return nullptr;
                return to_value(each.delivery.next_at);
            }));
        fields.push_back(field("error_code", &DeliveryUnderWay::error_code,
                               Type::text().or_null().described("Of the last try.")));
        fields.push_back(
            field("error_message", &DeliveryUnderWay::error_message, Type::text().or_null()));
        return Message<DeliveryUnderWay>("BusDelivery", std::move(fields));
    }();
    return kMessage;
}

const Message<delivery::DeliveryLog::LoggedTry>& try_message() {
    using Logged = delivery::DeliveryLog::LoggedTry;
    using delivery::Route;
    using delivery::Try;
    const auto of_route = [](std::string_view name, std::string Route::* member) {
        return computed<Logged>(name, Type::text(), [member](const Logged& each) {
            return to_value(each.route.*member);
        });
    };
    const auto of_try = [](std::string_view name, Type type, auto write) {
        return computed<Logged>(name, std::move(type),
                                [write](const Logged& each) { return write(each.attempt); });
    };
    static const Message<Logged> kMessage{
        "BusTry",
        {of_try("at", Type::time(), [](const Try& each) { return to_value(each.at); }),
         of_try("event_id", Type::text(), [](const Try& each) { return to_value(each.event_id); }),
         of_route("bus", &Route::bus), of_route("rule", &Route::rule),
         of_route("target_id", &Route::target_id), of_route("target_arn", &Route::target_arn),
         of_try("stage", stage_type(),
                [](const Try& each) { return json::value(name_of(each.stage)); }),
         of_try("attempt", Type::integer(1).described("In its stage."),
                [](const Try& each) { return to_value(each.attempt); }),
         of_try("outcome", Type::one_of({"delivered", "retried", "dead_lettered"}),
                [](const Try& each) { return json::value(name_of(each.outcome)); }),
         of_try("error_code", Type::text().or_null(),
                [](const Try& each) { return text_or_null(each.error_code); }),
         of_try("error_message", Type::text().or_null(),
                [](const Try& each) { return text_or_null(each.error_message); }),
         of_try("status", Type::integer().or_null().described("What a target answered over HTTP."),
                [](const Try& each) { return to_value(each.status); }),
         of_try("next_at", Type::time().or_null().described("When it is tried again."),
                [](const Try& each) { return to_value(each.next_at); }),
         of_try("latency_ms", Type::number(), [](const Try& each) {
             return to_value(static_cast<double>(each.latency.count()) / 1'000);
         })}};
    return kMessage;
}

const Message<ports::DeadLetter>& dead_letter_message() {
    static const Message<ports::DeadLetter> kMessage{"DeadLetter", dead_letter_fields()};
    return kMessage;
}

const Message<ports::DeadLetter>& whole_dead_letter_message() {
    using ports::DeadLetter;
    static const Message<DeadLetter> kMessage = [] {
        auto fields = dead_letter_fields();
        fields.push_back(
            computed<DeadLetter>("event",
                                 Type::text().or_null().described(
                                     "The event, as JSON text; null: it cannot be read any more."),
                                 [](const DeadLetter& letter) -> json::value {
                                     if (letter.delivery.event->id.empty()) return nullptr;
                                     return to_value(eventbridge::to_json(*letter.delivery.event));
                                 }));
        return Message<DeadLetter>("WholeDeadLetter", std::move(fields));
    }();
    return kMessage;
}

const Message<ports::Archive>& archive_message() {
    using ports::Archive;
    static const Message<Archive> kMessage{
        "BusArchive",
        {field("name", &Archive::name, Type::text()), field("bus", &Archive::bus, Type::text()),
         field("description", &Archive::description, Type::text()),
         field("event_pattern", &Archive::event_pattern,
               Type::text().or_null().described("As JSON text; null: every event.")),
         field("retention_days", &Archive::retention_days,
               Type::integer().described("0: for ever.")),
         field("created_at", &Archive::created_at, Type::time()),
         computed<Archive>("events", Type::integer(),
                           [](const Archive& archive) { return to_value(archive.events); }),
         computed<Archive>("bytes", Type::integer().described("Of their envelopes."),
                           [](const Archive& archive) { return to_value(archive.bytes); })}};
    return kMessage;
}

const Message<ArchiveSettings>& archive_settings_message() {
    static const Message<ArchiveSettings> kMessage{
        "BusArchiveSettings",
        {field("description", &ArchiveSettings::description, Type::text(kDescription).or_null(),
               Presence::optional),
         field("event_pattern", &ArchiveSettings::event_pattern,
               Type::text(kPattern).or_null().described("As JSON text; empty: every event."),
               Presence::optional),
         field("retention_days", &ArchiveSettings::retention_days,
               Type::integer(0, kRetentionDaysMax).or_null().described("0: for ever."),
               Presence::optional)}};
    return kMessage;
}

const Message<NewArchive>& new_archive_message() {
    static const Message<NewArchive> kMessage = [] {
        std::vector<Field<NewArchive>> fields{
            field("name", &NewArchive::name, Type::text(kArchiveName)),
            field("bus", &NewArchive::bus, Type::text(kBusName))};
        for (const auto& each : archive_settings_message().fields()) {
            fields.push_back(
                {.name = each.name,
                 .type = each.type,
                 .presence = each.presence,
                 .write = [write = each.write](
                              const NewArchive& archive) { return write(archive.settings); },
                 .read = [read = each.read](
                             const json::value& value,
                             NewArchive& archive) { read(value, archive.settings); }});
        }
        return Message<NewArchive>("NewBusArchive", std::move(fields));
    }();
    return kMessage;
}

const Message<ports::Replay>& replay_message() {
    using ports::Replay;
    static const Message<Replay> kMessage{
        "BusReplay",
        {field("name", &Replay::name, Type::text()),
         field("archive", &Replay::archive, Type::text()), field("bus", &Replay::bus, Type::text()),
         field("description", &Replay::description, Type::text()),
         field("rules", &Replay::rules,
               Type::list(Type::text(), kReplayedRulesMax).described("Empty: all of the bus.")),
         field("from", &Replay::from, Type::time()),
         field("to", &Replay::to, Type::time().described("Not included.")),
         computed<Replay>("state",
                          Type::one_of({"starting", "running", "cancelling", "completed",
                                        "cancelled", "failed"}),
                          [](const Replay& replay) { return json::value(name_of(replay.state)); }),
         field("state_reason", &Replay::state_reason, Type::text().or_null()),
         field("started_at", &Replay::started_at, Type::time()),
         field("ended_at", &Replay::ended_at, Type::time().or_null()),
         computed<Replay>("replayed_to",
                          Type::time().or_null().described(
                              "The time of the last event that is back on the bus."),
                          [](const Replay& replay) -> json::value {
                              if (!replay.replayed) return nullptr;
                              return to_value(replay.replayed->time);
                          }),
         computed<Replay>("progress_percent", Type::integer(0, 100),
                          [](const Replay& replay) { return to_value(progress_of(replay)); })}};
    return kMessage;
}

const Message<ports::Replay>& new_replay_message() {
    using ports::Replay;
    static const Message<Replay> kMessage{
        "NewBusReplay",
        {field("name", &Replay::name, Type::text(kName)),
         field("archive", &Replay::archive, Type::text(kArchiveName)),
         field("description", &Replay::description, Type::text(kDescription).or_null(),
               Presence::optional),
         field("from", &Replay::from, Type::time()),
         field("to", &Replay::to, Type::time().described("Not included.")),
         field("rules", &Replay::rules,
               Type::list(Type::text(kName), kReplayedRulesMax)
                   .described("Names; empty: all rules of the bus."),
               Presence::optional)}};
    return kMessage;
}

json::object list_schema(std::string_view title, std::string_view member, std::string_view item) {
    const json::object items{{"$ref", fmt::format("#/components/schemas/{}", item)}};
    json::object properties;
    properties[member] = json::object{{"type", "array"}, {"items", items}};
    return {{"type", "object"},
            {"title", title},
            {"additionalProperties", false},
            {"required", json::array{json::value(member)}},
            {"properties", std::move(properties)}};
}

json::object schemas() {
    json::object out;
    add(out, bus_message());
    add(out, rule_message());
    add(out, target_message());
    add(out, counts_message());
    add_request(out, transformer_message());
    add_request(out, http_message());
    add_request(out, whole_rule_message());
    add_request(out, target_settings_message());
    add_request(out, pattern_test_message());
    add(out, pattern_test_result_message());
    add(out, recent_event_message());
    add(out, delivery_message());
    add(out, try_message());
    add(out, dead_letter_message());
    add(out, whole_dead_letter_message());
    add(out, archive_message());
    add_request(out, new_archive_message());
    add_request(out, archive_settings_message());
    add(out, replay_message());
    add_request(out, new_replay_message());
    out["EventBuses"] = list_schema("EventBuses", "buses", bus_message().name());
    out["BusRules"] = list_schema("BusRules", "rules", rule_message().name());
    out["BusTries"] = list_schema("BusTries", "tries", try_message().name());
    out["DeadLetters"] = list_schema("DeadLetters", "dead_letters", dead_letter_message().name());
    out["BusArchives"] = list_schema("BusArchives", "archives", archive_message().name());
    out["BusReplays"] = list_schema("BusReplays", "replays", replay_message().name());

    auto events = list_schema("RecentEvents", "events", recent_event_message().name());
    events["required"].as_array().emplace_back("too_large");
    events["properties"].as_object()["too_large"] =
        integer_schema("Events since the server started that were too large to be kept.");
    out["RecentEvents"] = std::move(events);

    auto deliveries = list_schema("BusDeliveries", "running", delivery_message().name());
    auto& properties = deliveries["properties"].as_object();
    properties["retrying"] = properties.at("running");
    properties["running_count"] = integer_schema("With their targets, of all routes.");
    properties["retrying_count"] = integer_schema("Waiting for their next try, of all routes.");
    properties["queued_count"] =
        integer_schema("Waiting for their first turn or for a place, of all routes.");
    deliveries["required"] =
        json::array{"running", "retrying", "running_count", "retrying_count", "queued_count"};
    out["BusDeliveries"] = std::move(deliveries);
    return out;
}

}  // namespace ingestor::api::bus
