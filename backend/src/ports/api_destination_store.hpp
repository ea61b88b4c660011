#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/time.hpp"

namespace ingestor::ports {

/// A header, a parameter of the query or a member of the body that a connection adds to requests.
struct ConnectionParameter {
    std::string key;
    std::string value;
    bool is_secret = false;  ///< The value is not told.
    friend bool operator==(const ConnectionParameter&, const ConnectionParameter&) = default;
};
struct ConnectionParameters {
    std::vector<ConnectionParameter> headers = {};
    std::vector<ConnectionParameter> query = {};
    std::vector<ConnectionParameter> body = {};
    friend bool operator==(const ConnectionParameters&, const ConnectionParameters&) = default;
};

/// RFC 7617.
struct BasicAuthorization {
    std::string username;
    std::string password;
    friend bool operator==(const BasicAuthorization&, const BasicAuthorization&) = default;
};
/// A header with a key in it.
struct ApiKeyAuthorization {
    std::string name;
    std::string value;
    friend bool operator==(const ApiKeyAuthorization&, const ApiKeyAuthorization&) = default;
};
/// Client credentials (RFC 6749, section 4.4).
struct OAuthAuthorization {
    std::string client_id;
    std::string client_secret;
    std::string endpoint;
    std::string method = "POST";
    ConnectionParameters parameters = {};  ///< Of the request for a token.
    friend bool operator==(const OAuthAuthorization&, const OAuthAuthorization&) = default;
};
using Authorization = std::variant<BasicAuthorization, ApiKeyAuthorization, OAuthAuthorization>;

/// The numbers stand in the tables.
enum class ConnectionState : std::uint8_t {
    authorizing = 0,  ///< No token has come yet.
    authorized = 1,
    deauthorized = 2,  ///< A token was refused, or the secrets have been removed.
};

/// How an endpoint is authorised at ("Connections" in the EventBridge user guide).
struct Connection {
    std::string name;
    std::string id = {};  ///< A UUID, another for every connection that is made.
    std::string description = {};
    Authorization authorization = {};
    bool has_secrets = true;  ///< False once it has been deauthorized: they are gone.
    ConnectionParameters parameters = {};
    ConnectionState state = ConnectionState::authorized;
    std::string state_reason = {};
    TimePoint created_at = {};
    TimePoint modified_at = {};
    std::optional<TimePoint> authorized_at = {};
    friend bool operator==(const Connection&, const Connection&) = default;
};

/// An HTTP endpoint that rules have as a target ("API destinations").
struct ApiDestination {
    std::string name;
    std::string id = {};  ///< A UUID, another for every destination that is made.
    std::string description = {};
    std::string connection_arn = {};
    std::string endpoint = {};  ///< A `*` is the place of a path parameter.
    std::string method = "POST";
    std::uint32_t rate_max = 300;  ///< Invocations a second.
    TimePoint created_at = {};
    TimePoint modified_at = {};
    friend bool operator==(const ApiDestination&, const ApiDestination&) = default;
};

/// Connections, with their secrets, and API destinations. A change is durable on return. Call from
/// the I/O executor only. Any call may fail as unavailable.
class ApiDestinationStore {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    virtual ~ApiDestinationStore() = default;

    /// By name.
    virtual Answer<std::vector<Connection>> connections() = 0;
    /// In place of one of that name.
    virtual Answer<std::monostate> put_connection(Connection connection) = 0;
    virtual Answer<std::monostate> delete_connection(std::string name) = 0;

    /// By name.
    virtual Answer<std::vector<ApiDestination>> destinations() = 0;
    /// In place of one of that name.
    virtual Answer<std::monostate> put_destination(ApiDestination destination) = 0;
    virtual Answer<std::monostate> delete_destination(std::string name) = 0;
};

}  // namespace ingestor::ports
