#pragma once

#include <filesystem>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"

namespace ingestor::sqlite {

/// Holds a data directory for this process until it goes, so that two servers cannot share one.
class DataDirectoryLock {
public:
    /// Makes the directory if it is not there. Errors: conflict (another process holds it; the
    /// message names it), unavailable.
    [[nodiscard]] static Result<DataDirectoryLock> acquire(const std::filesystem::path& directory);

private:
    explicit DataDirectoryLock(FileDescriptor file) : file_(std::move(file)) {}

    FileDescriptor file_;
};

}  // namespace ingestor::sqlite
