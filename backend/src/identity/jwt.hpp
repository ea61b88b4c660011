#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.hpp"

namespace ingestor::identity {

/// Longer tokens are refused unread.
inline constexpr std::size_t kTokenBytesMax = 8192;

/// The signature algorithms of RFC 7518 that are accepted: asymmetric ones alone, so that nothing
/// published can sign. No other is ever looked at.
enum class SignatureAlgorithm { rs256, rs384, rs512, ps256, ps384, ps512, es256, es384, es512 };

/// The name in a header's `alg`.
[[nodiscard]] std::string_view to_string(SignatureAlgorithm algorithm);
/// Names are exact; nullopt: none of ours.
[[nodiscard]] std::optional<SignatureAlgorithm> signature_algorithm_of(std::string_view name);

/// A JSON Web Token (RFC 7519, compact form) that is well-formed and of which nothing is proven
/// yet.
struct UnverifiedToken {
    SignatureAlgorithm algorithm = SignatureAlgorithm::rs256;
    /// A key to look up with, never a path or an address. At most 256 bytes; empty: the token names
    /// none, as issuers with a single key do.
    std::string key_id;
    boost::json::object claims;
    std::size_t signature_bytes = 0;
};

/// Names a token without giving it away: its `jti`, or where it has none a digest of what is
/// signed. Not of the signature, which whoever holds the token may write in another way.
[[nodiscard]] std::string token_id(const boost::json::object& claims, std::string_view token);

/// Reads a token strictly: at most kTokenBytesMax, three parts of unpadded base64url, JSON without
/// repeated keys or NULs, `alg` one of SignatureAlgorithm, `typ` (where there is one) `JWT` or
/// `at+jwt` (RFC 9068), no `crit`. Keys and addresses of keys that the header brings along (`jwk`,
/// `jku`, `x5c`, `x5u`) are not looked at. Errors: unauthenticated.
[[nodiscard]] Result<UnverifiedToken> parse_token(std::string_view token);

}  // namespace ingestor::identity
