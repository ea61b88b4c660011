#pragma once

#include <variant>

#include "base/result.hpp"
#include "ports/token_verifier.hpp"

namespace ingestor::bus {

/// The bus has events of all users. Errors: permission_denied.
[[nodiscard]] inline Result<std::monostate> check_operator(const ports::Principal& who) {
    if (who.is_operator) return std::monostate{};
    return fail(Errc::permission_denied,
                "The event bus is for operators: with the server's own sign-in, the user 'local'.");
}

}  // namespace ingestor::bus
