#pragma once

namespace ingestor::extract::text {

/// True for the Han characters of everyday Chinese (both scripts) and Japanese, as CLDR lists them:
/// about 3,700, which make up nineteen parts of twenty of their texts.
[[nodiscard]] bool is_common_ideograph(char32_t c);

/// True for the Korean syllables that make up four parts of five of Korean texts.
[[nodiscard]] bool is_common_syllable(char32_t c);

}  // namespace ingestor::extract::text
