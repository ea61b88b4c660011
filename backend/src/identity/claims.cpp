#include "identity/claims.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/encoding.hpp"
#include "identity/strict_json.hpp"

namespace ingestor::identity {
namespace {

namespace json = boost::json;

constexpr std::size_t kSubjectBytesMax = 255;
constexpr std::int64_t kSecondsMax = 253'402'300'799;  // the last second of the year 9999

std::unexpected<Error> refuse(std::string_view claim, std::string_view reason) {
    return fail(Errc::unauthenticated,
                "the token's '" + std::string(claim) + "' " + std::string(reason),
                std::string(claim));
}

/// A time claim; nothing where it is absent.
Result<std::optional<TimePoint>> time_claim(const json::object& claims, std::string_view name) {
    const auto* value = claims.if_contains(name);
    if (value == nullptr) return std::optional<TimePoint>();
    // Integers beyond 63 bits are read as other kinds and so end here too.
    if (!value->is_int64()) return refuse(name, "is not a whole number of seconds");
    const std::int64_t seconds = value->get_int64();
    if (seconds < 0 || seconds > kSecondsMax) return refuse(name, "is out of range");
    return std::optional(TimePoint(std::chrono::seconds(seconds)));
}

bool is_named(const TokenRules& rules, std::string_view client) {
    return std::ranges::find(rules.clients, client) != rules.clients.end();
}

/// `aud` is one text or an array of texts (RFC 7519 section 4.1.3).
bool audience_is_named(const TokenRules& rules, const json::object& claims) {
    const auto* value = claims.if_contains("aud");
    if (value == nullptr) return false;
    const auto named = [&rules](const json::value& audience) {
        if (!audience.is_string()) return false;
        const auto& text = audience.get_string();
        return is_named(rules, std::string_view(text.data(), text.size()));
    };
    if (value->is_array()) return std::ranges::any_of(value->get_array(), named);
    return named(*value);
}

/// Providers name groups by one of these, in a list.
bool is_in_group(const json::object& claims, std::string_view group) {
    if (group.empty()) return false;
    for (const std::string_view name : {"groups", "cognito:groups", "roles"}) {
        const auto* value = claims.if_contains(name);
        if (value == nullptr || !value->is_array()) continue;
        const auto is_it = [group](const json::value& entry) {
            return entry.is_string() && std::string_view(entry.get_string()) == group;
        };
        if (std::ranges::any_of(value->get_array(), is_it)) return true;
    }
    return false;
}

Result<void> check_client(const TokenRules& rules, const json::object& claims, TokenUse use) {
    if (rules.client_check == ClientCheck::any_of_pool) return {};
    switch (use) {
        case TokenUse::access: {
            const auto client = text_member(claims, "client_id");
            if (!client || !is_named(rules, *client)) {
                return refuse("client_id", "is not a client of this service");
            }
            return {};
        }
        case TokenUse::id:
            if (!audience_is_named(rules, claims)) {
                return refuse("aud", "is not a client of this service");
            }
            return {};
    }
    return refuse("token_use", "is unknown");
}

std::string_view to_string(TokenUse use) {
    switch (use) {
        case TokenUse::access:
            return "access";
        case TokenUse::id:
            return "id";
    }
    return "";
}

Result<void> check_use(const TokenRules& rules, const json::object& claims) {
    if (rules.uses.empty()) {
        if (audience_is_named(rules, claims)) return {};
        // The party that a token was handed to (`azp`) need not be the one it is for.
        const auto party = text_member(claims, "azp");
        if (!claims.contains("aud") && party && is_named(rules, *party)) return {};
        return refuse("aud", "is not this service");
    }
    const auto given = text_member(claims, "token_use");
    if (!given) return refuse("token_use", "is missing");
    for (const TokenUse use : rules.uses) {
        if (*given == to_string(use)) return check_client(rules, claims, use);
    }
    return refuse("token_use", "is not of the kind that is wanted here");
}

}  // namespace

Result<void> check_rules(const TokenRules& rules) {
    if (rules.issuer.empty()) return fail(Errc::invalid_argument, "no issuer is set", "issuer");
    if (rules.client_check == ClientCheck::any_of_pool) {
        if (!rules.uses.empty()) return {};
        return fail(Errc::invalid_argument,
                    "without a client id every token of the issuer would be taken", "clients");
    }
    if (rules.clients.empty() || is_named(rules, "")) {
        return fail(Errc::invalid_argument, "no client id is set for the issuer", "clients");
    }
    return {};
}

Result<VerifiedClaims> check_claims(const json::object& claims, const TokenRules& rules,
                                    TimePoint now) {
    if (text_member(claims, "iss") != rules.issuer) return refuse("iss", "is another issuer");
    // A logout token (OpenID Connect Back-Channel Logout 1.0 section 2.4) or another security event
    // (RFC 8417) says what has happened to somebody, and signs nobody in.
    if (claims.contains("events")) return refuse("events", "make it a message, not a sign-in");
    if (auto use = check_use(rules, claims); !use) return std::unexpected(std::move(use.error()));

    const auto expires = time_claim(claims, "exp");
    if (!expires) return std::unexpected(expires.error());
    if (!*expires) return refuse("exp", "is missing");
    const TimePoint valid_until = **expires + rules.leeway;
    if (now >= valid_until) return refuse("exp", "has passed: sign in again");

    TimePoint issued_at;
    for (const std::string_view name : {"nbf", "iat"}) {
        const auto time = time_claim(claims, name);
        if (!time) return std::unexpected(time.error());
        if (*time && **time > now + rules.leeway) return refuse(name, "lies in the future");
        if (*time && name == "iat") issued_at = **time;
    }

    const auto subject = text_member(claims, "sub");
    if (!subject) return refuse("sub", "is missing");
    auto user = user_of_subject(*subject);
    if (!user) return refuse("sub", "is not usable: " + user.error().message);
    ports::Principal principal;
    principal.is_operator = std::ranges::find(rules.operators, *user) != rules.operators.end() ||
                            is_in_group(claims, rules.operators_group);
    principal.user_id = std::move(*user);
    principal.expires_at = *expires;
    if (text_member(claims, "scope") == kMetricsScope) principal.scope = ports::TokenScope::metrics;
    return VerifiedClaims{
        .principal = std::move(principal), .issued_at = issued_at, .valid_until = valid_until};
}

Result<domain::UserId> user_of_subject(std::string_view subject) {
    if (subject.empty()) return fail(Errc::invalid_argument, "a user's name is empty", "user");
    if (subject.size() > kSubjectBytesMax) {
        return fail(Errc::invalid_argument, "a user's name is longer than 255 bytes", "user");
    }
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == '\x7F';
    };
    if (std::ranges::any_of(subject, is_control) || !is_utf8(subject)) {
        return fail(Errc::invalid_argument, "a user's name holds characters that are not text",
                    "user");
    }
    // Dots alone would be a step up or nowhere in a path.
    if (subject.find_first_not_of('.') == subject.npos) {
        std::string dots;
        for (std::size_t i = 0; i < subject.size(); ++i) dots += "%2E";
        return domain::UserId(std::move(dots));
    }
    return domain::UserId(percent_encode(subject, "@:|+="));
}

}  // namespace ingestor::identity
