#pragma once

#include <string_view>

class GfxFont;

namespace ingestor::extract::pdf {

/// Whether a font's name says that it is bold, in the ways foundries and TeX say it: "Bold",
/// "Demi", URW's "-Medi", "cmbx", "-Bd".
[[nodiscard]] bool is_bold_name(std::string_view name);

/// Whether the font says so by its name, its flags or its descriptor's FontWeight (from 600; PDF
/// 32000-1, 9.8.1).
[[nodiscard]] bool is_bold_font(const GfxFont& font);

}  // namespace ingestor::extract::pdf
