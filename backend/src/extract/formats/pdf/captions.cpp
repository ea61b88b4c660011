#include "extract/formats/pdf/captions.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "extract/formats/pdf/text.hpp"

namespace ingestor::extract::pdf {
namespace {

// Of the languages that documents mostly come in, without accents and in lower case.
constexpr std::array<std::u32string_view, 28> kWords = {
    U"figure",  U"fig",     U"table",     U"tab",     U"chart",     U"graph",   U"exhibit",
    U"plate",   U"map",     U"scheme",    U"listing", U"abbildung", U"abb",     U"tabelle",
    U"bild",    U"tableau", U"graphique", U"figura",  U"tabla",     U"grafico", U"cuadro",
    U"tabella", U"tabela",  U"figuur",    U"tabel",   U"photo",     U"diagram", U"diagramm"};

}  // namespace

bool is_caption(std::u32string_view text) {
    std::size_t end = 0;
    while (end < text.size() && is_letter(text[end])) ++end;
    const std::u32string word = skeleton_of(text.substr(0, end));
    if (std::find(kWords.begin(), kWords.end(), word) == kWords.end()) return false;
    if (end < text.size() && text[end] == U'.') ++end;
    std::size_t number = end;
    while (number < text.size() && text[number] == U' ') ++number;
    if (number == end || number >= text.size()) return false;
    // "3", "4.6", "A-1", "S2", "IV": begins with a digit, or is short and in capitals.
    end = number;
    while (end < text.size() &&
           (is_digit(text[end]) || is_upper(text[end]) || text[end] == U'.' || text[end] == U'-')) {
        ++end;
    }
    if (end == number || end - number > 10) return false;
    const bool digits = std::any_of(text.begin() + static_cast<std::ptrdiff_t>(number),
                                    text.begin() + static_cast<std::ptrdiff_t>(end), is_digit);
    const bool apart = end == text.size() || !is_letter(text[end]);
    return apart && (digits || end - number <= 4);
}

}  // namespace ingestor::extract::pdf
