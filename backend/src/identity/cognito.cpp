#include "identity/cognito.hpp"

#include <algorithm>

namespace ingestor::identity {
namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_region_character(char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-';
}

}  // namespace

Result<CognitoPool> cognito_pool(std::string_view pool_id, std::string_view endpoint) {
    const auto refused = [] {
        return fail(Errc::invalid_argument, "a Cognito user pool id looks like us-east-1_AbCdEfGhI",
                    "user_pool_id");
    };
    const auto underscore = pool_id.find('_');
    if (underscore == pool_id.npos || underscore == 0 || pool_id.size() > 55) return refused();
    const auto region = pool_id.substr(0, underscore);
    const auto name = pool_id.substr(underscore + 1);
    const auto is_name_character = [](char c) { return is_letter(c) || is_digit(c); };
    if (!std::ranges::all_of(region, is_region_character) || name.empty() ||
        !std::ranges::all_of(name, is_name_character)) {
        return refused();
    }

    CognitoPool pool;
    pool.region = region;
    // AWS's partition in China has a domain of its own.
    const std::string domain = region.starts_with("cn-") ? ".amazonaws.com.cn/" : ".amazonaws.com/";
    pool.issuer = "https://cognito-idp." + pool.region + domain + std::string(pool_id);
    while (endpoint.ends_with('/')) endpoint.remove_suffix(1);
    const std::string base =
        endpoint.empty() ? pool.issuer : std::string(endpoint) + "/" + std::string(pool_id);
    pool.jwks_url = base + "/.well-known/jwks.json";
    pool.discovery_url = base + "/.well-known/openid-configuration";
    return pool;
}

}  // namespace ingestor::identity
