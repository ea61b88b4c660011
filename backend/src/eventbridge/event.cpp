#include "eventbridge/event.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

namespace ingestor::eventbridge {

namespace {

void append_member(std::string& json, std::string_view name, std::string_view text) {
    json += '"';
    json += name;
    json += "\":";
    json += boost::json::serialize(boost::json::string_view(text));
    json += ',';
}

}  // namespace

std::string to_json(const Event& event) {
    std::string json;
    json.reserve(event.detail.size() + 320);
    json = R"({"version":"0",)";
    append_member(json, "id", event.id);
    append_member(json, "detail-type", event.detail_type);
    append_member(json, "source", event.source);
    append_member(json, "account", event.account);
    append_member(json, "time", to_rfc3339_seconds(event.time));
    append_member(json, "region", event.region);
    if (!event.replay_name.empty()) append_member(json, "replay-name", event.replay_name);
    json += R"("resources":[)";
    for (const auto& resource : event.resources) {
        if (json.back() != '[') json += ',';
        json += boost::json::serialize(boost::json::string_view(resource));
    }
    json += R"(],"detail":)";
    json += event.detail.empty() ? "{}" : event.detail;
    json += '}';
    return json;
}

}  // namespace ingestor::eventbridge
