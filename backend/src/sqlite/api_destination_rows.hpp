#pragma once

#include <string>
#include <string_view>

#include "ports/api_destination_store.hpp"
#include "ports/event_log.hpp"

namespace ingestor::sqlite {

// Columns of connections, API destinations and their targets that are JSON. What cannot be read
// throws StorageFailure (corrupt).

[[nodiscard]] std::string authorization_text(const ports::Authorization& authorization);
[[nodiscard]] ports::Authorization authorization_of(std::string_view text);

[[nodiscard]] std::string parameters_text(const ports::ConnectionParameters& parameters);
[[nodiscard]] ports::ConnectionParameters parameters_of(std::string_view text);

/// Empty where there are none.
[[nodiscard]] std::string target_parameters_text(const ports::TargetHttpParameters& parameters);
[[nodiscard]] ports::TargetHttpParameters target_parameters_of(std::string_view text);

}  // namespace ingestor::sqlite
