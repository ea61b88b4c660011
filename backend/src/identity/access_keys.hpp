#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "domain/ids.hpp"
#include "ports/clock.hpp"

namespace ingestor {

/// A pair as AWS issues it, for the CLI, the SDKs and presigned URLs.
struct AccessKey {
    std::string access_key_id;      ///< `AKIA` and 16 of `A-Z2-7`.
    std::string secret_access_key;  ///< 40 characters of base64's alphabet.
    UserId user;                    ///< Who a request signed with it comes from.
};

/// The access keys of the embedded engine: one JSON file, mode 0600, written whole.
class AccessKeys {
public:
    /// Loads `file`, or makes it with one key for `first_user`; two processes that start at once
    /// get the same. Errors: corrupt, permission_denied, unavailable, each naming the file.
    [[nodiscard]] static Result<AccessKeys> open(std::filesystem::path file, const Clock& clock,
                                                 const UserId& first_user);

    /// Null where there is none. Valid until the next add().
    [[nodiscard]] const AccessKey* find(std::string_view access_key_id) const;
    /// The oldest key, which `agent2-ingestor env` prints.
    [[nodiscard]] const AccessKey& first() const { return keys_.front(); }
    [[nodiscard]] std::size_t size() const { return keys_.size(); }

    /// Makes a further key; on return it is on disk. Errors: unavailable, too_large (1,000 keys).
    Result<AccessKey> add(const UserId& user, const Clock& clock);

private:
    explicit AccessKeys(std::filesystem::path file) : file_(std::move(file)) {}

    Result<void> load();
    Result<void> append_locked(AccessKey key, const Clock& clock);

    std::filesystem::path file_;
    std::vector<AccessKey> keys_;
    std::vector<std::string> created_at_;  ///< RFC 3339, one a key.
};

}  // namespace ingestor
