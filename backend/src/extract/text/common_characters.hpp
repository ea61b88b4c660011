#pragma once

namespace ingestor::extract::text {

/// True for the most frequent Han characters of Chinese (both scripts) and Japanese together, about
/// 550.
[[nodiscard]] bool is_frequent_ideograph(char32_t c);
/// True for those of which tokenisers know no part, about two in five.
[[nodiscard]] bool is_rare_ideograph(char32_t c);

/// True for the Korean syllables that make up four parts of five of Korean texts.
[[nodiscard]] bool is_common_syllable(char32_t c);

}  // namespace ingestor::extract::text
