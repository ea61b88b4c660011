#include "provisioning/template_values.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <fmt/format.h>

namespace ingestor::provisioning {

namespace {

/// CloudFormation takes templates of a megabyte; what one comes to is not much more.
constexpr std::size_t kBytesMax = std::size_t{1} << 20;
constexpr std::size_t kDepthMax = 100;

std::unexpected<Error> wrong(const std::string& place, std::string_view why) {
    return fail(Errc::invalid_argument, fmt::format("{}: {}", place, why), place);
}

/// The function that a node calls: by its tag (`!Sub`) or as a map of one member (`Fn::Sub:`).
struct Call {
    std::string function;
    YAML::Node argument;
};

std::optional<Call> call_of(const YAML::Node& node) {
    const auto& tag = node.Tag();
    if (tag.size() > 1 && tag.front() == '!' && !tag.starts_with("!!")) {
        return Call{tag.substr(1), node};
    }
    if (!node.IsMap() || node.size() != 1) return std::nullopt;
    const auto member = node.begin();
    const auto name = member->first.as<std::string>("");
    if (name == "Ref") return Call{name, member->second};
    if (name.starts_with("Fn::")) return Call{name.substr(4), member->second};
    return std::nullopt;
}

std::string quoted(std::string_view text) {
    return boost::json::serialize(boost::json::string_view(text));
}

bool is_plain(const YAML::Node& node) {
    return node.Tag() == "?" || node.Tag().empty();
}

std::string scalar_json(const YAML::Node& node) {
    const auto& text = node.Scalar();
    if (!is_plain(node)) return quoted(text);
    if (text == "null" || text == "~" || text.empty()) return "null";
    if (text == "true" || text == "false") return text;
    std::int64_t whole = 0;
    const auto looks_numeric =
        text.find_first_not_of("+-.0123456789eE") == std::string::npos && text.front() != '+';
    if (looks_numeric && YAML::convert<std::int64_t>::decode(node, whole)) {
        return fmt::format("{}", whole);
    }
    double fraction = 0;
    if (looks_numeric && YAML::convert<double>::decode(node, fraction)) {
        return fmt::format("{}", fraction);
    }
    return quoted(text);
}

}  // namespace

TemplateValues::TemplateValues(const YAML::Node& resources, domain::Names names)
    : resources_(resources), names_(std::move(names)), bytes_left_(kBytesMax) {
    parameters_ = {{"AWS::Region", names_.region},
                   {"AWS::AccountId", names_.account},
                   {"AWS::Partition", "aws"},
                   {"AWS::URLSuffix", "amazonaws.com"},
                   {"AWS::StackName", "agent2-ingestor-eventbridge-" + names_.environment}};
}

Result<TemplateValues> TemplateValues::create(const YAML::Node& root, const domain::Names& names) {
    TemplateValues values(root["Resources"], names);
    const auto parameters = root["Parameters"];
    if (!parameters) return values;
    if (!parameters.IsMap()) return wrong("Parameters", "must be a map");
    for (const auto& member : parameters) {
        const auto name = member.first.as<std::string>("");
        const auto place = "Parameters." + name;
        const auto& node = member.second;
        std::string value;
        if (name == "Environment") {
            value = names.environment;
        } else if (node.IsMap() && node["Default"] && node["Default"].IsScalar()) {
            value = node["Default"].Scalar();
        } else {
            return wrong(place, "has no value and no default");
        }
        if (const auto allowed = node["AllowedValues"]; allowed && allowed.IsSequence()) {
            const auto is_it = [&value](const YAML::Node& one) {
                return one.IsScalar() && one.Scalar() == value;
            };
            if (std::none_of(allowed.begin(), allowed.end(), is_it)) {
                return wrong(place, fmt::format("'{}' is not among the allowed values", value));
            }
        }
        values.parameters_.insert_or_assign(name, value);
    }
    return values;
}

Result<std::string> TemplateValues::text(const YAML::Node& node, const std::string& place) {
    if (depth_ == kDepthMax) return wrong(place, "is nested too deeply");
    ++depth_;
    auto value = counted(value_of(node, place), place);
    --depth_;
    return value;
}

Result<std::string> TemplateValues::json(const YAML::Node& node, const std::string& place) {
    if (depth_ == kDepthMax) return wrong(place, "is nested too deeply");
    ++depth_;
    auto value = counted(json_of(node, place), place);
    --depth_;
    return value;
}

Result<std::string> TemplateValues::counted(Result<std::string> value, const std::string& place) {
    if (!value) return value;
    if (value->size() >= bytes_left_) return wrong(place, "the template's values are too large");
    bytes_left_ -= value->size() + 1;
    return value;
}

Result<std::string> TemplateValues::value_of(const YAML::Node& node, const std::string& place) {
    if (!node || node.IsNull()) return wrong(place, "is missing");
    if (const auto called = call_of(node)) return call(called->function, called->argument, place);
    if (!node.IsScalar()) return wrong(place, "must be a text");
    return node.Scalar();
}

Result<std::string> TemplateValues::json_of(const YAML::Node& node, const std::string& place) {
    if (call_of(node)) {
        const auto value = text(node, place);
        if (!value) return value;
        return quoted(*value);
    }
    if (node.IsMap()) {
        std::string json = "{";
        for (const auto& member : node) {
            const auto name = member.first.as<std::string>("");
            const auto value = this->json(member.second, place + "." + name);
            if (!value) return value;
            if (json.size() > 1) json += ',';
            json += quoted(name) + ":" + *value;
        }
        return json + "}";
    }
    if (node.IsSequence()) {
        std::string json = "[";
        for (std::size_t index = 0; index < node.size(); ++index) {
            const auto value = this->json(node[index], fmt::format("{}.{}", place, index));
            if (!value) return value;
            if (index > 0) json += ',';
            json += *value;
        }
        return json + "]";
    }
    if (node.IsScalar()) return scalar_json(node);
    return std::string("null");
}

Result<std::string> TemplateValues::call(std::string_view function, const YAML::Node& argument,
                                         const std::string& place) {
    if (function == "Ref" && argument.IsScalar()) return ref(argument.Scalar(), place);
    if (function == "GetAtt" && argument.IsScalar()) return attribute(argument.Scalar(), place);
    if (function == "GetAtt" && argument.IsSequence() && argument.size() == 2) {
        return attribute(argument[0].Scalar() + "." + argument[1].Scalar(), place);
    }
    if (function == "Sub" && argument.IsScalar()) return substitute(argument.Scalar(), {}, place);
    if (function == "Sub" && argument.IsSequence() && argument.size() == 2 &&
        argument[0].IsScalar() && argument[1].IsMap()) {
        std::map<std::string, std::string> own;
        for (const auto& member : argument[1]) {
            auto value = text(member.second, place);
            if (!value) return value;
            own.emplace(member.first.as<std::string>(""), std::move(*value));
        }
        return substitute(argument[0].Scalar(), own, place);
    }
    if (function == "Join" && argument.IsSequence() && argument.size() == 2 &&
        argument[1].IsSequence()) {
        std::string joined;
        for (std::size_t index = 0; index < argument[1].size(); ++index) {
            const auto part = text(argument[1][index], place);
            if (!part) return part;
            if (index > 0) joined += argument[0].Scalar();
            joined += *part;
        }
        return joined;
    }
    return wrong(
        place, fmt::format("the function {} is not known, or not with such an argument", function));
}

Result<std::string> TemplateValues::ref(const std::string& name, const std::string& place) {
    if (const auto value = parameters_.find(name); value != parameters_.end()) {
        return value->second;
    }
    const auto resource = resources_[name];
    if (!resource) return wrong(place, fmt::format("nothing is named {}", name));
    const auto type = resource["Type"].as<std::string>("");
    if (type == "AWS::Events::EventBus") return property(name, "Name", place);
    if (type == "AWS::SQS::Queue") {
        const auto queue = property(name, "QueueName", place);
        if (!queue) return queue;
        return fmt::format("https://sqs.{}.amazonaws.com/{}/{}", names_.region, names_.account,
                           *queue);
    }
    return wrong(place, fmt::format("a Ref to {} (a {}) is not known", name, type));
}

Result<std::string> TemplateValues::attribute(const std::string& path, const std::string& place) {
    const auto dot = path.find('.');
    const auto name = path.substr(0, dot);
    const auto resource = resources_[name];
    if (!resource) return wrong(place, fmt::format("no resource is named {}", name));
    const auto type = resource["Type"].as<std::string>("");
    if (dot == std::string::npos || path.substr(dot) != ".Arn") {
        return wrong(place, fmt::format("the attribute {} is not known", path));
    }
    const auto arn = [this](std::string_view service, std::string_view rest) {
        return fmt::format("arn:aws:{}:{}:{}:{}", service, names_.region, names_.account, rest);
    };
    if (type == "AWS::Events::EventBus") {
        const auto bus = property(name, "Name", place);
        if (!bus) return bus;
        return arn("events", "event-bus/" + *bus);
    }
    if (type == "AWS::SQS::Queue") {
        const auto queue = property(name, "QueueName", place);
        if (!queue) return queue;
        return arn("sqs", *queue);
    }
    if (type == "AWS::Events::Rule") {
        const auto bus = property(name, "EventBusName", place);
        if (!bus) return bus;
        const auto rule = property(name, "Name", place);
        if (!rule) return rule;
        return arn("events", fmt::format("rule/{}/{}", *bus, *rule));
    }
    return wrong(place, fmt::format("the Arn of {} (a {}) is not known", name, type));
}

Result<std::string> TemplateValues::property(const std::string& resource, const char* name,
                                             const std::string& place) {
    auto here = resource + "." + name;
    if (std::ranges::find(open_, here) != open_.end()) {
        return wrong(
            place, fmt::format("refers back to itself: {} -> {}", fmt::join(open_, " -> "), here));
    }
    open_.push_back(here);
    auto value = text(resources_[resource]["Properties"][name], here);
    open_.pop_back();
    return value;
}

Result<std::string> TemplateValues::substitute(std::string_view text,
                                               const std::map<std::string, std::string>& own,
                                               const std::string& place) {
    std::string result;
    while (true) {
        const auto begin = text.find("${");
        result += text.substr(0, begin);
        if (begin == std::string_view::npos) return result;
        const auto end = text.find('}', begin);
        if (end == std::string_view::npos) return wrong(place, "a ${ is not closed");
        const std::string name(text.substr(begin + 2, end - begin - 2));
        text.remove_prefix(end + 1);
        if (name.starts_with('!')) {
            result += "${" + name.substr(1) + "}";
            continue;
        }
        if (const auto value = own.find(name); value != own.end()) {
            result += value->second;
            continue;
        }
        const auto value =
            name.find('.') == std::string::npos ? ref(name, place) : attribute(name, place);
        if (!value) return value;
        result += *value;
        if (result.size() > kBytesMax) return wrong(place, "is too large");
    }
}

}  // namespace ingestor::provisioning
