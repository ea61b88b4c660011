#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/ids.hpp"

namespace ingestor {

/// Who calls.
struct Principal {
    UserId user_id;
    /// When the token ends that says so; nullopt: whoever calls needs none.
    std::optional<TimePoint> expires_at = {};
    /// May look after the service itself: its rules and dead letters, not other users' jobs.
    bool is_operator = false;
};

/// Tells who the bearer of a token is.
class TokenVerifier {
public:
    virtual ~TokenVerifier() = default;

    /// Errors: unauthenticated (with a reason fit for the caller), unavailable (the issuer's keys
    /// could not be had). Call from the I/O executor only.
    virtual boost::asio::awaitable<Result<Principal>> verify(std::string_view token) = 0;
};

}  // namespace ingestor
