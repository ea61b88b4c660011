#include "sigv4/signing_keys.hpp"

#include <utility>

#include "base/digest.hpp"

namespace ingestor::sigv4 {

std::string derive_signing_key(std::string_view secret_access_key, const Scope& scope) {
    std::string key = "AWS4";
    key += secret_access_key;
    key = hmac_sha256(key, scope.date);
    key = hmac_sha256(key, scope.region);
    key = hmac_sha256(key, scope.service);
    return hmac_sha256(key, "aws4_request");
}

std::string SigningKeys::get(const Credentials& credentials, const Scope& scope) {
    auto text = scope.text();
    {
        const std::lock_guard lock(mutex_);
        for (const auto& entry : entries_) {
            if (entry.scope == text && entry.secret_access_key == credentials.secret_access_key) {
                return entry.key;
            }
        }
    }
    Entry entry{.secret_access_key = credentials.secret_access_key,
                .scope = std::move(text),
                .key = derive_signing_key(credentials.secret_access_key, scope)};
    auto key = entry.key;
    const std::lock_guard lock(mutex_);
    if (entries_.size() < kEntriesMax) {
        entries_.push_back(std::move(entry));
    } else {
        entries_[next_] = std::move(entry);
        next_ = (next_ + 1) % kEntriesMax;
    }
    return key;
}

}  // namespace ingestor::sigv4
