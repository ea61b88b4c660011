#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "http/message.hpp"

namespace ingestor::api {

/// Where browsers reach the service, as they name it in `Origin` (RFC 6454 section 6.1).
struct WebOrigin {
    std::string text;  ///< `https://host`, with the port where it is not the scheme's own.
    std::string port;  ///< Empty: the scheme's own.
    bool is_https = false;

    /// The origin of an http or https URL. Errors: invalid_argument.
    [[nodiscard]] static Result<WebOrigin> of(std::string_view url);
};

/// What to do with a request that says nothing of the page it comes from.
enum class MissingOriginPolicy {
    refuse,  ///< Browsers send our cookie, and every one of them marks such a request.
    allow,   ///< It is a program's: a browser would have marked it.
};

/// Whether a request that a browser may have sent with our credentials, unasked, comes from a page
/// of our own: a method that changes something needs `Sec-Fetch-Site: same-origin` (or `none`), or
/// where a browser sends none (plain HTTP off this machine), our own `Origin`.
/// Errors: permission_denied.
[[nodiscard]] Result<std::monostate> check_same_origin(const http::Request& request,
                                                       const WebOrigin& own,
                                                       MissingOriginPolicy missing);

/// Under which of its origins the service was asked, by `Host`: its own, or one on loopback, over
/// plain HTTP and with any port, since a tunnel's need not be the listener's. Any other name is
/// refused: a page whose name was made to lead here (DNS rebinding) counts as ours in every other
/// respect, and a name that somebody made up must not get into links.
/// Errors: permission_denied.
[[nodiscard]] Result<WebOrigin> asked_origin(const http::Request& request, const WebOrigin& own);

}  // namespace ingestor::api
