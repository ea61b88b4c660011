#include "awsapi/json/input.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ingestor::awsapi::json {

namespace {

constexpr std::size_t kViolationsMax = 100;

/// Characters of UTF-8, as they count in AWS's limits.
std::size_t length_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool fits_pattern(std::string_view value, const TextRule& rule) {
    return rule.pattern.empty() ||
           (!value.empty() && value.find_first_not_of(rule.allowed) == std::string_view::npos);
}

std::string pattern_constraint(const TextRule& rule) {
    return fmt::format("Member must satisfy regular expression pattern: {}", rule.pattern);
}

std::string most_constraint(std::size_t max) {
    return fmt::format("Member must have length less than or equal to {}", max);
}

std::string least_constraint(std::size_t min) {
    return fmt::format("Member must have length greater than or equal to {}", min);
}

/// Names begin with a small letter in messages.
std::string lower_camel(std::string_view name) {
    std::string result(name);
    if (!result.empty() && result[0] >= 'A' && result[0] <= 'Z') {
        result[0] = static_cast<char>(result[0] + ('a' - 'A'));
    }
    return result;
}

}  // namespace

void Violations::add(std::string_view path, std::string_view value, std::string constraint) {
    texts_.push_back(fmt::format("Value '{}' at '{}' failed to satisfy constraint: {}", value, path,
                                 constraint));
}

void Violations::add_missing(std::string_view path) {
    texts_.push_back(fmt::format(
        "Value null at '{}' failed to satisfy constraint: Member must not be null", path));
}

void Violations::add_type(std::string_view path, std::string_view wanted) {
    if (first_) return;
    first_ = ServiceError{.code = "SerializationException",
                          .message = fmt::format("{} must be {}", path, wanted)};
}

void Violations::refuse(std::string message) {
    if (first_) return;
    first_ = ServiceError{.code = "ValidationException", .message = std::move(message)};
}

std::optional<ServiceError> Violations::error() const {
    if (first_) return first_;
    if (texts_.empty()) return std::nullopt;
    const auto told = std::min(texts_.size(), kViolationsMax);
    return ServiceError{
        .code = "ValidationException",
        .message = fmt::format(
            "{} validation error{} detected: {}", texts_.size(), texts_.size() == 1 ? "" : "s",
            fmt::join(texts_.begin(), texts_.begin() + static_cast<std::ptrdiff_t>(told), "; "))};
}

const boost::json::value* Input::find(std::string_view name) const {
    const auto* value = members_.if_contains(name);
    return value == nullptr || value->is_null() ? nullptr : value;
}

std::string Input::path_of(std::string_view name) const {
    return prefix_ + lower_camel(name);
}

void Input::check_text(const std::string& path, std::string_view value, const TextRule& rule) {
    const auto told = rule.sensitive ? std::string_view("***") : value;
    if (!fits_pattern(value, rule)) violations_.add(path, told, pattern_constraint(rule));
    const auto length = length_of(value);
    if (length > rule.max) violations_.add(path, told, most_constraint(rule.max));
    if (length < rule.min) violations_.add(path, told, least_constraint(rule.min));
}

void Input::check_part(const std::string& path, const boost::json::object& map,
                       std::string_view part, std::string_view text, const TextRule& rule) {
    const auto length = length_of(text);
    if (fits_pattern(text, rule) && length >= rule.min && length <= rule.max) return;
    std::vector<std::string> constraints = {most_constraint(rule.max), least_constraint(rule.min)};
    if (!rule.pattern.empty()) constraints.push_back(pattern_constraint(rule));
    violations_.add(
        path, boost::json::serialize(map),
        fmt::format("Map {} must satisfy constraint: [{}]", part, fmt::join(constraints, ", ")));
}

std::map<std::string, std::string> Input::text_map(std::string_view name, const TextRule& key,
                                                   const TextRule& value, std::size_t max) {
    std::map<std::string, std::string> texts;
    const auto* member = find(name);
    if (member == nullptr) return texts;
    const auto path = path_of(name);
    if (!member->is_object()) {
        violations_.add_type(path, "an object");
        return texts;
    }
    const auto& map = member->get_object();
    if (map.size() > max) {
        violations_.add(path, boost::json::serialize(map), most_constraint(max));
        return texts;
    }
    for (const auto& [each, text] : map) {
        if (!text.is_string()) {
            violations_.add_type(fmt::format("{}.{}", path, std::string_view(each)), "a string");
            return texts;
        }
        check_part(path, map, "keys", each, key);
        check_part(path, map, "value", text.get_string(), value);
        texts.insert_or_assign(std::string(each), std::string(text.get_string()));
    }
    return texts;
}

std::string Input::text(std::string_view name, const TextRule& rule) {
    const auto path = path_of(name);
    const auto* value = find(name);
    if (value == nullptr) {
        if (rule.required) violations_.add_missing(path);
        return {};
    }
    if (!value->is_string()) {
        violations_.add_type(path, "a string");
        return {};
    }
    check_text(path, value->get_string(), rule);
    return std::string(value->get_string());
}

std::string Input::one_of(std::string_view name, const std::vector<std::string_view>& values,
                          bool required) {
    auto value = text(name, {.required = required});
    if (has(name) && std::ranges::find(values, value) == values.end()) {
        violations_.add(
            path_of(name), value,
            fmt::format("Member must satisfy enum value set: [{}]", fmt::join(values, ", ")));
    }
    return value;
}

std::optional<std::int64_t> Input::integer(std::string_view name, std::int64_t min,
                                           std::int64_t max) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    const auto path = path_of(name);
    if (!value->is_int64()) {
        violations_.add_type(path, "an integer");
        return std::nullopt;
    }
    const auto number = value->get_int64();
    if (number < min || number > max) {
        violations_.add(path, std::to_string(number),
                        fmt::format("Member must have value {} than or equal to {}",
                                    number < min ? "greater" : "less", number < min ? min : max));
    }
    return number;
}

std::optional<double> Input::number(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_number()) {
        violations_.add_type(path_of(name), "a number");
        return std::nullopt;
    }
    return value->to_number<double>();
}

bool Input::flag(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return false;
    if (!value->is_bool()) {
        violations_.add_type(path_of(name), "a boolean");
        return false;
    }
    return value->get_bool();
}

std::optional<Input> Input::object(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_object()) {
        violations_.add_type(path_of(name), "an object");
        return std::nullopt;
    }
    return Input(value->get_object(), violations_, path_of(name) + '.');
}

const boost::json::array* Input::list(std::string_view name, bool required, std::size_t min,
                                      std::size_t max) {
    const auto path = path_of(name);
    const auto* value = find(name);
    if (value == nullptr) {
        if (required) violations_.add_missing(path);
        return nullptr;
    }
    if (!value->is_array()) {
        violations_.add_type(path, "a list");
        return nullptr;
    }
    const auto& items = value->get_array();
    if (items.size() >= min && items.size() <= max) return &items;
    violations_.add(
        path, boost::json::serialize(items),
        fmt::format("Member must have length {} than or equal to {}",
                    items.size() < min ? "greater" : "less", items.size() < min ? min : max));
    return nullptr;
}

std::vector<Input> Input::objects(std::string_view name, bool required, std::size_t min,
                                  std::size_t max) {
    std::vector<Input> inputs;
    const auto* items = list(name, required, min, max);
    if (items == nullptr) return inputs;
    std::size_t place = 0;
    for (const auto& item : *items) {
        auto path = fmt::format("{}.{}.member", path_of(name), ++place);
        if (const auto* members = item.if_object()) {
            inputs.emplace_back(*members, violations_, path + '.');
        } else {
            violations_.add_type(path, "an object");
        }
    }
    return inputs;
}

std::vector<std::string> Input::texts(std::string_view name, const TextRule& each, bool required,
                                      std::size_t min, std::size_t max) {
    std::vector<std::string> values;
    const auto* items = list(name, required, min, max);
    if (items == nullptr) return values;
    std::size_t place = 0;
    for (const auto& item : *items) {
        const auto path = fmt::format("{}.{}.member", path_of(name), ++place);
        if (!item.is_string()) {
            violations_.add_type(path, "a string");
            continue;
        }
        check_text(path, item.get_string(), each);
        values.emplace_back(item.get_string());
    }
    return values;
}

}  // namespace ingestor::awsapi::json
