#include "bus/destinations/connection_operations.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/uuid.hpp"
#include "bus/destinations/checks.hpp"
#include "bus/operators.hpp"

namespace ingestor::bus::destinations {

namespace {

std::unexpected<Error> no_connection(const std::string& name) {
    return fail(Errc::not_found, fmt::format("Failed to describe the connection(s). Connection "
                                             "'{}' does not exist.",
                                             name));
}

/// Takes what is given, or leaves what was there. Errors: invalid_argument (it is to be there).
Result<std::monostate> take(const std::optional<std::string>& given, std::string_view name,
                            std::string& to) {
    if (given) to = *given;
    if (!to.empty()) return std::monostate{};
    return fail(Errc::invalid_argument,
                fmt::format("Parameter AuthParameters is not valid. Reason: {} is required.", name),
                std::string(name));
}

template <class Kind>
Kind known_as(const ports::Connection& connection) {
    const auto* known = std::get_if<Kind>(&connection.authorization);
    return known != nullptr && connection.has_secrets ? *known : Kind();
}

Result<ports::Authorization> changed(const ports::Connection& connection,
                                     const AuthorizationChange& change) {
    Result<std::monostate> good;
    const auto require = [&good](const std::optional<std::string>& given, std::string_view name,
                                 std::string& to) {
        if (good) good = take(given, name, to);
    };
    ports::Authorization authorization;
    switch (change.kind) {
        case AuthorizationKind::basic: {
            auto basic = known_as<ports::BasicAuthorization>(connection);
            require(change.username, "BasicAuthParameters.Username", basic.username);
            require(change.password, "BasicAuthParameters.Password", basic.password);
            authorization = std::move(basic);
            break;
        }
        case AuthorizationKind::api_key: {
            auto key = known_as<ports::ApiKeyAuthorization>(connection);
            require(change.api_key_name, "ApiKeyAuthParameters.ApiKeyName", key.name);
            require(change.api_key_value, "ApiKeyAuthParameters.ApiKeyValue", key.value);
            if (good) good = check_header(key.name, key.value);
            authorization = std::move(key);
            break;
        }
        case AuthorizationKind::oauth: {
            auto client = known_as<ports::OAuthAuthorization>(connection);
            require(change.client_id, "OAuthParameters.ClientParameters.ClientID",
                    client.client_id);
            require(change.client_secret, "OAuthParameters.ClientParameters.ClientSecret",
                    client.client_secret);
            require(change.endpoint, "OAuthParameters.AuthorizationEndpoint", client.endpoint);
            require(change.method, "OAuthParameters.HttpMethod", client.method);
            if (change.oauth_parameters) client.parameters = *change.oauth_parameters;
            if (good) good = check_endpoint(client.endpoint, "AuthorizationEndpoint");
            authorization = std::move(client);
            break;
        }
    }
    if (!good) return std::unexpected(std::move(good.error()));
    return authorization;
}

Result<std::monostate> apply(ConnectionSettings settings, ports::Connection& connection) {
    if (settings.authorization) {
        auto authorization = changed(connection, *settings.authorization);
        if (!authorization) return std::unexpected(std::move(authorization.error()));
        connection.authorization = std::move(*authorization);
        connection.has_secrets = true;
    }
    if (settings.description) connection.description = std::move(*settings.description);
    if (settings.parameters) {
        for (const auto& [key, value, secret] : settings.parameters->headers) {
            if (auto good = check_header(key, value); !good) return good;
        }
        connection.parameters = std::move(*settings.parameters);
    }
    return std::monostate{};
}

bool has_oauth(const ports::Connection& connection) {
    return std::holds_alternative<ports::OAuthAuthorization>(connection.authorization);
}

}  // namespace

auto ConnectionOperations::put(ports::Connection connection, bool ask_for_token)
    -> Answer<ports::Connection> {
    connection.modified_at = clock_.now();
    if (ask_for_token && has_oauth(connection)) {
        connection.state = ports::ConnectionState::authorizing;
        connection.state_reason.clear();
    } else if (ask_for_token) {
        connection.state = ports::ConnectionState::authorized;
        connection.state_reason.clear();
        connection.authorized_at = connection.modified_at;
    }
    const auto put = co_await destinations_.put(connection);
    if (!put) co_return std::unexpected(put.error());
    if (ask_for_token && has_oauth(connection)) tokens_.ask(connection);
    co_return connection;
}

auto ConnectionOperations::create(ports::Principal who, std::string name,
                                  ConnectionSettings settings) -> Answer<ports::Connection> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    const auto lock = co_await destinations_.lock();
    if (destinations_.find_connection(name) != nullptr) {
        co_return fail(Errc::conflict, fmt::format("Connection {} already exists.", name));
    }
    if (destinations_.connections().size() >= kConnectionsMax) {
        co_return fail(Errc::too_large,
                       "The requested resource exceeds the maximum number allowed.");
    }
    ports::Connection connection{.name = std::move(name), .id = uuid_v4()};
    connection.created_at = clock_.now();
    if (auto applied = apply(std::move(settings), connection); !applied) {
        co_return std::unexpected(std::move(applied.error()));
    }
    co_return co_await put(std::move(connection), true);
}

auto ConnectionOperations::update(ports::Principal who, std::string name,
                                  ConnectionSettings settings) -> Answer<ports::Connection> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    const auto lock = co_await destinations_.lock();
    const auto* known = destinations_.find_connection(name);
    if (known == nullptr) co_return no_connection(name);
    auto connection = *known;
    const bool authorizes = settings.authorization.has_value();
    if (auto applied = apply(std::move(settings), connection); !applied) {
        co_return std::unexpected(std::move(applied.error()));
    }
    co_return co_await put(std::move(connection), authorizes);
}

auto ConnectionOperations::deauthorize(ports::Principal who, std::string name)
    -> Answer<ports::Connection> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    const auto lock = co_await destinations_.lock();
    const auto* known = destinations_.find_connection(name);
    if (known == nullptr) co_return no_connection(name);
    auto connection = *known;
    // What it authorised by is still told, but for the secrets.
    if (auto* basic = std::get_if<ports::BasicAuthorization>(&connection.authorization)) {
        basic->password.clear();
    } else if (auto* key = std::get_if<ports::ApiKeyAuthorization>(&connection.authorization)) {
        key->value.clear();
    } else {
        std::get<ports::OAuthAuthorization>(connection.authorization).client_secret.clear();
    }
    connection.parameters = {};
    connection.has_secrets = false;
    connection.state = ports::ConnectionState::deauthorized;
    connection.state_reason.clear();
    tokens_.forget(connection);
    co_return co_await put(std::move(connection), false);
}

auto ConnectionOperations::remove(ports::Principal who, std::string name)
    -> Answer<ports::Connection> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    const auto lock = co_await destinations_.lock();
    const auto* known = destinations_.find_connection(name);
    if (known == nullptr) co_return no_connection(name);
    auto removed = *known;
    tokens_.forget(removed);
    const auto deleted = co_await destinations_.remove_connection(std::move(name));
    if (!deleted) co_return std::unexpected(deleted.error());
    co_return removed;
}

Result<ports::Connection> ConnectionOperations::find(const ports::Principal& who,
                                                     const std::string& name) const {
    if (const auto allowed = check_operator(who); !allowed) {
        return std::unexpected(allowed.error());
    }
    const auto* known = destinations_.find_connection(name);
    if (known == nullptr) return no_connection(name);
    return *known;
}

Result<std::vector<ports::Connection>> ConnectionOperations::list(
    const ports::Principal& who) const {
    if (const auto allowed = check_operator(who); !allowed) {
        return std::unexpected(allowed.error());
    }
    std::vector<ports::Connection> connections;
    for (const auto& [name, each] : destinations_.connections()) connections.push_back(each);
    return connections;
}

}  // namespace ingestor::bus::destinations
