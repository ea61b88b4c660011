#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ingestor::extract::text {

/// One character of a UTF-8 text.
struct CodePoint {
    char32_t value = 0;
    std::size_t size = 1;  ///< In bytes; 1 where the text is not well-formed (value U+FFFD).
};

/// The character at a byte offset inside the text.
[[nodiscard]] CodePoint code_point_at(std::string_view text, std::size_t at);

void append_utf8(std::string& out, char32_t value);

[[nodiscard]] std::size_t count_code_points(std::string_view text);

/// The longest beginning of at most so many bytes that ends between characters.
[[nodiscard]] std::string_view prefix(std::string_view text, std::size_t bytes_max);

/// White space of any script, the no-break ones included.
[[nodiscard]] bool is_space(char32_t c);

/// Han, kana and their like: scripts that part no words by blanks.
[[nodiscard]] bool is_ideographic(char32_t c);

/// Punctuation and symbols, near enough for flanking rules and for counting words.
[[nodiscard]] bool is_punctuation(char32_t c);

/// Without white space of any script at either end.
[[nodiscard]] std::string_view trim(std::string_view text);

/// ASCII letters only; other characters stay.
[[nodiscard]] std::string to_lower_ascii(std::string_view text);

/// Words between blanks that hold a letter or digit; each ideographic character counts as one.
[[nodiscard]] std::uint64_t count_words(std::string_view text);

}  // namespace ingestor::extract::text
