#pragma once

#include <filesystem>
#include <memory>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"

namespace ingestor {

/// Keeps removals of objects and a backup apart, between processes: what a snapshot of the database
/// refers to stays until it is copied. A lock on a file, so it ends with whoever holds it.
class RemovalLock {
public:
    /// Makes the file if need be. Errors: unavailable.
    [[nodiscard]] static Result<RemovalLock> open(std::filesystem::path file);

    /// Held by each removal for as long as the pointer lives; null while a backup is made.
    [[nodiscard]] std::shared_ptr<void> try_share() const;
    /// Waits for the removals under way. Blocks. Errors: unavailable.
    [[nodiscard]] Result<std::shared_ptr<void>> hold_alone() const;

private:
    explicit RemovalLock(std::filesystem::path file) : file_(std::move(file)) {}
    [[nodiscard]] FileDescriptor reopen() const;

    std::filesystem::path file_;
};

}  // namespace ingestor
