#include "bus/destinations/webhook_signature.hpp"

#include <chrono>
#include <vector>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/encoding.hpp"

namespace ingestor::bus::destinations {

namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kKeyMin = 24;
constexpr std::size_t kKeyMax = 64;
constexpr std::size_t kSecretsMax = 2;

Result<std::vector<std::string>> keys_of(std::string_view secrets) {
    const auto wrong = [] {
        return fail(Errc::invalid_argument,
                    fmt::format("Parameter {} is not valid. Reason: its value is the secret that "
                                "webhooks are signed with, {} and the base64 of {} to {} bytes; "
                                "two of them, with a space between, while one takes the other's "
                                "place.",
                                kWebhookSignature, kPrefix, kKeyMin, kKeyMax),
                    std::string(kWebhookSignature));
    };
    std::vector<std::string> keys;
    for (std::size_t begin = 0; begin <= secrets.size();) {
        const auto end = std::min(secrets.find(' ', begin), secrets.size());
        const auto secret = secrets.substr(begin, end - begin);
        if (!secret.starts_with(kPrefix)) return wrong();
        auto key = from_base64(secret.substr(kPrefix.size()));
        if (!key || key->size() < kKeyMin || key->size() > kKeyMax) return wrong();
        keys.push_back(std::move(*key));
        begin = end + 1;
    }
    if (keys.size() > kSecretsMax) return wrong();
    return keys;
}

}  // namespace

Result<std::monostate> check_webhook_secrets(std::string_view secrets) {
    if (auto keys = keys_of(secrets); !keys) return std::unexpected(std::move(keys.error()));
    return std::monostate{};
}

ports::HttpHeaders webhook_headers(std::string_view secrets, std::string_view id, TimePoint now,
                                   std::string_view body) {
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    const auto content = fmt::format("{}.{}.{}", id, seconds, body);
    std::string signatures;
    const auto keys = keys_of(secrets);
    for (const auto& key : keys ? *keys : std::vector<std::string>()) {
        if (!signatures.empty()) signatures += ' ';
        signatures += "v1," + to_base64(hmac_sha256(key, content));
    }
    return {{"webhook-id", std::string(id)},
            {"webhook-timestamp", fmt::to_string(seconds)},
            {std::string(kWebhookSignature), std::move(signatures)}};
}

}  // namespace ingestor::bus::destinations
