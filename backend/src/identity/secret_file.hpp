#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ingestor::identity {

/// Writes `content` to `file` as mode 0600: a reader sees the old content or the new, never a part
/// of it, and on return the new one is on disk. Errors: unavailable, with the system's reason.
[[nodiscard]] Result<void> write_secret_file(const std::filesystem::path& file,
                                             std::string_view content);

/// Reads up to 1 MB. A file that others than its owner can read is refused, because the secret in
/// it may be known. Errors: not_found, permission_denied, too_large, unavailable.
[[nodiscard]] Result<std::string> read_secret_file(const std::filesystem::path& file);

/// Creates `directory` and its parents where missing, for its owner alone.
/// Errors: unavailable.
[[nodiscard]] Result<void> create_secret_directory(const std::filesystem::path& directory);

/// Holds a directory against other processes that would create the same secrets, while it lives.
class DirectoryLock {
public:
    /// Waits for its turn. Errors: unavailable.
    [[nodiscard]] static Result<DirectoryLock> acquire(const std::filesystem::path& directory);

    DirectoryLock(DirectoryLock&& other) noexcept;
    DirectoryLock& operator=(DirectoryLock&&) = delete;
    ~DirectoryLock();

private:
    explicit DirectoryLock(int fd) : fd_(fd) {}

    int fd_;
};

}  // namespace ingestor::identity
