#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ingestor::extract::html {

/// Where references stand; in `nothing` (scripts, CDATA) `&` is a letter as others.
enum class ReferenceIn : std::uint8_t { text, attribute, nothing };

/// Appends the text with its character references as the characters that they stand for, line ends
/// as line feeds, and without NUL (HTML, 13.2.5.72 "Character reference state").
void append_decoded(std::string& out, std::string_view text, ReferenceIn where);

/// False where append_decoded would change nothing.
[[nodiscard]] bool needs_decoding(std::string_view text);

}  // namespace ingestor::extract::html
