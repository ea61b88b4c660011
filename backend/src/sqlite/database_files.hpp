#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include <sys/types.h>

#include "base/result.hpp"

namespace ingestor::sqlite {

/// Knows whether the files that a database was opened on still stand where they stood. A process
/// goes on writing into files that were removed or replaced under it, and all of that is lost when
/// it ends.
class DatabaseFiles {
public:
    /// None: always in place.
    DatabaseFiles() = default;
    /// Of a database that is open: the file and its write-ahead log. Errors: unavailable.
    [[nodiscard]] static Result<DatabaseFiles> of(const std::filesystem::path& database);

    /// Looks the names up, which may wait for the disk. Safe from any thread. Errors: unavailable.
    [[nodiscard]] Result<std::monostate> check() const;

private:
    struct File {
        std::string path;
        dev_t device = 0;
        ino_t inode = 0;
    };
    std::vector<File> files_;
};

}  // namespace ingestor::sqlite
