#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.hpp"

namespace ingestor {

/// Longer tokens are refused unread.
inline constexpr std::size_t kTokenBytesMax = 8192;

/// The signature algorithms of RFC 7518 that are accepted; no other is ever looked at.
enum class SignatureAlgorithm { rs256, es256 };

/// The name in a header's `alg`.
[[nodiscard]] std::string_view to_string(SignatureAlgorithm algorithm);

/// A JSON Web Token (RFC 7519, compact form) that is well-formed and of which nothing is proven
/// yet.
struct UnverifiedToken {
    SignatureAlgorithm algorithm = SignatureAlgorithm::rs256;
    std::string key_id;  ///< A key to look up with, never a path or an address. 1..256 bytes.
    boost::json::object claims;
    std::size_t signature_bytes = 0;
};

/// Reads a token strictly: at most kTokenBytesMax, three parts of unpadded base64url, JSON without
/// repeated keys or NULs, `alg` one of SignatureAlgorithm, a `kid`, no `crit`. Keys and addresses
/// of keys that the header brings along (`jwk`, `jku`, `x5c`, `x5u`) are not looked at. Errors:
/// unauthenticated.
[[nodiscard]] Result<UnverifiedToken> parse_token(std::string_view token);

}  // namespace ingestor
