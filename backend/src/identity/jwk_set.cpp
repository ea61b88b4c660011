#include "identity/jwk_set.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <span>

#include <boost/json/serialize.hpp>
#include <openssl/err.h>

#include "base/encoding.hpp"
#include "identity/strict_json.hpp"

namespace ingestor::identity {
namespace {

namespace json = boost::json;

constexpr std::size_t kDocumentBytesMax = 256 * 1024;
constexpr std::size_t kKeysMax = 100;
constexpr std::size_t kModulusBytesMin = 256;
constexpr std::size_t kModulusBytesMax = 1024;
constexpr std::size_t kExponentBytesMax = 8;
constexpr std::size_t kKeyIdBytesMax = 256;

/// An elliptic curve of RFC 7518 section 6.2.1.1, and the one algorithm that goes with it.
struct Curve {
    std::string_view name;
    std::size_t coordinate_bytes = 0;
    SignatureAlgorithm algorithm = SignatureAlgorithm::es256;
};
constexpr std::array kCurves = {Curve{"P-256", 32, SignatureAlgorithm::es256},
                                Curve{"P-384", 48, SignatureAlgorithm::es384},
                                Curve{"P-521", 66, SignatureAlgorithm::es512}};
constexpr std::array kRsaAlgorithms = {SignatureAlgorithm::rs256, SignatureAlgorithm::rs384,
                                       SignatureAlgorithm::rs512, SignatureAlgorithm::ps256,
                                       SignatureAlgorithm::ps384, SignatureAlgorithm::ps512};

/// As text_member, with the absent as empty: no member read here may be empty.
std::string_view text_or_empty(const json::object& key, std::string_view name) {
    return text_member(key, name).value_or(std::string_view());
}

/// Those of `candidates` that the key's own `alg`, where it has one, leaves.
std::vector<SignatureAlgorithm> algorithms_of(const json::object& key,
                                              std::span<const SignatureAlgorithm> candidates) {
    std::vector<SignatureAlgorithm> out;
    for (const auto candidate : candidates) {
        if (key.contains("alg") && text_or_empty(key, "alg") != to_string(candidate)) continue;
        out.push_back(candidate);
    }
    return out;
}

bool may_verify(const json::object& key) {
    if (key.contains("use") && text_or_empty(key, "use") != "sig") return false;
    const auto* operations = key.if_contains("key_ops");
    if (operations == nullptr) return true;
    if (!operations->is_array()) return false;
    return std::ranges::any_of(operations->get_array(), [](const json::value& operation) {
        return operation.is_string() && operation.get_string() == "verify";
    });
}

/// The library sees only members that were checked, so nothing else in the document can reach it.
JoseKey import_key(const json::object& members) {
    const std::string text = json::serialize(members);
    JoseKey key(cjose_jwk_import(text.data(), text.size(), nullptr));
    ERR_clear_error();
    return key;
}

std::optional<VerificationKey> read_rsa(const json::object& key, std::string_view key_id) {
    auto algorithms = algorithms_of(key, kRsaAlgorithms);
    if (algorithms.empty()) return std::nullopt;
    const auto modulus = from_base64url(text_or_empty(key, "n"));
    const auto exponent = from_base64url(text_or_empty(key, "e"));
    if (!modulus || !exponent || exponent->empty()) return std::nullopt;
    if (modulus->size() < kModulusBytesMin || modulus->size() > kModulusBytesMax) {
        return std::nullopt;
    }
    // The top bit makes the size in bytes the size in bits that it claims.
    if ((static_cast<unsigned char>(modulus->front()) & 0x80) == 0) return std::nullopt;
    // An exponent of one would make every text its own signature.
    const bool odd = (exponent->back() & 1) != 0;
    const bool one =
        exponent->find_first_not_of('\0') == exponent->size() - 1 && exponent->back() == 1;
    if (exponent->size() > kExponentBytesMax || !odd || one) return std::nullopt;

    json::object members;
    members["kty"] = "RSA";
    members["n"] = to_base64url(*modulus);
    members["e"] = to_base64url(*exponent);
    auto imported = import_key(members);
    if (!imported) return std::nullopt;
    return VerificationKey(std::string(key_id), std::move(algorithms), modulus->size(),
                           std::move(imported));
}

std::optional<VerificationKey> read_ec(const json::object& key, std::string_view key_id) {
    const auto curve = std::ranges::find(kCurves, text_or_empty(key, "crv"), &Curve::name);
    if (curve == kCurves.end()) return std::nullopt;
    auto algorithms = algorithms_of(key, {&curve->algorithm, 1});
    if (algorithms.empty()) return std::nullopt;
    const auto x = from_base64url(text_or_empty(key, "x"));
    const auto y = from_base64url(text_or_empty(key, "y"));
    if (!x || !y || x->size() != curve->coordinate_bytes || y->size() != curve->coordinate_bytes) {
        return std::nullopt;
    }
    json::object members;
    members["kty"] = "EC";
    members["crv"] = json::string(curve->name);
    members["x"] = to_base64url(*x);
    members["y"] = to_base64url(*y);
    auto imported = import_key(members);
    if (!imported) return std::nullopt;
    return VerificationKey(std::string(key_id), std::move(algorithms), 2 * curve->coordinate_bytes,
                           std::move(imported));
}

std::optional<VerificationKey> read_key(const json::value& value) {
    if (!value.is_object()) return std::nullopt;
    const auto& key = value.get_object();
    const auto key_id = text_or_empty(key, "kid");
    if (key.contains("kid") && (key_id.empty() || key_id.size() > kKeyIdBytesMax)) {
        return std::nullopt;
    }
    if (!may_verify(key)) return std::nullopt;
    const auto type = text_or_empty(key, "kty");
    if (type == "RSA") return read_rsa(key, key_id);
    if (type == "EC") return read_ec(key, key_id);
    return std::nullopt;
}

}  // namespace

VerificationKey::VerificationKey(std::string key_id, std::vector<SignatureAlgorithm> algorithms,
                                 std::size_t signature_bytes, JoseKey key)
    : id_(std::move(key_id)),
      algorithms_(std::move(algorithms)),
      signature_bytes_(signature_bytes),
      key_(std::move(key)) {}

bool VerificationKey::suits(SignatureAlgorithm algorithm) const {
    return std::ranges::find(algorithms_, algorithm) != algorithms_.end();
}

bool VerificationKey::verifies(std::string_view token, const UnverifiedToken& parsed) const {
    // The library splits an elliptic-curve signature in the middle whatever its length, and picks
    // the algorithm from the token: both are settled here, before it is asked.
    if (!suits(parsed.algorithm) || parsed.signature_bytes != signature_bytes_) return false;
    const JoseSignature signature(cjose_jws_import(token.data(), token.size(), nullptr));
    const bool good = signature && cjose_jws_verify(signature.get(), key_.get(), nullptr);
    ERR_clear_error();
    return good;
}

Result<JwkSet> JwkSet::parse(std::string_view document) {
    const auto parsed = parse_strict_object(document, kDocumentBytesMax);
    if (!parsed) {
        return fail(parsed.error().code, "the issuer's key set: " + parsed.error().message);
    }
    const auto* keys = parsed->if_contains("keys");
    if (keys == nullptr || !keys->is_array()) {
        return fail(Errc::invalid_argument, "the issuer's key set has no array 'keys'", "keys");
    }
    if (keys->get_array().size() > kKeysMax) {
        return fail(Errc::too_large, "the issuer's key set has more than 100 keys", "keys");
    }
    JwkSet set;
    for (const auto& value : keys->get_array()) {
        auto key = read_key(value);
        if (!key) continue;
        // Which of two keys a token means must not depend on which of them it happens to fit.
        const auto taken = [&set, &key](SignatureAlgorithm algorithm) {
            return !key->id().empty() && set.find(key->id(), algorithm) != nullptr;
        };
        if (std::ranges::any_of(key->algorithms(), taken)) continue;
        set.keys_.push_back(std::move(*key));
    }
    if (set.keys_.empty()) {
        return fail(Errc::invalid_argument,
                    "the issuer's key set has no usable RSA or elliptic-curve key", "keys");
    }
    return set;
}

const VerificationKey* JwkSet::find(std::string_view key_id, SignatureAlgorithm algorithm) const {
    const auto fits = [&](const VerificationKey& key) {
        return key.suits(algorithm) && (key_id.empty() || key.id() == key_id);
    };
    const auto found = std::ranges::find_if(keys_, fits);
    if (found == keys_.end()) return nullptr;
    if (key_id.empty() && std::find_if(std::next(found), keys_.end(), fits) != keys_.end()) {
        return nullptr;
    }
    return &*found;
}

}  // namespace ingestor::identity
