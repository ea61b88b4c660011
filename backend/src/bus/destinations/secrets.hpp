#pragma once

#include <string>
#include <string_view>

#include "ports/api_destination_store.hpp"

namespace ingestor::bus::destinations {

/// What an endpoint says, for people: without the connection's secrets, which it may repeat as they
/// were sent, in a form or in a header. `token` is the `Authorization` that was sent, if any.
[[nodiscard]] std::string without_secrets(std::string text, const ports::Connection& connection,
                                          std::string_view token = {});

}  // namespace ingestor::bus::destinations
