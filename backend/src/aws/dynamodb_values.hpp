#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/time.hpp"

namespace ingestor::aws {

/// Names of attributes and their values, each as DynamoDB's JSON writes it: `{"S": "text"}`.
using Item = boost::json::object;

[[nodiscard]] boost::json::value text_value(std::string_view text);
[[nodiscard]] boost::json::value number_value(std::int64_t number);
[[nodiscard]] boost::json::value flag_value(bool flag);
/// Milliseconds since 1970, as a number.
[[nodiscard]] boost::json::value time_value(TimePoint time);
[[nodiscard]] boost::json::value list_value(boost::json::array values);
[[nodiscard]] boost::json::value map_value(Item members);

// What an item holds under a name; nullopt or nullptr where there is nothing of that type.
[[nodiscard]] std::optional<std::string> text_at(const Item& item, std::string_view name);
[[nodiscard]] std::optional<std::int64_t> number_at(const Item& item, std::string_view name);
[[nodiscard]] bool flag_at(const Item& item, std::string_view name);
[[nodiscard]] std::optional<TimePoint> time_at(const Item& item, std::string_view name);
[[nodiscard]] const boost::json::array* list_at(const Item& item, std::string_view name);
[[nodiscard]] const Item* map_at(const Item& item, std::string_view name);
/// The members of a value that is a map; nullptr: it is none.
[[nodiscard]] const Item* members_of(const boost::json::value& value);

/// An attribute of any integer type; 0 where there is none.
template <std::integral Number>
[[nodiscard]] Number integer_at(const Item& item, std::string_view name) {
    return static_cast<Number>(number_at(item, name).value_or(0));
}

}  // namespace ingestor::aws
