#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "api/web_origin.hpp"
#include "http/message.hpp"

namespace ingestor::api {

/// Carries a person's token in a cookie (RFC 6265) that no script can read and no other site's page
/// can have sent: `HttpOnly`, `SameSite=Strict`. Behind https it is `Secure` as well, with the
/// prefix `__Host-`, by which browsers keep other hosts and plain HTTP from setting it.
class SessionCookie {
public:
    /// Longer ones are dropped by browsers, in silence (RFC 6265 section 6.1; name and value).
    static constexpr std::size_t kBytesMax = 4096;

    explicit SessionCookie(const WebOrigin& origin);

    [[nodiscard]] const std::string& name() const { return name_; }
    /// Whether a request carries the cookie of any origin of a service like this one.
    [[nodiscard]] static bool is_in(const http::Request& request);
    /// The token that a request carries; empty: none.
    [[nodiscard]] std::string_view token_of(const http::Request& request) const;

    /// The value of Set-Cookie that keeps `token` for `lifetime`. Errors: too_large (kBytesMax).
    [[nodiscard]] Result<std::string> keep(std::string_view token,
                                           std::chrono::seconds lifetime) const;
    /// The value of Set-Cookie that drops the cookie.
    [[nodiscard]] std::string drop() const;

private:
    std::string name_;
    std::string attributes_;
};

}  // namespace ingestor::api
