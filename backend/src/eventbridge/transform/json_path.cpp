#include "eventbridge/transform/json_path.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <simdjson.h>

namespace ingestor::eventbridge::transform {

namespace {

namespace ondemand = simdjson::ondemand;

/// What would mean something else in a full JSONPath: wildcards, filters, quoted names.
bool is_name_part(char c) {
    return static_cast<unsigned char>(c) > ' ' && !std::string_view(".[]()*?@'\",").contains(c);
}

std::unexpected<Error> refuse(std::string_view path, std::string_view reason) {
    return fail(Errc::invalid_argument,
                fmt::format("{} is not a JSON path in dot notation: {}", path, reason));
}

/// Takes the text of a step off the front: up to the next dot or bracket.
std::string_view take_name(std::string_view& rest) {
    const auto* const end = std::ranges::find_if_not(rest, is_name_part);
    const auto name = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    rest.remove_prefix(name.size());
    return name;
}

simdjson::simdjson_result<ondemand::value> step_into(
    ondemand::value value, const std::variant<std::string, std::size_t>& step) {
    if (const auto* name = std::get_if<std::string>(&step)) {
        return value.get_object().find_field_unordered(*name);
    }
    return value.get_array().at(std::get<std::size_t>(step));
}

}  // namespace

Result<JsonPath> JsonPath::parse(std::string_view text) {
    JsonPath path;
    if (!text.starts_with('$')) return refuse(text, "it begins with $");
    for (auto rest = text.substr(1); !rest.empty();) {
        const char kind = rest.front();
        rest.remove_prefix(1);
        if (kind == '.') {
            const auto name = take_name(rest);
            if (name.empty()) return refuse(text, "a name stands behind each dot");
            path.steps_.emplace_back(std::string(name));
        } else if (kind == '[') {
            std::size_t index = 0;
            const auto [end, fault] =
                std::from_chars(rest.data(), rest.data() + rest.size(), index);
            rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
            if (fault != std::errc() || !rest.starts_with(']')) {
                return refuse(text, "brackets hold the index of an item");
            }
            rest.remove_prefix(1);
            path.steps_.emplace_back(index);
        } else {
            return refuse(text, fmt::format("'{}' begins no step", kind));
        }
    }
    return path;
}

JsonText::JsonText(std::string_view json) : size_(json.size()) {
    padded_.reserve(json.size() + simdjson::SIMDJSON_PADDING);
    padded_ = json;
    padded_.append(simdjson::SIMDJSON_PADDING, '\0');
}

std::optional<std::string_view> JsonText::find(const JsonPath& path) const {
    if (path.steps_.empty()) return whole();
    ondemand::parser parser;
    ondemand::document document;
    if (parser.iterate(padded_.data(), size_, padded_.size()).get(document)) return std::nullopt;
    ondemand::value value;
    if (document.get_value().get(value)) return std::nullopt;
    for (const auto& step : path.steps_) {
        if (step_into(value, step).get(value)) return std::nullopt;
    }
    std::string_view text;
    if (simdjson::to_json_string(value).get(text)) return std::nullopt;
    return text;
}

}  // namespace ingestor::eventbridge::transform
