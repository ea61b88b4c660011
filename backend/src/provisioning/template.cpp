#include "provisioning/template.hpp"

#include <charconv>
#include <string>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "base/encoding.hpp"
#include "provisioning/template_values.hpp"

namespace ingestor::provisioning {

namespace {

/// The bounds are EventBridge's ("RetryPolicy" in its API reference).
constexpr int kRetryAttemptsMax = 185;
constexpr int kEventAgeSecondsMin = 60;
constexpr int kEventAgeSecondsMax = 86'400;

Result<int> read_number(TemplateValues& values, const YAML::Node& node, int least, int most,
                        const std::string& place) {
    const auto text = values.text(node, place);
    if (!text) return std::unexpected(text.error());
    int number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc{} || end != text->data() + text->size() || number < least ||
        number > most) {
        return fail(Errc::invalid_argument,
                    fmt::format("{}: '{}' is no number from {} to {}", place, *text, least, most),
                    place);
    }
    return number;
}

Result<ports::RuleTarget> read_target(TemplateValues& values, const YAML::Node& node,
                                      const std::string& place) {
    ports::RuleTarget target;
    target.managed = true;
    auto id = values.text(node["Id"], place + ".Id");
    if (!id) return std::unexpected(std::move(id.error()));
    target.id = std::move(*id);
    auto arn = values.text(node["Arn"], place + ".Arn");
    if (!arn) return std::unexpected(std::move(arn.error()));
    target.arn = std::move(*arn);

    if (const auto policy = node["RetryPolicy"]) {
        if (const auto attempts = policy["MaximumRetryAttempts"]) {
            const auto number = read_number(values, attempts, 0, kRetryAttemptsMax,
                                            place + ".MaximumRetryAttempts");
            if (!number) return std::unexpected(number.error());
            target.maximum_retry_attempts = *number;
        }
        if (const auto age = policy["MaximumEventAgeInSeconds"]) {
            const auto number = read_number(values, age, kEventAgeSecondsMin, kEventAgeSecondsMax,
                                            place + ".MaximumEventAgeInSeconds");
            if (!number) return std::unexpected(number.error());
            target.maximum_event_age = std::chrono::seconds(*number);
        }
    }
    if (const auto config = node["DeadLetterConfig"]) {
        auto queue = values.text(config["Arn"], place + ".DeadLetterConfig.Arn");
        if (!queue) return std::unexpected(std::move(queue.error()));
        target.dead_letter_arn = std::move(*queue);
    }
    return target;
}

Result<ports::Rule> read_rule(TemplateValues& values, const YAML::Node& properties,
                              const std::string& place) {
    ports::Rule rule;
    rule.managed = true;
    auto name = values.text(properties["Name"], place + ".Name");
    if (!name) return std::unexpected(std::move(name.error()));
    rule.name = std::move(*name);
    auto bus = values.text(properties["EventBusName"], place + ".EventBusName");
    if (!bus) return std::unexpected(std::move(bus.error()));
    rule.bus = std::move(*bus);
    if (const auto description = properties["Description"]) {
        auto text = values.text(description, place + ".Description");
        if (!text) return std::unexpected(std::move(text.error()));
        rule.description = std::move(*text);
    }
    if (const auto state = properties["State"]) {
        const auto text = values.text(state, place + ".State");
        if (!text) return std::unexpected(text.error());
        rule.enabled = *text == "ENABLED";
    }
    const auto pattern_place = place + ".EventPattern";
    if (!properties["EventPattern"]) {
        return fail(Errc::invalid_argument, pattern_place + ": is missing", pattern_place);
    }
    auto pattern = values.json(properties["EventPattern"], pattern_place);
    if (!pattern) return std::unexpected(std::move(pattern.error()));
    rule.event_pattern = std::move(*pattern);
    const auto targets = properties["Targets"];
    for (std::size_t index = 0; targets && index < targets.size(); ++index) {
        auto target =
            read_target(values, targets[index], fmt::format("{}.Targets.{}", place, index));
        if (!target) return std::unexpected(std::move(target.error()));
        rule.targets.push_back(std::move(*target));
    }
    return rule;
}

Result<WantedState> read_resources(const YAML::Node& root, const domain::Names& names) {
    if (!root.IsMap() || !root["Resources"] || !root["Resources"].IsMap()) {
        return fail(Errc::invalid_argument, "the template has no Resources", "Resources");
    }
    auto values = TemplateValues::create(root, names);
    if (!values) return std::unexpected(values.error());
    WantedState wanted;
    for (const auto& member : root["Resources"]) {
        const auto place = "Resources." + member.first.as<std::string>("");
        const auto type = member.second["Type"].as<std::string>("");
        const auto properties = member.second["Properties"];
        if (type == "AWS::Events::EventBus") {
            auto name = values->text(properties["Name"], place + ".Name");
            if (!name) return std::unexpected(std::move(name.error()));
            wanted.bus.name = std::move(*name);
            wanted.bus.description = properties["Description"].as<std::string>("");
            wanted.bus.managed = true;
        } else if (type == "AWS::Events::Rule") {
            auto rule = read_rule(*values, properties, place);
            if (!rule) return std::unexpected(std::move(rule.error()));
            wanted.rules.push_back(std::move(*rule));
        }
    }
    if (wanted.bus.name.empty()) {
        return fail(Errc::invalid_argument, "the template has no event bus", "Resources");
    }
    return wanted;
}

}  // namespace

Result<WantedState> read_template(std::string_view text, const domain::Names& names) {
    if (!is_utf8(text)) return fail(Errc::invalid_argument, "the template is not UTF-8");
    try {
        return read_resources(YAML::Load(std::string(text)), names);
    } catch (const YAML::Exception& error) {
        return fail(Errc::invalid_argument, fmt::format("the template: {}", error.what()));
    }
}

}  // namespace ingestor::provisioning
