#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "bus/destinations/api_destinations.hpp"
#include "bus/destinations/oauth_tokens.hpp"
#include "ports/api_destination_store.hpp"
#include "ports/clock.hpp"
#include "ports/token_verifier.hpp"

namespace ingestor::bus::destinations {

/// "API destination quotas".
inline constexpr std::size_t kConnectionsMax = 3'000;

enum class AuthorizationKind { basic, api_key, oauth };

/// How a connection shall authorise; nullopt: as it was.
struct AuthorizationChange {
    AuthorizationKind kind = AuthorizationKind::basic;
    std::optional<std::string> username = {};
    std::optional<std::string> password = {};
    std::optional<std::string> api_key_name = {};
    std::optional<std::string> api_key_value = {};
    std::optional<std::string> client_id = {};
    std::optional<std::string> client_secret = {};
    std::optional<std::string> endpoint = {};
    std::optional<std::string> method = {};
    std::optional<ports::ConnectionParameters> oauth_parameters = {};
};
/// What of a connection is changed; nullopt: it stays.
struct ConnectionSettings {
    std::optional<std::string> description = {};
    std::optional<AuthorizationChange> authorization = {};
    std::optional<ports::ConnectionParameters> parameters = {};
};

/// The use cases of connections, with the words of EventBridge where it refuses. All are for
/// operators. Errors of all: permission_denied, not_found, unavailable; of what sets them:
/// invalid_argument (what is missing of the authorization, an endpoint, a header, a webhook's
/// secret).
class ConnectionOperations {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    /// All outlive this.
    ConnectionOperations(ApiDestinations& destinations, OAuthTokens& tokens,
                         const ports::Clock& clock)
        : destinations_(destinations), tokens_(tokens), clock_(clock) {}

    /// One with OAuth is `authorizing`; its first token is asked for behind the answer. Errors:
    /// conflict (the name is taken), too_large (kConnectionsMax).
    Answer<ports::Connection> create(ports::Principal who, std::string name,
                                     ConnectionSettings settings);
    Answer<ports::Connection> update(ports::Principal who, std::string name,
                                     ConnectionSettings settings);
    /// Removes its secrets. It can be given others by update().
    Answer<ports::Connection> deauthorize(ports::Principal who, std::string name);
    /// Destinations that have it are inactive from then on. Returns what was removed.
    Answer<ports::Connection> remove(ports::Principal who, std::string name);
    [[nodiscard]] Result<ports::Connection> find(const ports::Principal& who,
                                                 const std::string& name) const;
    /// By name.
    [[nodiscard]] Result<std::vector<ports::Connection>> list(const ports::Principal& who) const;

private:
    Answer<ports::Connection> put(ports::Connection connection, bool ask_for_token);

    ApiDestinations& destinations_;
    OAuthTokens& tokens_;
    const ports::Clock& clock_;
};

}  // namespace ingestor::bus::destinations
