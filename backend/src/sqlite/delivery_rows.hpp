#pragma once

#include <cstdint>
#include <optional>

#include "base/result.hpp"
#include "ports/event_log.hpp"
#include "sqlite/connection.hpp"

namespace ingestor::sqlite {

/// nullopt: there is none. Errors: corrupt (its event, or its route, cannot be read).
[[nodiscard]] Result<std::optional<ports::Delivery>> find_delivery(Connection& connection,
                                                                   std::int64_t id);
/// As find_delivery().
[[nodiscard]] Result<std::optional<ports::DeadLetter>> find_dead_letter(Connection& connection,
                                                                        std::int64_t id);
/// With an empty event where its own cannot be read.
[[nodiscard]] std::optional<ports::DeadLetter> find_dead_letter_or_its_shell(Connection& connection,
                                                                             std::int64_t id);

}  // namespace ingestor::sqlite
