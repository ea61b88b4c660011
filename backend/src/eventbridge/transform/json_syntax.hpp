#pragma once

#include <string_view>
#include <variant>

#include "base/result.hpp"

namespace ingestor::eventbridge::transform {

/// Whether the text is one JSON value of any depth. Errors: invalid_argument, whose message is how
/// far it could be read, as EventBridge tells it: `[Source: (String)"{x"; line: 1, column: 3]`.
[[nodiscard]] Result<std::monostate> check_json(std::string_view text);

/// Whether the text is JSON strings, one or more, with white space between them. Errors: as above.
[[nodiscard]] Result<std::monostate> check_json_strings(std::string_view text);

}  // namespace ingestor::eventbridge::transform
