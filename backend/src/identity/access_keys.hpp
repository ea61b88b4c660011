#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "domain/ids.hpp"
#include "ports/clock.hpp"

namespace ingestor::identity {

/// What a key is for. What each may do is said where requests are let in.
enum class AccessKeyRole {
    user,              ///< One user's own files.
    service_operator,  ///< The whole bucket.
    links,             ///< Signs the service's presigned links; nobody is given it.
};

/// A pair as AWS issues it, for the CLI, the SDKs and presigned URLs.
struct AccessKey {
    std::string access_key_id;      ///< `AKIA` and 16 of `A-Z2-7`.
    std::string secret_access_key;  ///< 40 characters of base64's alphabet.
    domain::UserId user;            ///< Who a request signed with it comes from.
    AccessKeyRole role = AccessKeyRole::user;
};

/// The access keys of the embedded engine: one JSON file, mode 0600, written whole. Call from one
/// thread at a time; several processes may hold the same file.
class AccessKeys {
public:
    /// Loads `file`, and makes the first key of `first_user` and the one for links where they are
    /// missing; two processes that start at once get the same. Keys that have no role, as all of
    /// them once were, are users'.
    /// Errors: corrupt, permission_denied, unavailable, each naming the file.
    [[nodiscard]] static Result<AccessKeys> open(std::filesystem::path file,
                                                 const ports::Clock& clock,
                                                 const domain::UserId& first_user);

    /// nullopt where there is none, also among what other processes have added since.
    [[nodiscard]] std::optional<AccessKey> find(std::string_view access_key_id);
    /// The oldest key of a user, which `agent2-ingestor env` prints.
    [[nodiscard]] const AccessKey& first() const;
    [[nodiscard]] const AccessKey& links() const;
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

    /// The operator's key; the first call makes it. Errors: as of add().
    Result<AccessKey> operator_key(const domain::UserId& user, const ports::Clock& clock);
    /// Makes a further key; on return it is on disk. Errors: unavailable, too_large (1,000 keys).
    Result<AccessKey> add(const domain::UserId& user, AccessKeyRole role,
                          const ports::Clock& clock);

private:
    struct Entry {
        AccessKey key;
        std::string created_at;  ///< RFC 3339.
    };
    /// Which content of the file is loaded; a file that is written whole is another inode.
    struct Version {
        std::uint64_t inode = 0;
        std::int64_t modified_ns = 0;
        friend bool operator==(const Version&, const Version&) = default;
    };

    explicit AccessKeys(std::filesystem::path file) : file_(std::move(file)) {}

    [[nodiscard]] const AccessKey* find_role(AccessKeyRole role) const;
    [[nodiscard]] Version version_on_disk() const;
    Result<void> load();
    Result<AccessKey> append_locked(AccessKey key, const ports::Clock& clock);

    std::filesystem::path file_;
    std::vector<Entry> entries_;
    Version version_;
};

}  // namespace ingestor::identity
