#include "aws/dynamodb_values.hpp"

#include <charconv>
#include <utility>

namespace ingestor::aws {

namespace json = boost::json;

namespace {

template <class Content>
json::value typed(std::string_view type, Content&& content) {
    json::object value;
    value[type] = std::forward<Content>(content);
    return value;
}

const json::value* member(const Item& item, std::string_view name, std::string_view type) {
    const auto* value = item.if_contains(name);
    if (value == nullptr || !value->is_object()) return nullptr;
    return value->get_object().if_contains(type);
}

}  // namespace

json::value text_value(std::string_view text) {
    return typed("S", text);
}

json::value number_value(std::int64_t number) {
    return typed("N", std::to_string(number));
}

json::value flag_value(bool flag) {
    return typed("BOOL", flag);
}

json::value time_value(TimePoint time) {
    return number_value(time.time_since_epoch().count());
}

json::value list_value(json::array values) {
    return typed("L", std::move(values));
}

json::value map_value(Item members) {
    return typed("M", std::move(members));
}

std::optional<std::string> text_at(const Item& item, std::string_view name) {
    const auto* text = member(item, name, "S");
    if (text == nullptr || !text->is_string()) return std::nullopt;
    return std::string(text->get_string());
}

std::optional<std::int64_t> number_at(const Item& item, std::string_view name) {
    const auto* number = member(item, name, "N");
    if (number == nullptr || !number->is_string()) return std::nullopt;
    const auto& digits = number->get_string();
    std::int64_t read = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), read);
    if (fault != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return read;
}

bool flag_at(const Item& item, std::string_view name) {
    const auto* flag = member(item, name, "BOOL");
    return flag != nullptr && flag->is_bool() && flag->get_bool();
}

std::optional<TimePoint> time_at(const Item& item, std::string_view name) {
    const auto number = number_at(item, name);
    if (!number) return std::nullopt;
    return TimePoint{std::chrono::milliseconds{*number}};
}

const json::array* list_at(const Item& item, std::string_view name) {
    const auto* list = member(item, name, "L");
    return list == nullptr ? nullptr : list->if_array();
}

const Item* map_at(const Item& item, std::string_view name) {
    const auto* map = member(item, name, "M");
    return map == nullptr ? nullptr : map->if_object();
}

const Item* members_of(const json::value& value) {
    if (!value.is_object()) return nullptr;
    const auto* map = value.get_object().if_contains("M");
    return map == nullptr ? nullptr : map->if_object();
}

}  // namespace ingestor::aws
