#include "oidc_identity.hpp"

#include <utility>

#include "identity/cognito.hpp"

namespace ingestor {

Result<std::unique_ptr<OidcIdentity>> OidcIdentity::create(boost::asio::any_io_executor executor,
                                                           httpclient::HttpClient& http,
                                                           const ports::Clock& clock,
                                                           telemetry::Log& log, Options options) {
    identity::TokenRules rules;
    identity::OidcJwksSource::Options source{.issuer = options.issuer};
    if (!options.user_pool.empty()) {
        auto pool = identity::cognito_pool(options.user_pool, options.cognito_endpoint);
        if (!pool) return std::unexpected(pool.error());
        source.issuer = pool->issuer;
        source.jwks_url = pool->jwks_url;
        source.discovery_url = pool->discovery_url;
        rules.uses = {identity::TokenUse::access, identity::TokenUse::id};
        if (options.audience.empty()) rules.client_check = identity::ClientCheck::any_of_pool;
    }
    if (source.issuer.empty()) {
        return fail(Errc::invalid_argument,
                    "sign-in elsewhere needs an issuer: give --oidc-issuer (OIDC_ISSUER) or "
                    "--user-pool (COGNITO_USER_POOL_ID)");
    }
    if (options.audience.empty() && options.user_pool.empty()) {
        return fail(Errc::invalid_argument,
                    "sign-in elsewhere needs to know for whom tokens must be: give "
                    "--oidc-audience (COGNITO_CLIENT_ID)");
    }
    rules.issuer = source.issuer;
    rules.operators_group = std::move(options.operators_group);
    if (!options.audience.empty()) rules.clients = {options.audience};
    source.on_fetch_failed = [&log](const Error& error) {
        log.warn("the issuer's keys could not be fetched", {{"error", error.message}});
    };

    std::unique_ptr<OidcIdentity> identity(new OidcIdentity());
    identity->issuer_ = source.issuer;
    identity->audience_ = std::move(options.audience);
    auto keys =
        identity::OidcJwksSource::create(std::move(executor), http, clock, std::move(source));
    if (!keys) return std::unexpected(keys.error());
    identity->keys_ = std::move(*keys);
    auto verifier = identity::JwtVerifier::create(std::move(rules), *identity->keys_, clock,
                                                  std::move(options.revocation));
    if (!verifier) return std::unexpected(verifier.error());
    identity->verifier_ = std::move(*verifier);
    return identity;
}

boost::asio::awaitable<Result<api::OidcClient>> OidcIdentity::client() {
    const auto endpoints = co_await keys_->endpoints();
    if (!endpoints) co_return std::unexpected(endpoints.error());
    api::OidcClient client{.issuer = issuer_,
                           .client_id = std::nullopt,
                           .authorization_endpoint = endpoints->authorization,
                           .token_endpoint = endpoints->token,
                           .end_session_endpoint = endpoints->end_session};
    if (!audience_.empty()) client.client_id = audience_;
    co_return client;
}

}  // namespace ingestor
