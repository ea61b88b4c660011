#include "identity/jwt_verifier.hpp"

#include <algorithm>

namespace ingestor {

namespace asio = boost::asio;

Result<std::unique_ptr<JwtVerifier>> JwtVerifier::create(TokenRules rules, JwksSource& keys,
                                                         const Clock& clock, Options options) {
    if (auto good = check_rules(rules); !good) return std::unexpected(std::move(good.error()));
    return std::unique_ptr<JwtVerifier>(new JwtVerifier(std::move(rules), keys, clock, options));
}

JwtVerifier::JwtVerifier(TokenRules rules, JwksSource& keys, const Clock& clock, Options options)
    : rules_(std::move(rules)),
      keys_(keys),
      clock_(clock),
      options_(options),
      remembered_(options.remembered_tokens_max) {}

asio::awaitable<Result<Principal>> JwtVerifier::verify(std::string_view token) {
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

    const TimePoint remembered_until =
        std::min<TimePoint>(verified->valid_until, now + options_.remember_max);
    remembered_.put(token, verified->principal, generation, remembered_until);
    co_return std::move(verified->principal);
}

}  // namespace ingestor
