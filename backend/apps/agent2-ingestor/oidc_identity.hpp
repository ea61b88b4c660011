#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "api/api.hpp"
#include "base/result.hpp"
#include "httpclient/http_client.hpp"
#include "identity/jwt_verifier.hpp"
#include "identity/oidc_jwks_source.hpp"
#include "ports/clock.hpp"
#include "ports/token_verifier.hpp"
#include "telemetry/log.hpp"

namespace ingestor {

/// People of an issuer elsewhere: any of OpenID Connect, or a Cognito user pool.
class OidcIdentity {
public:
    struct Options {
        std::string issuer;                ///< Or from the user pool.
        std::string audience;              ///< The client id that tokens must name.
        std::string user_pool;             ///< Of Cognito; empty: none.
        std::string cognito_endpoint;      ///< In place of AWS's, for local stand-ins.
        std::string operators_group = {};  ///< Its members are operators; empty: nobody is.
        std::optional<identity::JwtVerifier::Revocation> revocation = {};
    };

    /// What is passed by reference outlives it. Errors: invalid_argument (no issuer or audience is
    /// named, or the address is not one that may be asked for keys).
    [[nodiscard]] static Result<std::unique_ptr<OidcIdentity>> create(
        boost::asio::any_io_executor executor, httpclient::HttpClient& http,
        const ports::Clock& clock, telemetry::Log& log, Options options);

    [[nodiscard]] ports::TokenVerifier& verifier() { return *verifier_; }
    /// Where the page sends people to sign in. Errors: unavailable.
    [[nodiscard]] boost::asio::awaitable<Result<api::OidcClient>> client();

    /// Fetches the issuer's keys ahead of the first token.
    void start() { keys_->start(); }
    boost::asio::awaitable<void> stop() { return keys_->stop(); }

private:
    OidcIdentity() = default;

    std::string issuer_;
    std::string audience_;
    std::unique_ptr<identity::OidcJwksSource> keys_;
    std::unique_ptr<ports::TokenVerifier> verifier_;
};

}  // namespace ingestor
