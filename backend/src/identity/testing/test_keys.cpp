#include "identity/testing/test_keys.hpp"

#include <cstdlib>
#include <vector>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "base/encoding.hpp"

namespace ingestor::identity::testing {
namespace {

/// ECDSA signatures as JSON Web Signatures want them: r and s, each as wide as the field.
std::string raw_signature(const std::vector<unsigned char>& der, int width) {
    const unsigned char* at = der.data();
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> parts(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), &ECDSA_SIG_free);
    std::string raw(2 * static_cast<std::size_t>(width), '\0');
    auto* bytes = reinterpret_cast<unsigned char*>(raw.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), bytes, width);
    BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), bytes + width, width);
    return raw;
}

const EVP_MD* digest_of(std::string_view alg) {
    if (alg.ends_with("384")) return EVP_sha384();
    return alg.ends_with("512") ? EVP_sha512() : EVP_sha256();
}

}  // namespace

TestKey::TestKey(EVP_PKEY* key) : key_(key, &EVP_PKEY_free) {
    if (key == nullptr) std::abort();
}

TestKey TestKey::rsa(int bits) {
    return TestKey(EVP_RSA_gen(static_cast<unsigned>(bits)));
}

TestKey TestKey::ec(const char* curve) {
    return TestKey(EVP_EC_gen(curve));
}

bool TestKey::is_rsa() const {
    return EVP_PKEY_is_a(key_.get(), "RSA") == 1;
}

std::string TestKey::number(const char* name, int width) const {
    BIGNUM* raw = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), name, &raw);
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> value(raw, &BN_free);
    const int size = width > 0 ? width : BN_num_bytes(raw);
    std::string bytes(static_cast<std::size_t>(size), '\0');
    BN_bn2binpad(raw, reinterpret_cast<unsigned char*>(bytes.data()), size);
    return to_base64url(bytes);
}

std::string TestKey::own_algorithm() const {
    if (is_rsa()) return "RS256";
    const int bits = EVP_PKEY_get_bits(key_.get());
    return bits == 521 ? "ES512" : "ES" + std::to_string(bits);
}

std::string TestKey::jwk(std::string_view kid) const {
    return jwk(kid, own_algorithm());
}

std::string TestKey::jwk(std::string_view kid, std::string_view alg) const {
    std::string start = R"({"kid":")" + std::string(kid) + R"(","use":"sig",)";
    if (!alg.empty()) start += R"("alg":")" + std::string(alg) + R"(",)";
    if (is_rsa()) {
        return start + R"("kty":"RSA","n":")" + number(OSSL_PKEY_PARAM_RSA_N, 0) + R"(","e":")" +
               number(OSSL_PKEY_PARAM_RSA_E, 0) + R"("})";
    }
    const int bits = EVP_PKEY_get_bits(key_.get());
    const int width = (bits + 7) / 8;
    return start + R"("kty":"EC","crv":"P-)" + std::to_string(bits) + R"(","x":")" +
           number(OSSL_PKEY_PARAM_EC_PUB_X, width) + R"(","y":")" +
           number(OSSL_PKEY_PARAM_EC_PUB_Y, width) + R"("})";
}

std::string TestKey::public_pem() const {
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> memory(BIO_new(BIO_s_mem()), &BIO_free_all);
    PEM_write_bio_PUBKEY(memory.get(), key_.get());
    char* text = nullptr;
    const long length = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(length)};
}

std::string TestKey::private_pem() const {
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> memory(BIO_new(BIO_s_mem()), &BIO_free_all);
    PEM_write_bio_PKCS8PrivateKey(memory.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    char* text = nullptr;
    const long length = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(length)};
}

std::string TestKey::sign(std::string_view text, std::string_view alg) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t length = 0;
    EVP_PKEY_CTX* parameters = nullptr;
    EVP_DigestSignInit(context.get(), &parameters, digest_of(alg), nullptr, key_.get());
    if (alg.starts_with("PS")) {
        EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST);
    }
    EVP_DigestSign(context.get(), nullptr, &length, bytes, text.size());
    std::vector<unsigned char> signature(length);
    EVP_DigestSign(context.get(), signature.data(), &length, bytes, text.size());
    signature.resize(length);
    if (!is_rsa()) {
        return to_base64url(raw_signature(signature, (EVP_PKEY_get_bits(key_.get()) + 7) / 8));
    }
    return to_base64url({reinterpret_cast<const char*>(signature.data()), signature.size()});
}

std::string TestKey::token(std::string_view header, std::string_view claims) const {
    return token(header, claims, own_algorithm());
}

std::string TestKey::token(std::string_view header, std::string_view claims,
                           std::string_view alg) const {
    const std::string signed_text = to_base64url(header) + "." + to_base64url(claims);
    return signed_text + "." + sign(signed_text, alg);
}

const TestKey& shared_rsa_key() {
    static const TestKey kKey = TestKey::rsa();
    return kKey;
}

std::string key_set(std::initializer_list<std::string> keys) {
    std::string document = R"({"keys":[)";
    bool first = true;
    for (const auto& key : keys) {
        if (!first) document += ",";
        first = false;
        document += key;
    }
    return document + "]}";
}

}  // namespace ingestor::identity::testing
