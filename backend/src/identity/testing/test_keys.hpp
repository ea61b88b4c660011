#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>

namespace ingestor::identity::testing {

/// A private key of an imagined issuer, which signs whatever it is given. Made with OpenSSL alone,
/// so that the code under test does not vouch for itself.
class TestKey {
public:
    static TestKey rsa(int bits = 2048);
    static TestKey ec(const char* curve = "P-256");

    /// The public half as a JWK with this `kid`, `use` and, unless it is empty, `alg`.
    [[nodiscard]] std::string jwk(std::string_view kid, std::string_view alg) const;
    /// For RS256, or the algorithm of the curve.
    [[nodiscard]] std::string jwk(std::string_view kid) const;
    /// The public half in PEM, which an attacker would have too.
    [[nodiscard]] std::string public_pem() const;
    /// The private half, as PKCS #8 in PEM.
    [[nodiscard]] std::string private_pem() const;
    /// A signature over `text` in base64url, by one of RFC 7518's names whose type is the key's.
    [[nodiscard]] std::string sign(std::string_view text, std::string_view alg) const;
    /// A whole token of these JSON texts, which need not be valid; signed with RS256, or the
    /// algorithm of the curve.
    [[nodiscard]] std::string token(std::string_view header, std::string_view claims) const;
    [[nodiscard]] std::string token(std::string_view header, std::string_view claims,
                                    std::string_view alg) const;
    [[nodiscard]] bool is_rsa() const;

private:
    explicit TestKey(EVP_PKEY* key);
    [[nodiscard]] std::string own_algorithm() const;
    [[nodiscard]] std::string number(const char* name, int width) const;

    std::shared_ptr<EVP_PKEY> key_;
};

/// One RSA key for the whole test program: making one takes long.
[[nodiscard]] const TestKey& shared_rsa_key();

/// `{"keys":[...]}` of JWK texts.
[[nodiscard]] std::string key_set(std::initializer_list<std::string> keys);

}  // namespace ingestor::identity::testing
