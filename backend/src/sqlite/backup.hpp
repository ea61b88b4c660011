#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <variant>

#include "base/result.hpp"
#include "domain/ids.hpp"
#include "domain/object_key.hpp"

namespace ingestor::sqlite {

/// A copy of the database as it is at one moment, also of one that a server writes to. Blocks.
/// Errors: unavailable, out_of_space, corrupt.
[[nodiscard]] Result<std::monostate> copy_database(const std::filesystem::path& file,
                                                   const std::filesystem::path& copy);

/// What a database says that a copy of it needs. An error that one of them returns ends the walk.
struct BackupWalk {
    std::function<Result<std::monostate>(const domain::JobId& job_id)> job;
    /// An object on the index, with the file that holds it; nullptr: the database does.
    std::function<Result<std::monostate>(std::uint64_t size_bytes, const std::string* file)> object;
    /// An object that a job refers to, as long as not all objects are on the index.
    std::function<Result<std::monostate>(const domain::ObjectKey& key)> older_object;
};

/// Goes through a database that nobody writes to; a file or an object that several refer to comes
/// as often. Blocks. Errors: as above, and those of the three.
[[nodiscard]] Result<std::monostate> walk_database(const std::filesystem::path& file,
                                                   const BackupWalk& walk);

}  // namespace ingestor::sqlite
