#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "identity/jose_handles.hpp"
#include "identity/jwt.hpp"

namespace ingestor::identity {

/// A public key, and the algorithms whose signatures it verifies: those of its own type that its
/// issuer means it for.
class VerificationKey {
public:
    VerificationKey(std::string key_id, std::vector<SignatureAlgorithm> algorithms,
                    std::size_t signature_bytes, JoseKey key);

    /// Empty: the issuer gave it none.
    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] const std::vector<SignatureAlgorithm>& algorithms() const { return algorithms_; }
    [[nodiscard]] bool suits(SignatureAlgorithm algorithm) const;

    /// True where this key signed the received bytes of `token`; `parsed` must be what parse_token
    /// made of it. One thread at a time.
    [[nodiscard]] bool verifies(std::string_view token, const UnverifiedToken& parsed) const;

private:
    std::string id_;
    std::vector<SignatureAlgorithm> algorithms_;
    std::size_t signature_bytes_;
    JoseKey key_;
};

/// The public keys of an issuer (RFC 7517 section 5).
class JwkSet {
public:
    JwkSet() = default;

    /// Takes the keys that can verify: RSA of 2048 to 8192 bits and points of P-256, P-384 and
    /// P-521, with `use`, `key_ops` and `alg` that allow it. Others are left out, as RFC 7517 asks.
    /// Of two keys with one `kid` that suit one algorithm the first counts.
    /// Errors: invalid_argument (not a key set, or no usable key in it), too_large.
    [[nodiscard]] static Result<JwkSet> parse(std::string_view document);

    /// The key of that name which suits the algorithm; without a name the only one of the set that
    /// does (OpenID Connect Core 1.0 section 10.1). Null where there is none.
    [[nodiscard]] const VerificationKey* find(std::string_view key_id,
                                              SignatureAlgorithm algorithm) const;
    [[nodiscard]] std::size_t size() const { return keys_.size(); }

private:
    std::vector<VerificationKey> keys_;
};

}  // namespace ingestor::identity
