#include "eventbridge/transform/input_transform.hpp"

#include <algorithm>
#include <array>
#include <list>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "eventbridge/transform/json_syntax.hpp"

namespace ingestor::eventbridge::transform {

namespace {

namespace json = boost::json;

constexpr std::string_view kRuleArn = "aws.events.rule-arn";
constexpr std::string_view kRuleName = "aws.events.rule-name";
constexpr std::string_view kIngestionTime = "aws.events.event.ingestion-time";
constexpr std::string_view kEvent = "aws.events.event";
constexpr std::string_view kEventJson = "aws.events.event.json";
constexpr std::array kPredefined = {kRuleArn, kRuleName, kIngestionTime, kEvent, kEventJson};

/// The event without its detail, in the order and with the name that EventBridge has here alone.
std::string event_without_detail(const Event& event) {
    json::array resources;
    for (const auto& resource : event.resources) resources.emplace_back(resource);
    return json::serialize(json::object{{"id", event.id},
                                        {"account", event.account},
                                        {"detailType", event.detail_type},
                                        {"time", to_rfc3339_seconds(event.time)},
                                        {"source", event.source},
                                        {"region", event.region},
                                        {"resources", std::move(resources)},
                                        {"version", "0"}});
}

std::string json_text(std::string_view text) {
    return json::serialize(json::string_view(text));
}

bool begins_with_aws(std::string_view name) {
    return name.size() >= 3 && (name[0] == 'a' || name[0] == 'A') &&
           (name[1] == 'w' || name[1] == 'W') && (name[2] == 's' || name[2] == 'S');
}

/// One value of each variable that is asked for; it lives as long as this.
class Values {
public:
    Values(const Event& event, const Circumstances& circumstances)
        : event_(event), circumstances_(circumstances), text_(to_json(event)) {}

    std::optional<std::string_view> predefined(std::string_view name) {
        if (name == kEventJson) return text_.whole();
        if (name == kEvent) return keep(event_without_detail(event_));
        if (name == kRuleArn) return keep(json_text(circumstances_.rule_arn));
        if (name == kRuleName) return keep(json_text(circumstances_.rule_name));
        if (name == kIngestionTime) return keep(json_text(to_rfc3339(circumstances_.ingested_at)));
        return std::nullopt;
    }
    [[nodiscard]] std::optional<std::string_view> at(const JsonPath& path) const {
        return text_.find(path);
    }

private:
    std::string_view keep(std::string value) { return made_.emplace_back(std::move(value)); }

    const Event& event_;
    const Circumstances& circumstances_;
    JsonText text_;
    std::list<std::string> made_;
};

}  // namespace

Result<InputTransform> InputTransform::compile(const TargetInput& input,
                                               std::string_view target_id) {
    InputTransform result;
    if (const auto* constant = std::get_if<ConstantInput>(&input)) {
        if (const auto sound = check_json(constant->json); !sound) {
            return fail(Errc::invalid_argument,
                        fmt::format("JSON syntax error in input for target {}: {}", target_id,
                                    sound.error().message));
        }
        result.plan_ = *constant;
    } else if (const auto* part = std::get_if<InputPath>(&input)) {
        auto path = JsonPath::parse(part->path);
        if (!path) {
            return fail(Errc::invalid_argument,
                        fmt::format("Parameter InputPath of target {} is not valid. Reason: {}.",
                                    target_id, path.error().message));
        }
        result.plan_ = std::move(*path);
    } else if (const auto* transformer = std::get_if<InputTransformer>(&input)) {
        return compile_template(*transformer, target_id);
    }
    return result;
}

Result<InputTransform> InputTransform::compile_template(const InputTransformer& transformer,
                                                        std::string_view target_id) {
    Template made;
    for (const auto& [name, text] : transformer.paths) {
        if (begins_with_aws(name)) {
            return fail(Errc::invalid_argument,
                        fmt::format("Parameter InputPathsMap of target {} is not valid. Reason: "
                                    "{}: a name may not begin with AWS.",
                                    target_id, name));
        }
        auto path = JsonPath::parse(text);
        if (!path) {
            return fail(Errc::invalid_argument,
                        fmt::format("Parameter InputPathsMap of target {} is not valid. Reason: "
                                    "{}: {}.",
                                    target_id, name, path.error().message));
        }
        made.paths.emplace(name, std::move(*path));
    }
    const auto known = [&made](std::string_view name) {
        return made.paths.contains(name) ||
               std::ranges::find(kPredefined, name) != kPredefined.end();
    };
    auto text = InputTemplate::parse(transformer.input_template, target_id, known);
    if (!text) return std::unexpected(std::move(text.error()));
    made.text = std::move(*text);
    InputTransform result;
    result.plan_ = std::move(made);
    return result;
}

Result<std::string> InputTransform::apply(const Event& event,
                                          const Circumstances& circumstances) const {
    if (const auto* constant = std::get_if<ConstantInput>(&plan_)) return constant->json;
    if (const auto* path = std::get_if<JsonPath>(&plan_)) {
        const JsonText text(to_json(event));
        const auto part = text.find(*path);
        if (!part) return fail(Errc::invalid_argument, "the event has nothing at the InputPath");
        return std::string(*part);
    }
    if (const auto* made = std::get_if<Template>(&plan_)) {
        Values values(event, circumstances);
        return made->text.fill([&](std::string_view name) {
            const auto path = made->paths.find(name);
            return path == made->paths.end() ? values.predefined(name) : values.at(path->second);
        });
    }
    return to_json(event);
}

}  // namespace ingestor::eventbridge::transform
