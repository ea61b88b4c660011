#include "identity/jwt_verifier.hpp"

#include <algorithm>

#include "async/offload.hpp"

namespace ingestor::identity {

namespace asio = boost::asio;

Result<std::unique_ptr<JwtVerifier>> JwtVerifier::create(TokenRules rules, JwksSource& keys,
                                                         const ports::Clock& clock,
                                                         std::optional<Revocation> revocation,
                                                         Options options) {
    if (auto good = check_rules(rules); !good) return std::unexpected(std::move(good.error()));
    return std::unique_ptr<JwtVerifier>(
        new JwtVerifier(std::move(rules), keys, clock, std::move(revocation), options));
}

JwtVerifier::JwtVerifier(TokenRules rules, JwksSource& keys, const ports::Clock& clock,
                         std::optional<Revocation> revocation, Options options)
    : rules_(std::move(rules)),
      keys_(keys),
      clock_(clock),
      revocation_(std::move(revocation)),
      options_(options),
      remembered_(options.remembered_tokens_max) {
    if (revocation_) revoked_.emplace(revocation_->file);
}

asio::awaitable<Result<ports::Principal>> JwtVerifier::verify(std::string_view token) {
    auto who = co_await verify_unrevoked(token);
    if (!who) co_return who;
    const auto revoked = is_revoked(*who);
    if (!revoked) co_return std::unexpected(revoked.error());
    if (*revoked) {
        co_return fail(Errc::unauthenticated, "the token was revoked: sign in again", "jti");
    }
    co_return who;
}

bool JwtVerifier::still_holds(const ports::Principal& who) {
    if (who.expires_at && clock_.now() >= *who.expires_at) return false;
    const auto revoked = is_revoked(who);
    return revoked && !*revoked;
}

Result<bool> JwtVerifier::is_revoked(const ports::Principal& who) {
    if (!revoked_ || !who.token) return false;
    return revoked_->contains(*who.token);
}

asio::awaitable<Result<std::monostate>> JwtVerifier::revoke(ports::Principal who) {
    if (!revocation_ || !who.token) co_return std::monostate{};
    auto write = [file = revocation_->file, token = *who.token, expires_at = who.expires_at,
                  now = clock_.now()] {
        return RevokedTokens::revoke(file, token, expires_at, now);
    };
    const auto written = co_await async::offload(revocation_->blocking, std::move(write));
    if (!written) co_return std::unexpected(written.error());
    co_return std::monostate{};
}

asio::awaitable<Result<ports::Principal>> JwtVerifier::verify_unrevoked(std::string_view token) {
    if (auto known = remembered_.find(token, keys_.generation(), clock_.now())) {
        co_return std::move(*known);
    }

    const auto parsed = parse_token(token);
    if (!parsed) co_return std::unexpected(parsed.error());

    const auto key = co_await keys_.find(parsed->key_id, parsed->algorithm);
    if (!key) co_return std::unexpected(key.error());
    // Taken together with the key: a later change must not be credited to this verification.
    const auto generation = keys_.generation();
    if (!(*key)->verifies(token, *parsed)) {
        co_return fail(Errc::unauthenticated, "the token's signature does not verify");
    }

    // The fetch of a key may have taken seconds, so the time is read after it.
    const TimePoint now = clock_.now();
    auto verified = check_claims(parsed->claims, rules_, now);
    if (!verified) co_return std::unexpected(std::move(verified.error()));

    auto& principal = verified->principal;
    principal.token = ports::TokenIdentity{.id = token_id(parsed->claims, token),
                                           .user_id = principal.user_id,
                                           .issued_at = verified->issued_at};
    const TimePoint remembered_until =
        std::min<TimePoint>(verified->valid_until, now + options_.remember_max);
    remembered_.put(token, principal, generation, remembered_until);
    co_return std::move(principal);
}

}  // namespace ingestor::identity
