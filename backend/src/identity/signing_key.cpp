#include "identity/signing_key.hpp"

#include <array>
#include <memory>
#include <optional>
#include <stdexcept>

#include <boost/json/serialize.hpp>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/digest.hpp"
#include "base/encoding.hpp"

namespace ingestor::identity {
namespace {

namespace json = boost::json;

constexpr int kFieldBytes = 32;
using Field = std::array<unsigned char, kFieldBytes>;

struct OpensslFree {
    void operator()(BIO* bio) const { BIO_free_all(bio); }
    void operator()(BIGNUM* number) const { BN_clear_free(number); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <class Type>
using Owned = std::unique_ptr<Type, OpensslFree>;

/// A number of the key, padded to the width of the curve's field.
std::optional<Field> key_field(const EVP_PKEY* key, const char* name) {
    BIGNUM* raw = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) return std::nullopt;
    const Owned<BIGNUM> number(raw);
    Field field{};
    if (BN_bn2binpad(number.get(), field.data(), kFieldBytes) != kFieldBytes) return std::nullopt;
    return field;
}

std::string_view bytes_of(const Field& field) {
    return {reinterpret_cast<const char*>(field.data()), field.size()};
}

bool is_p256(const EVP_PKEY* key) {
    std::array<char, 64> group{};
    return EVP_PKEY_is_a(key, "EC") == 1 &&
           EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1 &&
           std::string_view(group.data()) == "prime256v1";
}

JoseKey jose_key(Field& x, Field& y, Field& secret) {
    cjose_jwk_ec_keyspec parts{};
    parts.crv = CJOSE_JWK_EC_P_256;
    parts.d = secret.data();
    parts.dlen = secret.size();
    parts.x = x.data();
    parts.xlen = x.size();
    parts.y = y.data();
    parts.ylen = y.size();
    return JoseKey(cjose_jwk_create_EC_spec(&parts, nullptr));
}

/// RFC 7638 section 3: the required members in lexical order, without white space.
std::string thumbprint(const std::string& x, const std::string& y) {
    return to_base64url(
        sha256(R"({"crv":"P-256","kty":"EC","x":")" + x + R"(","y":")" + y + R"("})"));
}

int refuse_passphrase(char*, int, int, void*) {
    return -1;
}

}  // namespace

std::string SigningKey::generate_pem() {
    const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
    const Owned<BIO> memory(BIO_new(BIO_s_secmem()));
    if (!key || !memory ||
        PEM_write_bio_PKCS8PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                      nullptr) != 1) {
        throw std::runtime_error("OpenSSL cannot make a P-256 key");
    }
    char* text = nullptr;
    const long length = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(length)};
}

Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
    const Owned<BIO> memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const Owned<EVP_PKEY> key(
        memory ? PEM_read_bio_PrivateKey(memory.get(), nullptr, refuse_passphrase, nullptr)
               : nullptr);
    ERR_clear_error();
    if (!key || !is_p256(key.get())) {
        return fail(Errc::corrupt, "not an unencrypted P-256 private key in PEM");
    }
    auto x = key_field(key.get(), OSSL_PKEY_PARAM_EC_PUB_X);
    auto y = key_field(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y);
    auto secret = key_field(key.get(), OSSL_PKEY_PARAM_PRIV_KEY);
    if (!x || !y || !secret) return fail(Errc::corrupt, "a P-256 key without all of its parts");
    auto imported = jose_key(*x, *y, *secret);
    OPENSSL_cleanse(secret->data(), secret->size());
    if (!imported) return fail(Errc::corrupt, "a P-256 key whose parts do not belong together");

    std::string x_text = to_base64url(bytes_of(*x));
    std::string y_text = to_base64url(bytes_of(*y));
    std::string id = thumbprint(x_text, y_text);
    return SigningKey(std::move(id), std::move(x_text), std::move(y_text), std::move(imported));
}

SigningKey::SigningKey(std::string id, std::string x, std::string y, JoseKey key)
    : id_(std::move(id)), x_(std::move(x)), y_(std::move(y)), key_(std::move(key)) {}

json::object SigningKey::public_jwk() const {
    return {{"kty", "EC"}, {"crv", "P-256"}, {"x", x_},       {"y", y_},
            {"kid", id_},  {"use", "sig"},   {"alg", "ES256"}};
}

Result<std::string> SigningKey::sign(const json::object& claims) const {
    const JoseHeader header(cjose_header_new(nullptr));
    const std::string payload = json::serialize(claims);
    const bool filled = header && cjose_header_set(header.get(), "alg", "ES256", nullptr) &&
                        cjose_header_set(header.get(), "kid", id_.c_str(), nullptr) &&
                        cjose_header_set(header.get(), "typ", "JWT", nullptr);
    const JoseSignature token(
        filled ? cjose_jws_sign(key_.get(), header.get(),
                                reinterpret_cast<const std::uint8_t*>(payload.data()),
                                payload.size(), nullptr)
               : nullptr);
    const char* compact = nullptr;
    if (!token || !cjose_jws_export(token.get(), &compact, nullptr) || compact == nullptr) {
        ERR_clear_error();
        return fail(Errc::internal, "the token could not be signed");
    }
    return std::string(compact);
}

}  // namespace ingestor::identity
