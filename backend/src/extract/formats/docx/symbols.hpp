#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ingestor::extract::docx {

/// The text that a `w:sym` shows: a character of a font of pictures, as Unicode knows it.
/// Characters that stand for nothing known are left out.
[[nodiscard]] std::string symbol_text(std::string_view font, std::uint32_t code);

}  // namespace ingestor::extract::docx
