#include "identity/jwt.hpp"

#include <algorithm>
#include <array>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "identity/strict_json.hpp"

namespace ingestor::identity {
namespace {

namespace json = boost::json;

constexpr std::size_t kKeyIdBytesMax = 256;

struct NamedAlgorithm {
    std::string_view name;
    SignatureAlgorithm algorithm = SignatureAlgorithm::rs256;
};
constexpr std::array kAlgorithms = {NamedAlgorithm{"RS256", SignatureAlgorithm::rs256},
                                    NamedAlgorithm{"RS384", SignatureAlgorithm::rs384},
                                    NamedAlgorithm{"RS512", SignatureAlgorithm::rs512},
                                    NamedAlgorithm{"PS256", SignatureAlgorithm::ps256},
                                    NamedAlgorithm{"PS384", SignatureAlgorithm::ps384},
                                    NamedAlgorithm{"PS512", SignatureAlgorithm::ps512},
                                    NamedAlgorithm{"ES256", SignatureAlgorithm::es256},
                                    NamedAlgorithm{"ES384", SignatureAlgorithm::es384},
                                    NamedAlgorithm{"ES512", SignatureAlgorithm::es512}};

std::unexpected<Error> refuse(std::string message) {
    return fail(Errc::unauthenticated, std::move(message));
}

Result<json::object> decode_object(std::string_view part, std::string_view what) {
    const auto bytes = from_base64url(part);
    if (!bytes) return refuse("the token's " + std::string(what) + " is not base64url");
    auto object = parse_strict_object(*bytes, kTokenBytesMax);
    if (!object) {
        return refuse("the token's " + std::string(what) +
                      " is refused: " + object.error().message);
    }
    return object;
}

/// RFC 8725 section 3.11: what was signed for another purpose (a logout token, a security event)
/// says so here. Media types compare whatever their case, and may leave `application/` out (RFC
/// 7515 section 4.1.9).
Result<void> check_type(const json::object& header) {
    if (!header.contains("typ")) return {};
    const auto given = text_member(header, "typ");
    std::string type = lower_case(given.value_or(std::string_view()));
    constexpr std::string_view kPrefix = "application/";
    if (type.starts_with(kPrefix)) type.erase(0, kPrefix.size());
    if (type == "jwt" || type == "at+jwt") return {};
    return refuse("the token is not of a type (typ) that signs people in");
}

/// Empty where the header names none.
Result<std::string> key_id_of(const json::object& header) {
    if (!header.contains("kid")) return std::string();
    const auto key_id = text_member(header, "kid");
    if (!key_id || key_id->empty() || key_id->size() > kKeyIdBytesMax) {
        return refuse("the name of the token's key (kid) is not a text of 1 to 256 bytes");
    }
    return std::string(*key_id);
}

}  // namespace

std::string_view to_string(SignatureAlgorithm algorithm) {
    const auto found = std::ranges::find(kAlgorithms, algorithm, &NamedAlgorithm::algorithm);
    return found == kAlgorithms.end() ? std::string_view() : found->name;
}

std::optional<SignatureAlgorithm> signature_algorithm_of(std::string_view name) {
    const auto found = std::ranges::find(kAlgorithms, name, &NamedAlgorithm::name);
    if (found == kAlgorithms.end()) return std::nullopt;
    return found->algorithm;
}

std::string token_id(const json::object& claims, std::string_view token) {
    if (const auto id = text_member(claims, "jti"); id && !id->empty()) return std::string(*id);
    return "sha256:" + sha256_hex(token.substr(0, token.rfind('.')));
}

Result<UnverifiedToken> parse_token(std::string_view token) {
    if (token.empty()) return refuse("no token is given");
    if (token.size() > kTokenBytesMax) return refuse("the token is longer than 8 KB");
    const auto first = token.find('.');
    const auto second = first == token.npos ? token.npos : token.find('.', first + 1);
    if (second == token.npos || token.find('.', second + 1) != token.npos) {
        return refuse("the token does not have three parts");
    }
    const auto signature = from_base64url(token.substr(second + 1));
    if (!signature || signature->empty()) {
        return refuse("the token's signature is missing or not base64url");
    }

    auto header = decode_object(token.substr(0, first), "header");
    if (!header) return std::unexpected(std::move(header.error()));
    // RFC 7515 section 4.1.11: whoever does not know an extension marked critical must refuse.
    if (header->contains("crit")) return refuse("the token needs an unknown extension (crit)");

    if (auto type = check_type(*header); !type) return std::unexpected(std::move(type.error()));

    UnverifiedToken parsed;
    parsed.signature_bytes = signature->size();
    const auto algorithm =
        signature_algorithm_of(text_member(*header, "alg").value_or(std::string_view()));
    if (!algorithm) {
        return refuse("the token's algorithm (alg) is not one of RS, PS and ES with 256 to 512");
    }
    parsed.algorithm = *algorithm;
    auto key_id = key_id_of(*header);
    if (!key_id) return std::unexpected(std::move(key_id.error()));
    parsed.key_id = std::move(*key_id);

    auto claims = decode_object(token.substr(first + 1, second - first - 1), "claims");
    if (!claims) return std::unexpected(std::move(claims.error()));
    parsed.claims = std::move(*claims);
    return parsed;
}

}  // namespace ingestor::identity
