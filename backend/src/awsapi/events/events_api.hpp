#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "awsapi/auth/caller.hpp"
#include "awsapi/json/input.hpp"
#include "awsapi/json/signed_service.hpp"
#include "bus/archive/archive_operations.hpp"
#include "bus/archive/replay_operations.hpp"
#include "bus/destinations/connection_operations.hpp"
#include "bus/destinations/destination_operations.hpp"
#include "bus/event_bus.hpp"
#include "bus/rules/rule_operations.hpp"
#include "domain/names.hpp"
#include "http/message.hpp"
#include "ports/clock.hpp"

namespace ingestor::awsapi::events {

/// EventBridge's own protocol (API version 2015-10-07, AWS JSON 1.1) over the bus, for operators.
/// What it does not serve is refused: partner sources, global endpoints, and targets of other
/// services than those that run here.
class EventsApi {
public:
    /// What the API is over; all outlive it.
    struct UseCases {
        bus::EventBus& bus;
        bus::rules::RuleOperations& rules;
        bus::archive::ArchiveOperations& archives;
        bus::archive::ReplayOperations& replays;
        bus::destinations::ConnectionOperations& connections;
        bus::destinations::DestinationOperations& destinations;
    };
    /// `clock` outlives it.
    EventsApi(UseCases use_cases, auth::CallerLookup lookup, const ports::Clock& clock,
              domain::Names names);

    [[nodiscard]] bool claims(const http::Request& request) const {
        return service_.claims(request);
    }
    [[nodiscard]] boost::asio::awaitable<http::Response> handle(http::Request& request) const {
        return service_.handle(request);
    }

private:
    using Output = json::Output;
    using Answer = boost::asio::awaitable<Output>;
    using Handler = Answer (EventsApi::*)(ports::Principal who, json::Input input) const;

    Answer dispatch(ports::Principal who, std::string name, boost::json::object body) const;
    [[nodiscard]] static Handler find_handler(std::string_view name);

    // Events.
    Answer put_events(ports::Principal who, json::Input input) const;
    Answer test_event_pattern(ports::Principal who, json::Input input) const;

    // Buses.
    Answer create_event_bus(ports::Principal who, json::Input input) const;
    Answer update_event_bus(ports::Principal who, json::Input input) const;
    Answer describe_event_bus(ports::Principal who, json::Input input) const;
    Answer list_event_buses(ports::Principal who, json::Input input) const;
    Answer delete_event_bus(ports::Principal who, json::Input input) const;
    Answer put_permission(ports::Principal who, json::Input input) const;
    Answer remove_permission(ports::Principal who, json::Input input) const;

    // Rules.
    Answer put_rule(ports::Principal who, json::Input input) const;
    Answer describe_rule(ports::Principal who, json::Input input) const;
    Answer list_rules(ports::Principal who, json::Input input) const;
    Answer enable_rule(ports::Principal who, json::Input input) const;
    Answer disable_rule(ports::Principal who, json::Input input) const;
    Answer delete_rule(ports::Principal who, json::Input input) const;
    Answer list_rule_names_by_target(ports::Principal who, json::Input input) const;
    Answer set_enabled(ports::Principal who, json::Input input, bool enabled) const;

    // Targets.
    Answer put_targets(ports::Principal who, json::Input input) const;
    Answer remove_targets(ports::Principal who, json::Input input) const;
    Answer list_targets_by_rule(ports::Principal who, json::Input input) const;

    // Archives.
    Answer create_archive(ports::Principal who, json::Input input) const;
    Answer update_archive(ports::Principal who, json::Input input) const;
    Answer describe_archive(ports::Principal who, json::Input input) const;
    Answer list_archives(ports::Principal who, json::Input input) const;
    Answer delete_archive(ports::Principal who, json::Input input) const;

    // Replays.
    Answer start_replay(ports::Principal who, json::Input input) const;
    Answer describe_replay(ports::Principal who, json::Input input) const;
    Answer list_replays(ports::Principal who, json::Input input) const;
    Answer cancel_replay(ports::Principal who, json::Input input) const;

    // Connections.
    Answer create_connection(ports::Principal who, json::Input input) const;
    Answer update_connection(ports::Principal who, json::Input input) const;
    Answer describe_connection(ports::Principal who, json::Input input) const;
    Answer list_connections(ports::Principal who, json::Input input) const;
    Answer deauthorize_connection(ports::Principal who, json::Input input) const;
    Answer delete_connection(ports::Principal who, json::Input input) const;

    // API destinations.
    Answer create_api_destination(ports::Principal who, json::Input input) const;
    Answer update_api_destination(ports::Principal who, json::Input input) const;
    Answer describe_api_destination(ports::Principal who, json::Input input) const;
    Answer list_api_destinations(ports::Principal who, json::Input input) const;
    Answer delete_api_destination(ports::Principal who, json::Input input) const;

    // Tags.
    Answer tag_resource(ports::Principal who, json::Input input) const;
    Answer untag_resource(ports::Principal who, json::Input input) const;
    Answer list_tags_for_resource(ports::Principal who, json::Input input) const;

    /// The bus that a member names, by name or ARN; the default one where it is not there.
    [[nodiscard]] std::string bus_name(json::Input& input, std::string_view member) const;
    [[nodiscard]] std::string bus_arn(std::string_view bus) const;
    [[nodiscard]] std::string rule_arn(const ports::RuleKey& key) const;
    [[nodiscard]] boost::json::object to_json(const ports::Rule& rule) const;
    [[nodiscard]] boost::json::object to_json(const ports::EventBusRecord& bus) const;
    [[nodiscard]] boost::json::object to_json(const ports::Archive& archive) const;
    [[nodiscard]] boost::json::object to_json(const ports::Replay& replay) const;
    /// What is told of every connection and destination; to_entry(): of a destination all but
    /// its description.
    [[nodiscard]] boost::json::object to_json(const ports::Connection& connection) const;
    [[nodiscard]] boost::json::object to_json(const ports::ApiDestination& destination) const;
    [[nodiscard]] boost::json::object to_entry(const ports::ApiDestination& destination) const;
    /// nullopt: it is no ARN of a bus here.
    [[nodiscard]] std::optional<std::string> bus_of_arn(std::string_view arn) const;
    /// What an ARN of tags names; the rule is empty where that is a bus.
    [[nodiscard]] ports::RuleKey resource_of(json::Input& input) const;

    bus::EventBus& bus_;
    bus::rules::RuleOperations& rules_;
    bus::archive::ArchiveOperations& archives_;
    bus::archive::ReplayOperations& replays_;
    bus::destinations::ConnectionOperations& connections_;
    bus::destinations::DestinationOperations& destinations_;
    const ports::Clock& clock_;
    domain::Names names_;
    json::SignedService service_;
};

}  // namespace ingestor::awsapi::events
