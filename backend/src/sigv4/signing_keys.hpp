#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "sigv4/credentials.hpp"

namespace ingestor::sigv4 {

/// The key that signs for one day, region and service (AWS: "signing key"); raw 32 bytes.
[[nodiscard]] std::string derive_signing_key(std::string_view secret_access_key,
                                             const Scope& scope);

/// Remembers derived keys, each of which costs four HMACs. Safe from any thread.
class SigningKeys {
public:
    [[nodiscard]] std::string get(const Credentials& credentials, const Scope& scope);

private:
    struct Entry {
        std::string secret_access_key;
        std::string scope;
        std::string key;
    };
    /// A presigned link is good for a week, so about nine days are in use at a time.
    static constexpr std::size_t kEntriesMax = 32;

    std::mutex mutex_;
    std::vector<Entry> entries_;
    std::size_t next_ = 0;
};

}  // namespace ingestor::sigv4
