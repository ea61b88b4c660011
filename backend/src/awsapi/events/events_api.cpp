#include "awsapi/events/events_api.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "awsapi/events/model.hpp"

namespace ingestor::awsapi::events {

namespace {

/// A call's entries with everything in them escaped once more, as text within text.
constexpr std::uint64_t kBodyBytesMax = std::uint64_t{8} << 20;

}  // namespace

EventsApi::EventsApi(UseCases use_cases, auth::CallerLookup lookup, const ports::Clock& clock,
                     domain::Names names)
    : bus_(use_cases.bus),
      rules_(use_cases.rules),
      archives_(use_cases.archives),
      replays_(use_cases.replays),
      connections_(use_cases.connections),
      destinations_(use_cases.destinations),
      clock_(clock),
      names_(std::move(names)),
      service_({.service = "events",
                .target_prefix = "AWSEvents.",
                .region = names_.region,
                .body_bytes_max = kBodyBytesMax},
               std::move(lookup), clock,
               [this](ports::Principal who, std::string name, boost::json::object body) {
                   return dispatch(std::move(who), std::move(name), std::move(body));
               }) {}

EventsApi::Handler EventsApi::find_handler(std::string_view name) {
    struct Entry {
        std::string_view name;
        Handler handler;
    };
    static constexpr Entry kHandlers[] = {
        {"CancelReplay", &EventsApi::cancel_replay},
        {"CreateApiDestination", &EventsApi::create_api_destination},
        {"CreateArchive", &EventsApi::create_archive},
        {"CreateConnection", &EventsApi::create_connection},
        {"CreateEventBus", &EventsApi::create_event_bus},
        {"DeauthorizeConnection", &EventsApi::deauthorize_connection},
        {"DeleteApiDestination", &EventsApi::delete_api_destination},
        {"DeleteArchive", &EventsApi::delete_archive},
        {"DeleteConnection", &EventsApi::delete_connection},
        {"DeleteEventBus", &EventsApi::delete_event_bus},
        {"DeleteRule", &EventsApi::delete_rule},
        {"DescribeApiDestination", &EventsApi::describe_api_destination},
        {"DescribeArchive", &EventsApi::describe_archive},
        {"DescribeConnection", &EventsApi::describe_connection},
        {"DescribeEventBus", &EventsApi::describe_event_bus},
        {"DescribeReplay", &EventsApi::describe_replay},
        {"DescribeRule", &EventsApi::describe_rule},
        {"DisableRule", &EventsApi::disable_rule},
        {"EnableRule", &EventsApi::enable_rule},
        {"ListApiDestinations", &EventsApi::list_api_destinations},
        {"ListArchives", &EventsApi::list_archives},
        {"ListConnections", &EventsApi::list_connections},
        {"ListEventBuses", &EventsApi::list_event_buses},
        {"ListReplays", &EventsApi::list_replays},
        {"ListRuleNamesByTarget", &EventsApi::list_rule_names_by_target},
        {"ListRules", &EventsApi::list_rules},
        {"ListTagsForResource", &EventsApi::list_tags_for_resource},
        {"ListTargetsByRule", &EventsApi::list_targets_by_rule},
        {"PutEvents", &EventsApi::put_events},
        {"PutPermission", &EventsApi::put_permission},
        {"PutRule", &EventsApi::put_rule},
        {"PutTargets", &EventsApi::put_targets},
        {"RemovePermission", &EventsApi::remove_permission},
        {"RemoveTargets", &EventsApi::remove_targets},
        {"StartReplay", &EventsApi::start_replay},
        {"TagResource", &EventsApi::tag_resource},
        {"TestEventPattern", &EventsApi::test_event_pattern},
        {"UntagResource", &EventsApi::untag_resource},
        {"UpdateApiDestination", &EventsApi::update_api_destination},
        {"UpdateArchive", &EventsApi::update_archive},
        {"UpdateConnection", &EventsApi::update_connection},
        {"UpdateEventBus", &EventsApi::update_event_bus},
    };
    const auto* const found = std::ranges::find(kHandlers, name, &Entry::name);
    return found == std::end(kHandlers) ? nullptr : found->handler;
}

EventsApi::Answer EventsApi::dispatch(ports::Principal who, std::string name,
                                      boost::json::object body) const {
    const auto handler = find_handler(name);
    if (handler == nullptr) {
        co_return json::refuse("UnknownOperationException",
                               fmt::format("{} is not served here.", name));
    }
    json::Violations violations;
    co_return co_await (this->*handler)(std::move(who), json::Input(body, violations));
}

std::string EventsApi::bus_name(json::Input& input, std::string_view member) const {
    auto name = input.text(member, {.min = 1, .max = 1'600});
    if (name.empty()) return std::string(bus::kDefaultBus);
    const auto prefix = bus_arn("");
    if (name.starts_with(prefix)) return name.substr(prefix.size());
    if (!name.starts_with("arn:") && name.find_first_not_of(kBusCharacters) != std::string::npos) {
        input.violations().add(
            "eventBusName", name,
            R"(Member must satisfy regular expression pattern: (arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[\.\-_A-Za-z0-9]+)");
    }
    return name;
}

std::string EventsApi::bus_arn(std::string_view bus) const {
    return names_.event_bus_arn(bus);
}

std::string EventsApi::rule_arn(const ports::RuleKey& key) const {
    return names_.rule_arn(key.bus, key.name);
}

}  // namespace ingestor::awsapi::events
