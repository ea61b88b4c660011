#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "identity/jose_handles.hpp"
#include "identity/jwt.hpp"

namespace ingestor {

/// A public key that verifies the signatures of one algorithm.
class VerificationKey {
public:
    VerificationKey(std::string key_id, SignatureAlgorithm algorithm, std::size_t signature_bytes,
                    JoseKey key);

    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] SignatureAlgorithm algorithm() const { return algorithm_; }

    /// True where this key signed the received bytes of `token`; `parsed` must be what parse_token
    /// made of it. One thread at a time.
    [[nodiscard]] bool verifies(std::string_view token, const UnverifiedToken& parsed) const;

private:
    std::string id_;
    SignatureAlgorithm algorithm_;
    std::size_t signature_bytes_;
    JoseKey key_;
};

/// The public keys of an issuer (RFC 7517 section 5).
class JwkSet {
public:
    JwkSet() = default;

    /// Takes the keys that can verify: RSA of 2048 to 8192 bits and P-256 points, with a `kid`, and
    /// with `use`, `key_ops` and `alg` that allow it. Others are left out, as RFC 7517 asks. Of two
    /// keys with one `kid` and algorithm the first counts.
    /// Errors: invalid_argument (not a key set, or no usable key in it), too_large.
    [[nodiscard]] static Result<JwkSet> parse(std::string_view document);

    /// Null where there is none.
    [[nodiscard]] const VerificationKey* find(std::string_view key_id,
                                              SignatureAlgorithm algorithm) const;
    [[nodiscard]] std::size_t size() const { return keys_.size(); }

private:
    std::vector<VerificationKey> keys_;
};

}  // namespace ingestor
