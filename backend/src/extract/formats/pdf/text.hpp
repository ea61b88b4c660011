#pragma once

#include <cstdint>
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

/// What a bracket of right-to-left text stands for: its look on the page, where it is mirrored, or
/// the character that was typed.
enum class Brackets : std::uint8_t { as_drawn, as_typed };

/// How much a line, in the order on the page, says for brackets as they are drawn (above 0) or as
/// they were typed (below 0): a pair of them opens at the left if it is drawn so.
[[nodiscard]] int bracket_vote(std::u32string_view visual);

/// From the order on the page, left to right, to the order of reading (Unicode UAX #9, inverse);
/// Arabic presentation forms become letters, accents join their letters.
[[nodiscard]] std::u32string to_logical(std::u32string_view visual,
                                        Brackets brackets = Brackets::as_drawn);

void append_utf8(std::string& out, char32_t c);
[[nodiscard]] std::string to_utf8(std::u32string_view text);
[[nodiscard]] std::u32string from_utf8(std::string_view text);

/// Lower case, digits as `0`, blanks and punctuation left out: what stays the same of a running
/// head from page to page.
[[nodiscard]] std::u32string pattern_of(std::u32string_view text);

/// Letters and digits only, in lower case: for comparing a line with a title of the outline.
[[nodiscard]] std::u32string skeleton_of(std::u32string_view text);

}  // namespace ingestor::extract::pdf
