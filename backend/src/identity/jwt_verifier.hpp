#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include <boost/asio/thread_pool.hpp>

#include "identity/claims.hpp"
#include "identity/jwks_source.hpp"
#include "identity/revoked_tokens.hpp"
#include "identity/token_cache.hpp"
#include "ports/clock.hpp"
#include "ports/token_verifier.hpp"

namespace ingestor::identity {

/// Tells who the bearer of a JSON Web Token is.
///
/// How it works: parse_token reads the token strictly and settles the algorithm; a JwksSource finds
/// the key that it names among the issuer's own; the key verifies the received bytes; check_claims
/// holds what they say against the rules. Each step fails closed. A token that passed is remembered
/// until it expires, the issuer's keys change, or `remember_max` is over (so that a key which the
/// issuer withdrew is noticed), and costs a hash and a comparison from then on; whether it was
/// revoked is asked each time.
class JwtVerifier final : public ports::TokenVerifier {
public:
    struct Options {
        std::size_t remembered_tokens_max = 8192;
        std::chrono::seconds remember_max{600};
    };
    /// Where revoked tokens are kept, by a thread that may block.
    struct Revocation {
        std::filesystem::path file;
        boost::asio::thread_pool& blocking;
    };

    /// `keys` and `clock` must outlive the verifier. Without a `revocation` tokens hold until they
    /// expire. Errors: invalid_argument (see check_rules).
    [[nodiscard]] static Result<std::unique_ptr<JwtVerifier>> create(
        TokenRules rules, JwksSource& keys, const ports::Clock& clock,
        std::optional<Revocation> revocation, Options options);
    [[nodiscard]] static Result<std::unique_ptr<JwtVerifier>> create(
        TokenRules rules, JwksSource& keys, const ports::Clock& clock,
        std::optional<Revocation> revocation = {}) {
        return create(std::move(rules), keys, clock, std::move(revocation), Options());
    }

    boost::asio::awaitable<Result<ports::Principal>> verify(std::string_view token) override;
    [[nodiscard]] bool still_holds(const ports::Principal& who) override;
    boost::asio::awaitable<Result<std::monostate>> revoke(ports::Principal who) override;

private:
    JwtVerifier(TokenRules rules, JwksSource& keys, const ports::Clock& clock,
                std::optional<Revocation> revocation, Options options);

    boost::asio::awaitable<Result<ports::Principal>> verify_unrevoked(std::string_view token);
    [[nodiscard]] Result<bool> is_revoked(const ports::Principal& who);

    TokenRules rules_;
    JwksSource& keys_;
    const ports::Clock& clock_;
    std::optional<Revocation> revocation_;
    std::optional<RevokedTokens> revoked_;
    Options options_;
    TokenCache remembered_;
};

}  // namespace ingestor::identity
