#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ingestor::httpclient {

/// The parts of a URL as libcurl reads it. The parser that checks must be the one that connects:
/// where two differ on what the host is, a check of one says nothing about the other.
struct UrlParts {
    std::string scheme;
    std::string host;
    std::string port;  ///< Empty: the scheme's own.
    std::string path;
    std::string query;
    bool has_user = false;  ///< A user name or a password.
    bool has_fragment = false;
};

/// Errors: invalid_argument (not a URL), unavailable (libcurl is not there).
[[nodiscard]] Result<UrlParts> parse_url(std::string_view text);

/// True for `localhost` and the loopback addresses, with or without an IPv6 address's brackets.
[[nodiscard]] bool is_loopback_host(std::string_view host);

}  // namespace ingestor::httpclient
