#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "extract/model/inline.hpp"

namespace ingestor::extract::render {

/// The text in Unicode's own raised or lowered signs; nothing where one of them is missing.
[[nodiscard]] std::optional<std::string> in_script(std::string_view text, model::Script script);

/// True where raising is a matter of taste, and what is raised reads the same on the line: the
/// "th" of "4th" behind its number, a mark in brackets.
[[nodiscard]] bool reads_on_the_line(std::string_view text, char32_t before);

}  // namespace ingestor::extract::render
