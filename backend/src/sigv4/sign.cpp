#include "sigv4/sign.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/encoding.hpp"

namespace ingestor::sigv4 {
namespace {

/// What proxies and HTTP libraries add, drop or change on the way.
constexpr std::array<std::string_view, 10> kNeverSigned = {"connection",
                                                           "expect",
                                                           "keep-alive",
                                                           "proxy-authenticate",
                                                           "proxy-authorization",
                                                           "te",
                                                           "trailer",
                                                           "transfer-encoding",
                                                           "upgrade",
                                                           "user-agent"};

std::vector<std::string> names_to_sign(const RequestHead& head) {
    std::vector<std::string> names;
    for (const auto& field : head.headers) {
        auto name = lower_case(field.name);
        if (std::ranges::find(kNeverSigned, name) != kNeverSigned.end()) continue;
        if (name == "x-amzn-trace-id" || name == "authorization") continue;
        names.push_back(std::move(name));
    }
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

Scope scope_of(const Signer& signer, std::string_view time) {
    return {.date = std::string(time.substr(0, 8)),
            .region = std::string(signer.region),
            .service = std::string(signer.service)};
}

std::string signature_of(const Signer& signer, const Scope& scope, std::string_view text) {
    return to_hex(hmac_sha256(signer.keys.get(signer.credentials, scope), text));
}

}  // namespace

std::vector<std::pair<std::string, std::string>> sign(const Signer& signer, const RequestHead& head,
                                                      std::string_view payload_hash,
                                                      TimePoint now) {
    const auto time = to_iso_basic(now);
    const auto scope = scope_of(signer, time);
    std::vector<std::pair<std::string, std::string>> added;
    added.emplace_back("x-amz-date", time);
    if (signer.service == "s3") added.emplace_back("x-amz-content-sha256", payload_hash);
    if (!signer.credentials.session_token.empty()) {
        added.emplace_back("x-amz-security-token", signer.credentials.session_token);
    }
    auto whole = head;
    for (const auto& [name, value] : added) whole.headers.push_back({.name = name, .value = value});

    const auto names = names_to_sign(whole);
    const auto canonical = canonical_request(whole, parse_query(head.query), names, payload_hash,
                                             path_rule_of(signer.service));
    const auto signature = signature_of(signer, scope, string_to_sign(time, scope, canonical));
    added.emplace_back("authorization",
                       fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}",
                                   kAlgorithm, signer.credentials.access_key_id, scope.text(),
                                   fmt::join(names, ";"), signature));
    return added;
}

std::string presign(const Signer& signer, const RequestHead& head, std::chrono::seconds expires,
                    TimePoint now) {
    const auto time = to_iso_basic(now);
    const auto scope = scope_of(signer, time);
    const auto names = names_to_sign(head);
    auto query = parse_query(head.query);
    query.push_back({"X-Amz-Algorithm", std::string(kAlgorithm)});
    query.push_back({"X-Amz-Credential", signer.credentials.access_key_id + '/' + scope.text()});
    query.push_back({"X-Amz-Date", time});
    query.push_back({"X-Amz-Expires", std::to_string(expires.count())});
    query.push_back({"X-Amz-SignedHeaders", fmt::format("{}", fmt::join(names, ";"))});
    if (!signer.credentials.session_token.empty()) {
        query.push_back({"X-Amz-Security-Token", signer.credentials.session_token});
    }
    const auto payload_hash =
        signer.service == "s3" ? std::string(kUnsignedPayload) : sha256_hex({});
    const auto canonical =
        canonical_request(head, query, names, payload_hash, path_rule_of(signer.service));
    const auto signature = signature_of(signer, scope, string_to_sign(time, scope, canonical));
    return fmt::format("{}&{}={}", canonical_query(query), kSignatureParameter, signature);
}

}  // namespace ingestor::sigv4
