#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/ids.hpp"
#include "ports/token_verifier.hpp"

namespace ingestor::identity {

/// Cognito's `token_use`.
enum class TokenUse { access, id };

/// Whose tokens are taken: those of the clients named, or those of every client of the issuer.
/// The second is for a Cognito user pool that holds this application alone.
enum class ClientCheck { named, any_of_pool };

/// Which tokens of an issuer are good here.
struct TokenRules {
    std::string issuer;                ///< Compared with `iss` byte by byte.
    std::vector<std::string> clients;  ///< Accepted in `aud`, `client_id` or `azp`.
    /// The kinds accepted, told apart by `token_use`: an access token names its client in
    /// `client_id`, an ID token in `aud`. Empty for plain OpenID Connect, which has no `token_use`:
    /// then `aud` names the client, or `azp` does in a token without `aud`.
    std::vector<TokenUse> uses;
    ClientCheck client_check = ClientCheck::named;
    /// The users who are operators, and the group whose members are; empty: none.
    std::vector<domain::UserId> operators = {};
    std::string operators_group = {};
    std::chrono::seconds leeway{60};  ///< For clocks that disagree, either way.
};

/// Refuses rules that would take tokens meant for others. Errors: invalid_argument.
[[nodiscard]] Result<void> check_rules(const TokenRules& rules);

struct VerifiedClaims {
    ports::Principal principal;  ///< All but which token it was.
    TimePoint issued_at;         ///< The epoch, where the token does not say.
    TimePoint valid_until;       ///< `exp` and the leeway: from then on the token is refused.
};

/// The scope of a token that may read the metrics alone.
inline constexpr std::string_view kMetricsScope = "metrics";

/// Holds the claims of a token whose signature was verified against `rules` at `now`. Times are
/// whole seconds up to the year 9999. Errors: unauthenticated, with the claim's name in `field`.
[[nodiscard]] Result<VerifiedClaims> check_claims(const boost::json::object& claims,
                                                  const TokenRules& rules, TimePoint now);

/// The user that a `sub` stands for. Letters, digits and `-_.~@:|+=` stay as they are; all else is
/// percent-encoded, because the id is one segment of object keys and a `/` in it would reach into
/// another user's. Errors: invalid_argument (empty, over 255 bytes, control characters, not UTF-8).
[[nodiscard]] Result<domain::UserId> user_of_subject(std::string_view subject);

}  // namespace ingestor::identity
