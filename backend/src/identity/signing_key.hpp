#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "identity/jose_handles.hpp"

namespace ingestor::identity {

/// A private P-256 key that signs tokens with ES256. Its id is its thumbprint (RFC 7638), so one
/// key has one id wherever it is loaded.
///
/// ES256 rather than RS256: every standard client verifies both, and here a key is made in
/// microseconds at first start instead of a second, and a token is 256 characters shorter.
class SigningKey {
public:
    /// A new key as PKCS #8 in PEM. Throws std::runtime_error if the system cannot make one.
    [[nodiscard]] static std::string generate_pem();
    /// Errors: corrupt (not an unencrypted P-256 key in PEM).
    [[nodiscard]] static Result<SigningKey> from_pem(std::string_view pem);

    [[nodiscard]] const std::string& id() const { return id_; }
    /// The public half as a key of a JWK set (RFC 7517).
    [[nodiscard]] boost::json::object public_jwk() const;
    /// A signed token in compact form, with `alg`, `kid` and `typ` in its header.
    /// Errors: internal.
    [[nodiscard]] Result<std::string> sign(const boost::json::object& claims) const;

private:
    SigningKey(std::string id, std::string x, std::string y, JoseKey key);

    std::string id_;
    std::string x_;  ///< Base64url, as `y_`.
    std::string y_;
    JoseKey key_;
};

}  // namespace ingestor::identity
