#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

#include "identity/claims.hpp"
#include "identity/jwks_source.hpp"
#include "identity/token_cache.hpp"
#include "ports/clock.hpp"
#include "ports/token_verifier.hpp"

namespace ingestor {

/// Tells who the bearer of a JSON Web Token is.
///
/// How it works: parse_token reads the token strictly and settles the algorithm; a JwksSource finds
/// the key that it names among the issuer's own; the key verifies the received bytes; check_claims
/// holds what they say against the rules. Each step fails closed. A token that passed is remembered
/// until it expires, the issuer's keys change, or `remember_max` is over (so that a key which the
/// issuer withdrew is noticed), and costs a hash and a comparison from then on.
class JwtVerifier final : public TokenVerifier {
public:
    struct Options {
        std::size_t remembered_tokens_max = 8192;
        std::chrono::seconds remember_max{600};
    };

    /// `keys` and `clock` must outlive the verifier. Errors: invalid_argument (see check_rules).
    [[nodiscard]] static Result<std::unique_ptr<JwtVerifier>> create(TokenRules rules,
                                                                     JwksSource& keys,
                                                                     const Clock& clock,
                                                                     Options options);
    [[nodiscard]] static Result<std::unique_ptr<JwtVerifier>> create(TokenRules rules,
                                                                     JwksSource& keys,
                                                                     const Clock& clock) {
        return create(std::move(rules), keys, clock, Options());
    }

    boost::asio::awaitable<Result<Principal>> verify(std::string_view token) override;

private:
    JwtVerifier(TokenRules rules, JwksSource& keys, const Clock& clock, Options options);

    TokenRules rules_;
    JwksSource& keys_;
    const Clock& clock_;
    Options options_;
    TokenCache remembered_;
};

}  // namespace ingestor
