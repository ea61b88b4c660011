// API destinations.
#include <algorithm>
#include <limits>
#include <utility>

#include "awsapi/events/events_api.hpp"
#include "awsapi/events/model.hpp"
#include "awsapi/events/times.hpp"
#include "awsapi/json/page.hpp"

namespace ingestor::awsapi::events {

namespace {

using bus::destinations::DestinationSettings;

constexpr json::TextRule kConnectionArn{
    .min = 1,
    .max = 1'600,
    .pattern =
        R"(^arn:aws([a-z]|\-)*:events:([a-z]|\d|\-)*:([0-9]{12})?:connection\/[\.\-_A-Za-z0-9]+\/[\-A-Za-z0-9]+$)",
    .allowed = kArnCharacters};

/// Of text that has the pattern's characters alone.
bool is_connection_arn(std::string_view text) {
    constexpr std::string_view kKind = ":connection/";
    const auto kind = text.find(kKind);
    if (!text.starts_with("arn:aws") || kind == std::string_view::npos) return false;
    const auto name = text.substr(kind + kKind.size());
    const auto slash = name.find('/');
    return slash != std::string_view::npos && slash > 0 && slash + 1 < name.size() &&
           name.find_first_of("/:._", slash + 1) == std::string_view::npos &&
           text.find(":events:") < kind;
}

json::TextRule when(bool required, json::TextRule rule) {
    rule.required = required;
    return rule;
}

DestinationSettings read_settings(json::Input& input, bool is_new) {
    DestinationSettings settings;
    auto description = input.text("Description", kDescription);
    auto connection = input.text("ConnectionArn", when(is_new, kConnectionArn));
    auto endpoint = input.text("InvocationEndpoint", when(is_new, kEndpoint));
    auto method = input.one_of(
        "HttpMethod", {"HEAD", "POST", "PATCH", "DELETE", "PUT", "GET", "OPTIONS"}, is_new);
    const auto rate =
        input.integer("InvocationRateLimitPerSecond", 1, std::numeric_limits<std::int32_t>::max());
    if (!connection.empty() && !is_connection_arn(connection)) {
        input.violations().add("connectionArn", connection,
                               "Member must satisfy regular expression pattern: " +
                                   std::string(kConnectionArn.pattern));
    }
    if (input.has("Description")) settings.description = std::move(description);
    if (input.has("ConnectionArn")) settings.connection_arn = std::move(connection);
    if (input.has("InvocationEndpoint")) settings.endpoint = std::move(endpoint);
    if (!method.empty()) settings.method = std::move(method);
    if (rate) settings.rate_max = static_cast<std::uint32_t>(*rate);
    return settings;
}

}  // namespace

boost::json::object EventsApi::to_json(const ports::ApiDestination& destination) const {
    return {{"ApiDestinationArn", names_.api_destination_arn(destination.name, destination.id)},
            {"ApiDestinationState", destinations_.is_active(destination) ? "ACTIVE" : "INACTIVE"},
            {"CreationTime", epoch_seconds(destination.created_at)},
            {"LastModifiedTime", epoch_seconds(destination.modified_at)}};
}

boost::json::object EventsApi::to_entry(const ports::ApiDestination& destination) const {
    auto out = to_json(destination);
    out["Name"] = destination.name;
    out["ConnectionArn"] = destination.connection_arn;
    out["InvocationEndpoint"] = destination.endpoint;
    out["HttpMethod"] = destination.method;
    out["InvocationRateLimitPerSecond"] = destination.rate_max;
    return out;
}

EventsApi::Answer EventsApi::create_api_destination(ports::Principal who, json::Input input) const {
    auto name = input.text("Name", kName);
    auto settings = read_settings(input, true);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto made =
        co_await destinations_.create(std::move(who), std::move(name), std::move(settings));
    if (!made) co_return std::unexpected(error_of(made.error()));
    co_return to_json(*made);
}

EventsApi::Answer EventsApi::update_api_destination(ports::Principal who, json::Input input) const {
    auto name = input.text("Name", kName);
    auto settings = read_settings(input, false);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto changed =
        co_await destinations_.update(std::move(who), std::move(name), std::move(settings));
    if (!changed) co_return std::unexpected(error_of(changed.error()));
    co_return to_json(*changed);
}

EventsApi::Answer EventsApi::describe_api_destination(ports::Principal who,
                                                      json::Input input) const {
    const auto name = input.text("Name", kName);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto destination = destinations_.find(who, name);
    if (!destination) co_return std::unexpected(error_of(destination.error()));
    auto out = to_entry(*destination);
    if (!destination->description.empty()) out["Description"] = destination->description;
    co_return out;
}

EventsApi::Answer EventsApi::list_api_destinations(ports::Principal who, json::Input input) const {
    const auto prefix = input.text("NamePrefix", kNamePrefix);
    const auto connection = input.text("ConnectionArn", kConnectionArn);
    const auto page = json::read_page_request(input);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    auto destinations = destinations_.list(who);
    if (!destinations) co_return std::unexpected(error_of(destinations.error()));
    std::erase_if(*destinations, [&](const ports::ApiDestination& each) {
        return !each.name.starts_with(prefix) ||
               (!connection.empty() && each.connection_arn != connection);
    });
    const auto write = [this](const ports::ApiDestination& each) { return to_entry(each); };
    co_return json::page_answer("ApiDestinations", std::move(*destinations), page,
                                &ports::ApiDestination::name, write);
}

EventsApi::Answer EventsApi::delete_api_destination(ports::Principal who, json::Input input) const {
    auto name = input.text("Name", kName);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto deleted = co_await destinations_.remove(std::move(who), std::move(name));
    if (!deleted) co_return std::unexpected(error_of(deleted.error()));
    co_return boost::json::object{};
}

}  // namespace ingestor::awsapi::events
