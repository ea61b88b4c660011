#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <boost/json/serialize.hpp>

#include "base/encoding.hpp"
#include "identity/claims.hpp"
#include "identity/jwt.hpp"
#include "identity/strict_json.hpp"

namespace {

using namespace ingestor;
using namespace ingestor::identity;
using namespace ingestor::domain;

constexpr TimePoint kNow{std::chrono::seconds(1'800'000'000)};

TokenRules rules_of(std::vector<TokenUse> uses) {
    TokenRules rules;
    rules.issuer = "i";
    rules.clients = {"c"};
    rules.uses = std::move(uses);
    return rules;
}

/// Whatever a verified user is called, the id is one segment of a key and not a step in a path.
void check_user(const UserId& user) {
    const auto& text = user.value();
    if (text.empty() || text.find('/') != text.npos || text == "." || text == "..") std::abort();
    if (text.find('\0') != text.npos) std::abort();
}

void read_token(std::string_view token) {
    static const TokenRules kAccess = rules_of({TokenUse::access, TokenUse::id});
    static const TokenRules kPlain = rules_of({});
    const auto parsed = parse_token(token);
    if (!parsed) return;
    if (token.size() > kTokenBytesMax || parsed->key_id.empty()) std::abort();
    for (const auto* rules : {&kAccess, &kPlain}) {
        const auto verified = check_claims(parsed->claims, *rules, kNow);
        if (!verified) continue;
        if (verified->valid_until <= kNow) std::abort();
        check_user(verified->principal.user_id);
    }
}

/// What was read without ambiguity reads the same after it was written again.
void read_object(std::string_view text) {
    const auto object = parse_strict_object(text, kTokenBytesMax);
    if (!object) return;
    const auto again = parse_strict_object(boost::json::serialize(*object), 8 * kTokenBytesMax);
    if (!again || *again != *object) std::abort();
}

}  // namespace

/// The input is a token as received; and header, claims and signature, a line each, so that
/// mutations reach what lies behind base64url.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    read_token(input);
    const auto first = input.find('\n');
    const auto second = first == input.npos ? input.npos : input.find('\n', first + 1);
    if (second == input.npos) {
        read_object(input);
        return 0;
    }
    const auto claims = input.substr(first + 1, second - first - 1);
    read_token(to_base64url(input.substr(0, first)) + "." + to_base64url(claims) + "." +
               to_base64url(input.substr(second + 1)));
    read_object(claims);
    if (const auto user = user_of_subject(claims)) check_user(*user);
    return 0;
}
