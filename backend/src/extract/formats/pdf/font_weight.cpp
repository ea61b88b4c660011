#include "extract/formats/pdf/font_weight.hpp"

#include <algorithm>
#include <array>

#include <GfxFont.h>

namespace ingestor::extract::pdf {
namespace {

char lowered(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool contains(std::string_view name, std::string_view word) {
    return std::search(name.begin(), name.end(), word.begin(), word.end(),
                       [](char a, char b) { return lowered(a) == b; }) != name.end();
}

// Short words mean a weight only where a name's part ends with them: "Frutiger-Bd", but not
// "Abduction"; "NimbusRomNo9L-Medi", but not "Roboto-Medium".
bool has_part(std::string_view name, std::string_view word) {
    for (std::size_t at = 0; at + word.size() <= name.size(); ++at) {
        const auto part = name.substr(at, word.size());
        if (!std::equal(part.begin(), part.end(), word.begin(),
                        [](char a, char b) { return lowered(a) == b; })) {
            continue;
        }
        const char before = at == 0 ? '-' : name[at - 1];
        // Berthold's fonts are "BE" and "BQ": a sole letter stands behind a mark.
        const bool begins = before == '-' || before == '_' || before == '.' || before == ',' ||
                            (word.size() > 1 && before >= 'a' && before <= 'z' && part[0] <= 'Z');
        const auto rest = name.substr(at + word.size());
        const char after = rest.empty() ? '-' : lowered(rest[0]);
        const bool ends = after < 'a' || after > 'z';
        if (begins && ends) return true;
    }
    return false;
}

}  // namespace

bool is_bold_name(std::string_view name) {
    // The letters before a plus sign name a subset, not the font.
    if (const auto plus = name.find('+'); plus == 6) name.remove_prefix(plus + 1);
    static constexpr std::array<std::string_view, 12> kWords = {"bold", "black", "heavy", "demi",
                                                                "cmbx", "cmb10", "sbx",   "sfbx",
                                                                "ecbx", "sfsx",  "ecsx",  "lmbx"};
    static constexpr std::array<std::string_view, 9> kParts = {
        "medi", "mediital", "bd", "bdit", "bi", "b", "tb", "hv", "blk"};
    return std::any_of(kWords.begin(), kWords.end(),
                       [&](std::string_view word) { return contains(name, word); }) ||
           std::any_of(kParts.begin(), kParts.end(),
                       [&](std::string_view word) { return has_part(name, word); });
}

bool is_bold_font(const GfxFont& font) {
    if (font.isBold() || font.getWeight() >= GfxFont::W600) return true;
    return font.getName() && is_bold_name(*font.getName());
}

}  // namespace ingestor::extract::pdf
