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

/// Is told of a job, and of an object that it refers to; an error ends the walk.
using FoundJob = std::function<Result<std::monostate>(const domain::JobId& job_id)>;
using FoundObject = std::function<Result<std::monostate>(const domain::ObjectKey& key)>;

/// Goes through all jobs of a database that nobody writes to, and all objects that they refer to;
/// an object that several refer to comes as often. Blocks. Errors: as above, and those of the two.
[[nodiscard]] Result<std::monostate> walk_database(const std::filesystem::path& file,
                                                   const FoundJob& job, const FoundObject& object);

}  // namespace ingestor::sqlite
