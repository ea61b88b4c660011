#include "identity/jwk_set.hpp"

#include <algorithm>
#include <optional>

#include <boost/json/serialize.hpp>
#include <openssl/err.h>

#include "base/encoding.hpp"
#include "identity/strict_json.hpp"

namespace ingestor {
namespace {

namespace json = boost::json;

constexpr std::size_t kDocumentBytesMax = 256 * 1024;
constexpr std::size_t kKeysMax = 100;
constexpr std::size_t kModulusBytesMin = 256;
constexpr std::size_t kModulusBytesMax = 1024;
constexpr std::size_t kExponentBytesMax = 8;
constexpr std::size_t kCoordinateBytes = 32;
constexpr std::size_t kEs256SignatureBytes = 64;

/// As text_member, with the absent as empty: no member read here may be empty.
std::string_view text_or_empty(const json::object& key, std::string_view name) {
    return text_member(key, name).value_or(std::string_view());
}

bool may_verify(const json::object& key, SignatureAlgorithm algorithm) {
    if (key.contains("use") && text_or_empty(key, "use") != "sig") return false;
    if (key.contains("alg") && text_or_empty(key, "alg") != to_string(algorithm)) return false;
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
    if (!may_verify(key, SignatureAlgorithm::rs256)) return std::nullopt;
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
    return VerificationKey(std::string(key_id), SignatureAlgorithm::rs256, modulus->size(),
                           std::move(imported));
}

std::optional<VerificationKey> read_ec(const json::object& key, std::string_view key_id) {
    if (!may_verify(key, SignatureAlgorithm::es256)) return std::nullopt;
    if (text_or_empty(key, "crv") != "P-256") return std::nullopt;
    const auto x = from_base64url(text_or_empty(key, "x"));
    const auto y = from_base64url(text_or_empty(key, "y"));
    if (!x || !y || x->size() != kCoordinateBytes || y->size() != kCoordinateBytes) {
        return std::nullopt;
    }
    json::object members;
    members["kty"] = "EC";
    members["crv"] = "P-256";
    members["x"] = to_base64url(*x);
    members["y"] = to_base64url(*y);
    auto imported = import_key(members);
    if (!imported) return std::nullopt;
    return VerificationKey(std::string(key_id), SignatureAlgorithm::es256, kEs256SignatureBytes,
                           std::move(imported));
}

std::optional<VerificationKey> read_key(const json::value& value) {
    if (!value.is_object()) return std::nullopt;
    const auto& key = value.get_object();
    const auto key_id = text_or_empty(key, "kid");
    if (key_id.empty()) return std::nullopt;
    const auto type = text_or_empty(key, "kty");
    if (type == "RSA") return read_rsa(key, key_id);
    if (type == "EC") return read_ec(key, key_id);
    return std::nullopt;
}

}  // namespace

VerificationKey::VerificationKey(std::string key_id, SignatureAlgorithm algorithm,
                                 std::size_t signature_bytes, JoseKey key)
    : id_(std::move(key_id)),
      algorithm_(algorithm),
      signature_bytes_(signature_bytes),
      key_(std::move(key)) {}

bool VerificationKey::verifies(std::string_view token, const UnverifiedToken& parsed) const {
    // The library splits an elliptic-curve signature in the middle whatever its length, and picks
    // the algorithm from the token: both are settled here, before it is asked.
    if (parsed.algorithm != algorithm_ || parsed.signature_bytes != signature_bytes_) return false;
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
        if (!key || set.find(key->id(), key->algorithm()) != nullptr) continue;
        set.keys_.push_back(std::move(*key));
    }
    if (set.keys_.empty()) {
        return fail(Errc::invalid_argument, "the issuer's key set has no usable RS256 or ES256 key",
                    "keys");
    }
    return set;
}

const VerificationKey* JwkSet::find(std::string_view key_id, SignatureAlgorithm algorithm) const {
    const auto found = std::ranges::find_if(keys_, [&](const VerificationKey& key) {
        return key.algorithm() == algorithm && key.id() == key_id;
    });
    return found == keys_.end() ? nullptr : &*found;
}

}  // namespace ingestor
