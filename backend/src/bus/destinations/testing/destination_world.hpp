#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "async/testing/spawned_task.hpp"
#include "bus/destinations/api_destinations.hpp"
#include "bus/destinations/connection_operations.hpp"
#include "bus/destinations/destination_operations.hpp"
#include "bus/destinations/oauth_tokens.hpp"
#include "memory/manual_clock.hpp"
#include "ports/http_caller.hpp"
#include "telemetry/log.hpp"

namespace ingestor::bus::destinations::testing {

class InMemoryStore final : public ports::ApiDestinationStore {
public:
    Answer<std::vector<ports::Connection>> connections() override {
        std::vector<ports::Connection> out;
        for (const auto& [name, each] : connections_) out.push_back(each);
        co_return out;
    }
    Answer<std::monostate> put_connection(ports::Connection connection) override {
        if (failure) co_return std::unexpected(*failure);
        connections_.insert_or_assign(connection.name, connection);
        co_return std::monostate{};
    }
    Answer<std::monostate> delete_connection(std::string name) override {
        if (failure) co_return std::unexpected(*failure);
        connections_.erase(name);
        co_return std::monostate{};
    }
    Answer<std::vector<ports::ApiDestination>> destinations() override {
        std::vector<ports::ApiDestination> out;
        for (const auto& [name, each] : destinations_) out.push_back(each);
        co_return out;
    }
    Answer<std::monostate> put_destination(ports::ApiDestination destination) override {
        if (failure) co_return std::unexpected(*failure);
        destinations_.insert_or_assign(destination.name, destination);
        co_return std::monostate{};
    }
    Answer<std::monostate> delete_destination(std::string name) override {
        if (failure) co_return std::unexpected(*failure);
        destinations_.erase(name);
        co_return std::monostate{};
    }

    std::optional<Error> failure;

private:
    std::map<std::string, ports::Connection> connections_;
    std::map<std::string, ports::ApiDestination> destinations_;
};

/// Answers as its script says, and keeps what it was sent.
class ScriptedCaller final : public ports::HttpCaller {
public:
    boost::asio::awaitable<Result<ports::IncomingAnswer>> call(
        ports::OutgoingRequest request) override {
        requests.push_back(request);
        co_return script(request);
    }

    std::function<Result<ports::IncomingAnswer>(const ports::OutgoingRequest&)> script =
        [](const ports::OutgoingRequest&) { return ports::IncomingAnswer{.status = 200}; };
    std::vector<ports::OutgoingRequest> requests;
};

/// Destinations as one process has them, over a store that outlives it.
struct DestinationWorld {
    template <class Value>
    Value run(boost::asio::awaitable<Value> task) {
        return async::testing::run_to_end(io, std::move(task));
    }

    ports::Connection connection(const std::string& name, AuthorizationChange authorization,
                                 ports::ConnectionParameters parameters = {}) {
        auto made = run(connections.create(
            who, name,
            {.authorization = std::move(authorization), .parameters = std::move(parameters)}));
        return made ? *made : throw std::runtime_error(made.error().message);
    }
    ports::ApiDestination destination(const std::string& name, const ports::Connection& over,
                                      const std::string& endpoint,
                                      const std::string& method = "POST") {
        auto made =
            run(operations.create(who, name,
                                  {.connection_arn = names.connection_arn(over.name, over.id),
                                   .endpoint = endpoint,
                                   .method = method}));
        return made ? *made : throw std::runtime_error(made.error().message);
    }

    boost::asio::io_context io;
    domain::Names names;
    InMemoryStore store;
    memory::ManualClock clock;
    telemetry::Log log{telemetry::LogFormat::json, telemetry::LogLevel::error};
    ScriptedCaller caller;
    ApiDestinations destinations{io.get_executor(), store, clock, names};
    OAuthTokens tokens{{io.get_executor(), caller, destinations, clock, log}};
    ConnectionOperations connections{destinations, tokens, clock};
    DestinationOperations operations{destinations, clock};
    ports::Principal who{.user_id = domain::UserId("local"), .is_operator = true};
};

inline const AuthorizationChange kBasic{
    .kind = AuthorizationKind::basic, .username = "ada", .password = "lovelace"};
inline const AuthorizationChange kKey{
    .kind = AuthorizationKind::api_key, .api_key_name = "X-Api-Key", .api_key_value = "k-1"};
inline const AuthorizationChange kOAuth{.kind = AuthorizationKind::oauth,
                                        .client_id = "id",
                                        .client_secret = "s&cret",
                                        .endpoint = "https://issuer.example/token",
                                        .method = "POST"};

}  // namespace ingestor::bus::destinations::testing
