#pragma once

#include <variant>

#include "base/result.hpp"
#include "sqlite/connection.hpp"

namespace ingestor::sqlite {

/// The version of the tables that this program knows; it stands in `PRAGMA user_version`.
[[nodiscard]] int schema_version_max();

/// Brings the tables up to `target`, a version at a time, each in a transaction of its own.
/// Errors: conflict (the file was written by a newer program), unavailable, corrupt.
[[nodiscard]] Result<std::monostate> migrate(Connection& connection,
                                             int target = schema_version_max());

}  // namespace ingestor::sqlite
