#include "extract/render/scripts.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "extract/text/utf8.hpp"

namespace ingestor::extract::render {
namespace {

using model::Script;

constexpr std::array<std::pair<char32_t, char32_t>, 19> kRaised = {{{U'0', 0x2070},
                                                                    {U'1', 0xB9},
                                                                    {U'2', 0xB2},
                                                                    {U'3', 0xB3},
                                                                    {U'4', 0x2074},
                                                                    {U'5', 0x2075},
                                                                    {U'6', 0x2076},
                                                                    {U'7', 0x2077},
                                                                    {U'8', 0x2078},
                                                                    {U'9', 0x2079},
                                                                    {U'+', 0x207A},
                                                                    {U'-', 0x207B},
                                                                    {0x2212, 0x207B},
                                                                    {0x2013, 0x207B},
                                                                    {U'=', 0x207C},
                                                                    {U'(', 0x207D},
                                                                    {U')', 0x207E},
                                                                    {U'n', 0x207F},
                                                                    {U'i', 0x2071}}};

constexpr std::array<std::pair<char32_t, char32_t>, 16> kLowered = {{{U'0', 0x2080},
                                                                     {U'1', 0x2081},
                                                                     {U'2', 0x2082},
                                                                     {U'3', 0x2083},
                                                                     {U'4', 0x2084},
                                                                     {U'5', 0x2085},
                                                                     {U'6', 0x2086},
                                                                     {U'7', 0x2087},
                                                                     {U'8', 0x2088},
                                                                     {U'9', 0x2089},
                                                                     {U'+', 0x208A},
                                                                     {U'-', 0x208B},
                                                                     {0x2212, 0x208B},
                                                                     {U'=', 0x208C},
                                                                     {U'(', 0x208D},
                                                                     {U')', 0x208E}}};

constexpr std::array<std::string_view, 12> kOrdinals = {
    "st", "nd", "rd", "th", "er", "re", "e", "o", "a", "te", "\u00E8me", "\u00BA"};

std::optional<char32_t> sign_of(char32_t c, const auto& signs) {
    const auto found = std::ranges::find(signs, c, &std::pair<char32_t, char32_t>::first);
    return found == signs.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::optional<std::string> in_script(std::string_view text, Script script) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const text::CodePoint c = text::code_point_at(text, at);
        at += c.size;
        const auto sign =
            script == Script::superscript ? sign_of(c.value, kRaised) : sign_of(c.value, kLowered);
        if (!sign) return std::nullopt;
        text::append_utf8(out, *sign);
    }
    return out;
}

bool reads_on_the_line(std::string_view text, char32_t before) {
    if (text.starts_with('[') && text.ends_with(']')) return true;
    if (before < U'0' || before > U'9') return false;
    return std::ranges::find(kOrdinals, text::to_lower_ascii(text)) != kOrdinals.end();
}

}  // namespace ingestor::extract::render
