#include "identity/jwt.hpp"

#include <optional>

#include "base/encoding.hpp"
#include "identity/strict_json.hpp"

namespace ingestor {
namespace {

namespace json = boost::json;

constexpr std::size_t kKeyIdBytesMax = 256;

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

}  // namespace

std::string_view to_string(SignatureAlgorithm algorithm) {
    switch (algorithm) {
        case SignatureAlgorithm::rs256:
            return "RS256";
        case SignatureAlgorithm::es256:
            return "ES256";
    }
    return "";
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

    UnverifiedToken parsed;
    parsed.signature_bytes = signature->size();
    const auto algorithm = text_member(*header, "alg");
    if (algorithm == to_string(SignatureAlgorithm::rs256)) {
        parsed.algorithm = SignatureAlgorithm::rs256;
    } else if (algorithm == to_string(SignatureAlgorithm::es256)) {
        parsed.algorithm = SignatureAlgorithm::es256;
    } else {
        return refuse("the token's algorithm (alg) is not RS256 or ES256");
    }
    const auto key_id = text_member(*header, "kid");
    if (!key_id || key_id->empty() || key_id->size() > kKeyIdBytesMax) {
        return refuse("the token does not name its key (kid)");
    }
    parsed.key_id = *key_id;

    auto claims = decode_object(token.substr(first + 1, second - first - 1), "claims");
    if (!claims) return std::unexpected(std::move(claims.error()));
    parsed.claims = std::move(*claims);
    return parsed;
}

}  // namespace ingestor
