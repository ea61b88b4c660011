#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "api/message.hpp"
#include "eventbridge/event.hpp"

namespace ingestor::api::bus {

// What messages of `/bus/…` have in common.

inline constexpr TextRule kDescription{.max = 512};
inline constexpr TextRule kPattern{.max = 4'096};

/// Null in place of an empty text.
[[nodiscard]] inline boost::json::value text_or_null(const std::string& text) {
    if (text.empty()) return nullptr;
    return boost::json::value(text);
}

/// What tells an event from others.
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

template <class T>
void add(boost::json::object& schemas, const Message<T>& message) {
    schemas[message.name()] = message.schema();
}

template <class T>
void add_request(boost::json::object& schemas, const Message<T>& message) {
    schemas[message.name()] = message.request_schema();
}

/// A list of such messages, which is the only member of an answer.
[[nodiscard]] boost::json::object list_schema(std::string_view title, std::string_view member,
                                              std::string_view item);
[[nodiscard]] boost::json::object integer_schema(std::string_view description);

void add_rule_schemas(boost::json::object& schemas);
void add_delivery_schemas(boost::json::object& schemas);
void add_archive_schemas(boost::json::object& schemas);

}  // namespace ingestor::api::bus
