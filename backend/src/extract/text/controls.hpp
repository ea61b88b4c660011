#pragma once

#include <string>
#include <string_view>

namespace ingestor::extract::text {

/// A text as a terminal would leave it: colours, cursor movements, titles and links of terminals
/// (ECMA-48's control sequences and strings) go, and letters that were struck over to be bold or
/// underlined come once. Text in UTF-8 stays as it is otherwise.
[[nodiscard]] std::string without_terminal_controls(std::string_view text);

}  // namespace ingestor::extract::text
