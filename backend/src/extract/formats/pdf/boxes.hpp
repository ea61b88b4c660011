#pragma once

#include <optional>
#include <string_view>

namespace ingestor::extract::pdf {

/// The state of a box that a page draws as a character; nullopt: it is none. An empty square is one
/// wherever it stands before words; a filled square is an ornament unless others beside it are
/// boxes.
[[nodiscard]] constexpr std::optional<bool> box_state(char32_t c) {
    switch (c) {
        case U'\u2610':
        case U'\u25A1':
        case U'\u25FB':
        case U'\u25FD':
        case U'\u274F':
        case U'\u2751':
        case U'\u2B1C':
            return false;
        case U'\u2611':
        case U'\u2612':
        case U'\u25A3':
        case U'\u2327':
        case U'\u2BBD':
        case U'\u2705':
            return true;
        default:
            return std::nullopt;
    }
}

[[nodiscard]] constexpr bool is_filled_square(char32_t c) {
    return c == U'\u25A0' || c == U'\u25FC' || c == U'\u25FE' || c == U'\u2B1B';
}

/// True where a line is a box and the words that it is of: no further box stands among them, as in
/// a row of answers.
[[nodiscard]] constexpr bool is_boxed_line(std::u32string_view text) {
    if (text.size() < 2 || !box_state(text[0])) return false;
    for (const char32_t c : text.substr(1)) {
        if (box_state(c)) return false;
    }
    return true;
}

}  // namespace ingestor::extract::pdf
