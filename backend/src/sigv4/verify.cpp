#include "sigv4/verify.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "sigv4/credential_text.hpp"
#include "sigv4/sign.hpp"

namespace ingestor::sigv4 {
namespace {

constexpr std::string_view kMismatch =
    "The request signature we calculated does not match the signature you provided. Check your key "
    "and signing method.";

std::unexpected<AuthError> refuse(AuthFailure failure, std::string message,
                                  std::vector<std::pair<std::string, std::string>> details = {}) {
    return std::unexpected(AuthError{
        .failure = failure, .message = std::move(message), .details = std::move(details)});
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find(separator, at), text.size());
        out.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

/// The bytes as AWS shows them beside a string that was signed.
std::string spaced_hex(std::string_view bytes) {
    const auto hex = to_hex(bytes);
    std::string out;
    out.reserve(hex.size() / 2 * 3);
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        if (i > 0) out += ' ';
        out += hex.substr(i, 2);
    }
    return out;
}

std::optional<std::int64_t> to_number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::vector<std::string> signed_header_names(std::string_view text) {
    std::vector<std::string> names;
    for (const auto name : split(text, ';')) {
        if (!name.empty()) names.push_back(lower_case(name));
    }
    return names;
}

bool is_presign_v4(std::string_view query) {
    return query.find("X-Amz-Signature=") != std::string_view::npos ||
           query.find("X-Amz-Algorithm=") != std::string_view::npos ||
           query.find("X-Amz-Credential=") != std::string_view::npos;
}

}  // namespace

/// What a request says of itself before anything is proven.
struct Verifier::Claim {
    AuthKind kind = AuthKind::none;
    std::string access_key_id;
    Scope scope;
    std::vector<std::string> signed_headers;
    std::string signature;
    std::string time;
    std::chrono::seconds expires{0};  ///< Presigned links only.
    std::string payload_hash;
    std::string session_token;
    std::vector<QueryParameter> query;
};

AuthKind auth_kind(const RequestHead& head) {
    const auto header = head.header("authorization");
    const bool by_header = header && (header->starts_with("AWS4-") || header->starts_with("AWS "));
    const bool by_query_v4 = is_presign_v4(head.query);
    const bool by_query_v2 = head.query.find("AWSAccessKeyId=") != std::string_view::npos;
    if (by_header + by_query_v4 + by_query_v2 > 1) return AuthKind::ambiguous;
    if (by_query_v4) return AuthKind::query_v4;
    if (by_query_v2) return AuthKind::query_v2;
    if (!by_header) return AuthKind::none;
    return header->starts_with("AWS4-") ? AuthKind::header_v4 : AuthKind::header_v2;
}

Verifier::Verifier(CredentialsLookup lookup, std::string region, std::string service)
    : lookup_(std::move(lookup)),
      region_(std::move(region)),
      service_(std::move(service)),
      keys_(std::make_shared<SigningKeys>()) {}

AuthResult<Verifier::Claim> Verifier::read_header(const RequestHead& head,
                                                  std::string_view body_sha256) const {
    auto text = *head.header("authorization");
    if (!text.starts_with("AWS4-HMAC-SHA256 ")) {
        return refuse(AuthFailure::unsupported_algorithm,
                      "The authorization mechanism you have provided is not supported. Please use "
                      "AWS4-HMAC-SHA256.");
    }
    text.remove_prefix(kAlgorithm.size() + 1);
    const auto malformed = [](std::string_view why) {
        return refuse(AuthFailure::malformed_header,
                      fmt::format("The authorization header is malformed; {}", why));
    };

    Claim claim;
    claim.kind = AuthKind::header_v4;
    for (const auto part : split(text, ',')) {
        const auto field = trimmed(part);
        const auto equals = field.find('=');
        if (equals == std::string_view::npos) return malformed("it has a part without '='.");
        const auto name = field.substr(0, equals);
        const auto value = field.substr(equals + 1);
        if (name == "Credential") {
            auto credential = parse_credential(value);
            if (!credential) {
                return malformed(
                    "the Credential is mal-formed; expecting "
                    "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
            }
            claim.access_key_id = std::move(credential->access_key_id);
            claim.scope = std::move(credential->scope);
        } else if (name == "SignedHeaders") {
            claim.signed_headers = signed_header_names(value);
        } else if (name == "Signature") {
            claim.signature = value;
        }
    }
    if (claim.access_key_id.empty()) return malformed("it has no Credential.");
    if (claim.signed_headers.empty()) return malformed("it has no SignedHeaders.");
    if (claim.signature.empty()) return malformed("it has no Signature.");

    const auto date = head.header("x-amz-date");
    claim.time = trimmed(date ? *date : head.header("date").value_or(""));
    claim.session_token = head.header("x-amz-security-token").value_or("");
    claim.query = parse_query(head.query);
    if (service_ == "s3") {
        const auto hash = head.header("x-amz-content-sha256");
        if (!hash) {
            return refuse(AuthFailure::missing_payload_hash,
                          "Missing required header for this request: x-amz-content-sha256");
        }
        claim.payload_hash = trimmed(*hash);
    } else {
        claim.payload_hash = body_sha256;
    }
    return claim;
}

AuthResult<Verifier::Claim> Verifier::read_query(const RequestHead& head) const {
    const auto malformed = [](std::string message) {
        return refuse(AuthFailure::malformed_query, std::move(message));
    };
    Claim claim;
    claim.kind = AuthKind::query_v4;
    claim.query = parse_query(head.query);
    const auto* algorithm = find_parameter(claim.query, "X-Amz-Algorithm");
    const auto* credential = find_parameter(claim.query, "X-Amz-Credential");
    const auto* date = find_parameter(claim.query, "X-Amz-Date");
    const auto* expires = find_parameter(claim.query, "X-Amz-Expires");
    const auto* names = find_parameter(claim.query, "X-Amz-SignedHeaders");
    const auto* signature = find_parameter(claim.query, kSignatureParameter);
    if (!algorithm || !credential || !date || !expires || !names || !signature) {
        return malformed(
            "Query-string authentication version 4 requires the X-Amz-Algorithm, "
            "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and "
            "X-Amz-Expires parameters.");
    }
    if (*algorithm != kAlgorithm) {
        return malformed("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"");
    }
    auto parsed = parse_credential(*credential);
    if (!parsed) {
        return malformed(
            "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "
            "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
    }
    const auto seconds = to_number(*expires);
    if (!seconds) return malformed("X-Amz-Expires should be a number");
    if (*seconds < 1) return malformed("X-Amz-Expires must be positive");
    if (*seconds > kExpiresMax.count()) {
        return malformed("X-Amz-Expires must be less than a week (in seconds) that is 604800");
    }
    if (!parse_iso_basic(*date)) {
        return malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
    }
    claim.access_key_id = std::move(parsed->access_key_id);
    claim.scope = std::move(parsed->scope);
    claim.signed_headers = signed_header_names(*names);
    claim.signature = *signature;
    claim.time = *date;
    claim.expires = std::chrono::seconds{*seconds};
    if (const auto* token = find_parameter(claim.query, "X-Amz-Security-Token")) {
        claim.session_token = *token;
    }
    const auto* hash = find_parameter(claim.query, "X-Amz-Content-Sha256");
    const auto header = head.header("x-amz-content-sha256");
    if (service_ != "s3") {
        claim.payload_hash = sha256_hex({});
    } else if (hash) {
        claim.payload_hash = *hash;
    } else {
        claim.payload_hash = header ? trimmed(*header) : kUnsignedPayload;
    }
    return claim;
}

AuthResult<Proof> Verifier::verify(const RequestHead& head, TimePoint now,
                                   std::string_view body_sha256) const {
    switch (auth_kind(head)) {
        case AuthKind::none:
            return refuse(AuthFailure::missing, "Access Denied");
        case AuthKind::ambiguous:
            return refuse(AuthFailure::ambiguous,
                          "Only one auth mechanism allowed; only the X-Amz-Algorithm query "
                          "parameter, Signature query string parameter or the Authorization header "
                          "should be specified");
        case AuthKind::query_v2:
            return verify_v2(head, now);
        case AuthKind::header_v2:
        case AuthKind::header_v4: {
            const auto claim = read_header(head, body_sha256);
            if (!claim) return std::unexpected(claim.error());
            return check(head, *claim, now);
        }
        case AuthKind::query_v4: {
            const auto claim = read_query(head);
            if (!claim) return std::unexpected(claim.error());
            return check(head, *claim, now);
        }
    }
    return refuse(AuthFailure::missing, "Access Denied");
}

AuthResult<Proof> Verifier::check(const RequestHead& head, const Claim& claim,
                                  TimePoint now) const {
    const bool by_header = claim.kind == AuthKind::header_v4;
    const auto malformed = [by_header](std::string_view why, std::string_view region = {}) {
        std::vector<std::pair<std::string, std::string>> details;
        if (!region.empty()) details.emplace_back("Region", region);
        return refuse(by_header ? AuthFailure::malformed_header : AuthFailure::malformed_query,
                      fmt::format("{}; {}",
                                  by_header ? "The authorization header is malformed"
                                            : "Error parsing the X-Amz-Credential parameter",
                                  why),
                      std::move(details));
    };

    const auto credentials = lookup_(claim.access_key_id);
    if (!credentials) {
        return refuse(AuthFailure::unknown_access_key,
                      "The AWS Access Key Id you provided does not exist in our records.",
                      {{"AWSAccessKeyId", claim.access_key_id}});
    }
    if (!equal_in_constant_time(credentials->session_token, claim.session_token)) {
        return refuse(AuthFailure::invalid_token,
                      "The provided token is malformed or otherwise invalid.",
                      {{"Token-0", claim.session_token}});
    }
    if (claim.scope.region != region_) {
        return malformed(
            fmt::format("the region '{}' is wrong; expecting '{}'", claim.scope.region, region_),
            region_);
    }
    if (claim.scope.service != service_) {
        return malformed(fmt::format("incorrect service \"{}\". This endpoint belongs to \"{}\".",
                                     claim.scope.service, service_));
    }
    const auto signed_at = parse_iso_basic(claim.time);
    if (!signed_at) {
        return refuse(AuthFailure::missing_date,
                      "AWS authentication requires a valid Date or x-amz-date header");
    }
    if (claim.scope.date != claim.time.substr(0, 8)) {
        return malformed(fmt::format(
            "Invalid credential date \"{}\". This date is not the same as X-Amz-Date: \"{}\".",
            claim.scope.date, claim.time.substr(0, 8)));
    }

    // Time comes before the signature, so that the keys derived are those of a few days only.
    if (by_header && (now - *signed_at > kSkewMax || *signed_at - now > kSkewMax)) {
        return refuse(AuthFailure::clock_skew,
                      "The difference between the request time and the current time is too large.",
                      {{"RequestTime", claim.time},
                       {"ServerTime", to_rfc3339_seconds(now)},
                       {"MaxAllowedSkewMilliseconds", std::to_string(kSkewMax.count() * 1000)}});
    }
    if (!by_header && *signed_at - now > kSkewMax) {
        return refuse(AuthFailure::not_yet_valid, "Request is not valid yet",
                      {{"X-Amz-Date", claim.time}, {"ServerTime", to_rfc3339_seconds(now)}});
    }
    if (!by_header && now >= *signed_at + claim.expires) {
        return refuse(AuthFailure::expired, "Request has expired",
                      {{"X-Amz-Expires", std::to_string(claim.expires.count())},
                       {"Expires", to_rfc3339_seconds(*signed_at + claim.expires)},
                       {"ServerTime", to_rfc3339_seconds(now)}});
    }

    std::vector<std::string> not_signed;
    bool given_twice = false;
    const auto is_signed = [&claim](std::string_view name) {
        return std::ranges::find(claim.signed_headers, name) != claim.signed_headers.end();
    };
    if (!is_signed("host")) not_signed.emplace_back("host");
    for (const auto& field : head.headers) {
        auto name = lower_case(field.name);
        if (!name.starts_with("x-amz-") || is_signed(name)) continue;
        const auto same = [&name](const QueryParameter& parameter) {
            return equal_ignoring_case(parameter.name, name);
        };
        given_twice = given_twice || std::ranges::any_of(claim.query, same);
        not_signed.push_back(std::move(name));
    }
    if (!not_signed.empty() && !given_twice) {
        return refuse(AuthFailure::headers_not_signed,
                      "There were headers present in the request which were not signed",
                      {{"HeadersNotSigned", fmt::format("{}", fmt::join(not_signed, ", "))}});
    }

    const auto canonical = canonical_request(head, claim.query, claim.signed_headers,
                                             claim.payload_hash, path_rule_of(service_));
    const auto text = string_to_sign(claim.time, claim.scope, canonical);
    auto key = keys_->get(*credentials, claim.scope);
    const auto expected = to_hex(hmac_sha256(key, text));
    // A header that repeats a signed parameter could contradict it.
    if (given_twice || !equal_in_constant_time(expected, claim.signature)) {
        return refuse(AuthFailure::signature_mismatch, std::string(kMismatch),
                      {{"AWSAccessKeyId", claim.access_key_id},
                       {"StringToSign", text},
                       {"SignatureProvided", claim.signature},
                       {"StringToSignBytes", spaced_hex(text)},
                       {"CanonicalRequest", canonical},
                       {"CanonicalRequestBytes", spaced_hex(canonical)}});
    }
    return Proof{.kind = claim.kind,
                 .access_key_id = claim.access_key_id,
                 .payload_hash = claim.payload_hash,
                 .scope = claim.scope,
                 .time = claim.time,
                 .signature = claim.signature,
                 .signing_key = std::move(key)};
}

AuthResult<Proof> Verifier::verify_v2(const RequestHead& head, TimePoint now) const {
    const auto query = parse_query(head.query);
    const auto* access_key_id = find_parameter(query, "AWSAccessKeyId");
    const auto* signature = find_parameter(query, "Signature");
    const auto* expires = find_parameter(query, "Expires");
    if (!access_key_id || !signature || !expires) {
        return refuse(AuthFailure::missing,
                      "Query-string authentication requires the Signature, Expires and "
                      "AWSAccessKeyId parameters");
    }
    const auto credentials = lookup_(*access_key_id);
    if (!credentials) {
        return refuse(AuthFailure::unknown_access_key,
                      "The AWS Access Key Id you provided does not exist in our records.",
                      {{"AWSAccessKeyId", *access_key_id}});
    }
    const auto* token = find_parameter(query, "x-amz-security-token");
    if (!equal_in_constant_time(credentials->session_token, token ? *token : std::string())) {
        return refuse(AuthFailure::invalid_token,
                      "The provided token is malformed or otherwise invalid.");
    }
    const auto until = to_number(*expires);
    // Beyond the year 9999 no time can be written; such a link is a mistake or a probe.
    constexpr std::int64_t kLatest = 253'402'300'799;
    if (!until || *until < 0 || *until > kLatest) {
        return refuse(AuthFailure::missing, fmt::format("Invalid date (should be seconds since "
                                                        "epoch): {}",
                                                        *expires));
    }
    const TimePoint ends{std::chrono::seconds{*until}};
    if (now >= ends) {
        return refuse(
            AuthFailure::expired, "Request has expired",
            {{"Expires", to_rfc3339_seconds(ends)}, {"ServerTime", to_rfc3339_seconds(now)}});
    }
    const auto text = string_to_sign_v2(head, query, *expires);
    const auto expected = to_base64(hmac_sha1(credentials->secret_access_key, text));
    if (!equal_in_constant_time(expected, *signature)) {
        return refuse(AuthFailure::signature_mismatch, std::string(kMismatch),
                      {{"AWSAccessKeyId", *access_key_id},
                       {"StringToSign", text},
                       {"SignatureProvided", *signature},
                       {"StringToSignBytes", spaced_hex(text)}});
    }
    return Proof{.kind = AuthKind::query_v2,
                 .access_key_id = *access_key_id,
                 .payload_hash = std::string(kUnsignedPayload),
                 .scope = {},
                 .time = {},
                 .signature = *signature,
                 .signing_key = {}};
}

}  // namespace ingestor::sigv4
