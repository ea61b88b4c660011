#include "eventbridge/event_reader.hpp"

#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace ingestor::eventbridge {

namespace json = boost::json;

namespace {

Result<std::string> text_at(const json::object& object, std::string_view name) {
    const auto* member = object.if_contains(name);
    if (member == nullptr || !member->is_string()) {
        return fail(Errc::invalid_argument, fmt::format("{}: expected a string", name),
                    std::string(name));
    }
    return std::string(member->get_string());
}

}  // namespace

Result<Event> read_event(const json::object& envelope) {
    Event event;
    const std::pair<const char*, std::string*> texts[] = {{"id", &event.id},
                                                          {"source", &event.source},
                                                          {"detail-type", &event.detail_type},
                                                          {"account", &event.account},
                                                          {"region", &event.region}};
    for (const auto& [name, to] : texts) {
        auto text = text_at(envelope, name);
        if (!text) return std::unexpected(text.error());
        *to = std::move(*text);
    }
    if (envelope.contains("replay-name")) {
        auto replay = text_at(envelope, "replay-name");
        if (!replay) return std::unexpected(replay.error());
        event.replay_name = std::move(*replay);
    }
    const auto time = text_at(envelope, "time");
    if (!time) return std::unexpected(time.error());
    const auto parsed = parse_rfc3339(*time);
    if (!parsed) return fail(Errc::invalid_argument, "time: expected RFC 3339", "time");
    event.time = *parsed;
    if (const auto* resources = envelope.if_contains("resources");
        resources != nullptr && resources->is_array()) {
        for (const auto& resource : resources->get_array()) {
            if (resource.is_string()) event.resources.emplace_back(resource.get_string());
        }
    }
    const auto* detail = envelope.if_contains("detail");
    if (detail == nullptr || !detail->is_object()) {
        return fail(Errc::invalid_argument, "detail: expected an object", "detail");
    }
    event.detail = json::serialize(*detail);
    return event;
}

Result<Event> read_event(std::string_view text) {
    boost::system::error_code error;
    const auto value = json::parse(text, error);
    if (error) {
        return fail(Errc::invalid_argument, "the event is not JSON: " + error.message());
    }
    if (!value.is_object()) return fail(Errc::invalid_argument, "the event is no JSON object");
    return read_event(value.get_object());
}

}  // namespace ingestor::eventbridge
