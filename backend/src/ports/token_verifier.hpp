#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/ids.hpp"

namespace ingestor::ports {

/// Which token it was, so that it can be ended before its time.
struct TokenIdentity {
    std::string id;  ///< Of the token alone; never the token itself.
    domain::UserId user_id;
    TimePoint issued_at;  ///< The epoch, where the token does not say.
};

/// What the bearer of a token may ask for.
enum class TokenScope {
    everything,  ///< Whatever its user may.
    metrics,     ///< `/metrics` and nothing else: for a scraper.
};

/// Who calls.
struct Principal {
    domain::UserId user_id;
    /// When the token ends that says so; nullopt: whoever calls needs none.
    std::optional<TimePoint> expires_at = {};
    /// May look after the service itself: its rules and dead letters, not other users' jobs.
    bool is_operator = false;
    TokenScope scope = TokenScope::everything;
    std::optional<TokenIdentity> token = {};  ///< nullopt: whoever calls needs none.
};

/// Tells who the bearer of a token is.
class TokenVerifier {
public:
    virtual ~TokenVerifier() = default;

    /// Errors: unauthenticated (with a reason fit for the caller), unavailable (the issuer's keys
    /// could not be had). Call from the I/O executor only.
    virtual boost::asio::awaitable<Result<Principal>> verify(std::string_view token) = 0;

    /// Whether what verify() said still holds: false once the token has expired or was revoked, and
    /// while that cannot be told. Call from the I/O executor only.
    [[nodiscard]] virtual bool still_holds(const Principal& who) = 0;

    /// Ends the caller's token before its time. On return that is durable. Nothing happens where no
    /// token is needed, or where tokens are another's and nothing is kept of them (AWS).
    /// Errors: unavailable, too_large (too many are revoked).
    virtual boost::asio::awaitable<Result<std::monostate>> revoke(Principal who) = 0;
};

}  // namespace ingestor::ports
