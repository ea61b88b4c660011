#pragma once

#include <span>
#include <variant>

#include "base/result.hpp"
#include "sqlite/connection.hpp"

namespace ingestor::sqlite {

/// The steps that make the tables, oldest first. How many were taken stands in
/// `PRAGMA user_version`.
[[nodiscard]] std::span<const char* const> schema_steps();

/// Takes the steps that the file has not seen yet, each in a transaction of its own.
/// Errors: conflict (the file was written by a newer program), unavailable, corrupt, internal (a
/// step is wrong).
[[nodiscard]] Result<std::monostate> migrate(Connection& connection,
                                             std::span<const char* const> steps = schema_steps());

}  // namespace ingestor::sqlite
