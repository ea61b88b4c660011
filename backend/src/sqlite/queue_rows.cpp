#include "sqlite/queue_rows.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/encoding.hpp"

namespace ingestor::sqlite {

namespace json = boost::json;

namespace {

json::object object_of(std::string_view text) {
    boost::system::error_code error;
    auto value = json::parse(text, error);
    return error || !value.is_object() ? json::object() : std::move(value.get_object());
}

void read_seconds(const json::object& from, std::string_view name, std::chrono::seconds& to) {
    const auto* value = from.if_contains(name);
    if (value != nullptr && value->is_int64()) to = std::chrono::seconds(value->get_int64());
}

void read_number(const json::object& from, std::string_view name, std::uint32_t& to) {
    const auto* value = from.if_contains(name);
    if (value != nullptr && value->is_int64()) to = static_cast<std::uint32_t>(value->get_int64());
}

void read_text(const json::object& from, std::string_view name, std::string& to) {
    const auto* value = from.if_contains(name);
    if (value != nullptr && value->is_string()) to = value->get_string();
}

}  // namespace

std::string settings_text(const ports::QueueSettings& settings) {
    json::object text{{"delay", settings.delay.count()},
                      {"retention", settings.retention.count()},
                      {"receive_wait", settings.receive_wait.count()},
                      {"visibility_timeout", settings.visibility_timeout.count()},
                      {"message_bytes_max", settings.message_bytes_max},
                      {"policy", settings.policy},
                      {"redrive_allow_policy", settings.redrive_allow_policy}};
    if (settings.redrive) {
        text["dead_letter_arn"] = settings.redrive->dead_letter_arn;
        text["receives_max"] = settings.redrive->receives_max;
    }
    return json::serialize(text);
}

ports::QueueSettings settings_of(std::string_view text) {
    const auto from = object_of(text);
    ports::QueueSettings settings;
    read_seconds(from, "delay", settings.delay);
    read_seconds(from, "retention", settings.retention);
    read_seconds(from, "receive_wait", settings.receive_wait);
    read_seconds(from, "visibility_timeout", settings.visibility_timeout);
    read_number(from, "message_bytes_max", settings.message_bytes_max);
    read_text(from, "policy", settings.policy);
    read_text(from, "redrive_allow_policy", settings.redrive_allow_policy);
    if (from.contains("dead_letter_arn")) {
        auto& redrive = settings.redrive.emplace();
        read_text(from, "dead_letter_arn", redrive.dead_letter_arn);
        read_number(from, "receives_max", redrive.receives_max);
    }
    return settings;
}

std::string message_attributes_text(const ports::MessageAttributes& attributes) {
    if (attributes.empty()) return {};
    json::object text;
    for (const auto& [name, attribute] : attributes) {
        text[name] = json::object{{"type", attribute.type}, {"value", to_base64(attribute.value)}};
    }
    return json::serialize(text);
}

ports::MessageAttributes message_attributes_of(std::string_view text) {
    ports::MessageAttributes attributes;
    if (text.empty()) return attributes;
    for (const auto& [name, value] : object_of(text)) {
        if (!value.is_object()) continue;
        std::string coded;
        ports::MessageAttribute attribute;
        read_text(value.get_object(), "type", attribute.type);
        read_text(value.get_object(), "value", coded);
        if (auto plain = from_base64(coded)) attribute.value = std::move(*plain);
        attributes.emplace(name, std::move(attribute));
    }
    return attributes;
}

}  // namespace ingestor::sqlite
