#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "base/time.hpp"

namespace ingestor {

/// Where things are in a data directory; docs/operations.md lists them for the operator.
struct DataDirectory {
    std::filesystem::path root;

    [[nodiscard]] std::filesystem::path database() const { return root / "agent2-ingestor.db"; }
    [[nodiscard]] std::filesystem::path objects() const { return root / "objects"; }
    [[nodiscard]] std::filesystem::path logs() const { return root / "logs"; }
    [[nodiscard]] std::filesystem::path log_groups() const { return root / "log-groups"; }
    [[nodiscard]] std::filesystem::path issuer_keys() const { return root / "issuer-keys"; }
    [[nodiscard]] std::filesystem::path access_keys() const { return root / "access-keys.json"; }
    [[nodiscard]] std::filesystem::path revoked_tokens() const {
        return root / "revoked-tokens.json";
    }
    /// Shared by removals of objects, held alone by a backup.
    [[nodiscard]] std::filesystem::path removal_lock() const { return root / "removals.lock"; }
    /// When a service was first started here: the lock is made then, and never written.
    [[nodiscard]] TimePoint created_at() const;
    /// Where the running server answers, for the commands that look for it.
    [[nodiscard]] std::filesystem::path service() const { return root / "service.json"; }
    /// Where a server without a terminal leaves its sign-in link.
    [[nodiscard]] std::filesystem::path sign_in_link() const { return root / "sign-in-link"; }
};

/// What was found of a data directory's permissions.
enum class DataDirectoryAccess {
    owner_only,
    closed_to_others,  ///< Others could enter it until now.
};

/// Makes the directory where it is missing, and closes it to everybody but its owner: it holds
/// keys and everybody's documents. Errors: permission_denied (it is open to others and somebody
/// else's, so it cannot be closed), unavailable.
[[nodiscard]] Result<DataDirectoryAccess> secure_data_directory(const std::filesystem::path& root);

}  // namespace ingestor
