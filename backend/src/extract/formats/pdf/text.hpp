#pragma once

#include <string>
#include <string_view>

namespace ingestor::extract::pdf {

/// Appends `c` as text: ligatures of Latin letters are spread, every kind of blank becomes a blank,
/// and what cannot be seen or is no character is left out. Soft hyphens stay: only a line's end
/// tells what they mean.
void append_folded(std::u32string& out, char32_t c);

[[nodiscard]] bool is_right_to_left(char32_t c);
[[nodiscard]] bool is_letter(char32_t c);
[[nodiscard]] bool is_lower(char32_t c);
[[nodiscard]] bool is_upper(char32_t c);
[[nodiscard]] bool is_digit(char32_t c);
/// Chinese and Japanese signs, which are written without blanks.
[[nodiscard]] bool is_ideographic(char32_t c);

/// True where the text needs `to_logical`: right-to-left letters, presentation forms or loose
/// accents.
[[nodiscard]] bool needs_reordering(std::u32string_view text);

/// From the order on the page, left to right, to the order of reading (Unicode UAX #9, inverse);
/// Arabic presentation forms become letters, accents join their letters.
[[nodiscard]] std::u32string to_logical(std::u32string_view visual);

void append_utf8(std::string& out, char32_t c);
[[nodiscard]] std::string to_utf8(std::u32string_view text);
[[nodiscard]] std::u32string from_utf8(std::string_view text);

/// Lower case, digits as `0`, blanks and punctuation left out: what stays the same of a running
/// head from page to page.
[[nodiscard]] std::u32string pattern_of(std::u32string_view text);

/// Letters and digits only, in lower case: for comparing a line with a title of the outline.
[[nodiscard]] std::u32string skeleton_of(std::u32string_view text);

}  // namespace ingestor::extract::pdf
