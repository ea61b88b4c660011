#include "extract/formats/pdf/drop_caps.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "extract/formats/pdf/text.hpp"

namespace ingestor::extract::pdf {
namespace {

constexpr double kLargerBy = 1.8;
/// Of the size of an initial: how high it stands.
constexpr double kCapHeight = 0.72;
constexpr std::size_t kInitialsMax = 16;  ///< Of a page; a page with more has something else.

bool is_initial(const Page& page, const Word& word) {
    const auto text = page.text_of(word);
    return text.size() == 1 && is_letter(text[0]) && !is_lower(text[0]) &&
           !is_ideographic(text[0]) && !is_right_to_left(text[0]) && !word.aside &&
           !word.invisible && !word.artifact;
}

// The line's first word that is not the initial itself; none where it has no other.
std::optional<std::uint32_t> first_beside(const Line& line, std::uint32_t initial) {
    const std::uint32_t first = line.first == initial ? initial + 1 : line.first;
    if (first >= line.last) return std::nullopt;
    return first;
}

// The word that the initial begins, at the begin of the highest of several lines right of it.
std::optional<std::uint32_t> word_begun_by(const Page& page, std::uint32_t index) {
    const Word& initial = page.words[index];
    const double top = initial.baseline - kCapHeight * initial.size;
    std::optional<std::uint32_t> highest;
    std::size_t lines = 0;
    for (const Line& line : page.lines) {
        const auto first = first_beside(line, index);
        if (!first) continue;
        const Word& word = page.words[*first];
        if (word.aside || word.size * kLargerBy > initial.size) continue;
        if (word.baseline < top || word.baseline > initial.baseline + 0.2 * word.size) continue;
        const double gap = word.box.left - initial.box.right;
        if (gap < -0.3 * word.size || gap > 1.6 * word.size) continue;
        ++lines;
        if (!highest || word.baseline < page.words[*highest].baseline) highest = first;
    }
    if (lines < 2) return std::nullopt;
    const Word& word = page.words[*highest];
    const bool at_top = word.baseline - top < 1.3 * word.size;
    if (!at_top || !is_letter(page.text_of(word).front())) return std::nullopt;
    return highest;
}

bool is_a_word(char32_t letter) {
    return letter == U'A' || letter == U'I';
}

// "A" and "friend" are two words where there is a friend elsewhere too.
bool is_on_page(const Page& page, std::u32string_view text, std::uint32_t but) {
    for (std::uint32_t i = 0; i < page.words.size(); ++i) {
        if (i != but && page.text_of(page.words[i]) == text) return true;
    }
    return false;
}

}  // namespace

void join_drop_caps(Page& page) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> joined;  // The initial, and its word.
    std::size_t candidates = 0;
    for (const Line& line : page.lines) {
        if (line.first >= line.last || !is_initial(page, page.words[line.first])) continue;
        if (++candidates > kInitialsMax) return;
        if (const auto word = word_begun_by(page, line.first)) {
            joined.emplace_back(line.first, *word);
        }
    }
    if (joined.empty()) return;
    std::vector<bool> gone(page.words.size(), false);
    for (const auto& [initial, begun] : joined) {
        const Word& letter = page.words[initial];
        Word& word = page.words[begun];
        const std::u32string text(page.text_of(word));
        const bool by_itself = is_a_word(page.text[letter.begin]) && is_on_page(page, text, begun);
        const auto begin = static_cast<std::uint32_t>(page.text.size());
        page.text += page.text[letter.begin];
        if (by_itself) page.text += U' ';
        page.text += text;
        word.begin = begin;
        word.end = static_cast<std::uint32_t>(page.text.size());
        word.box.left = letter.box.left;
        gone[initial] = true;
    }
    std::vector<Word> words;
    words.reserve(page.words.size());
    std::vector<Line> lines;
    lines.reserve(page.lines.size());
    for (Line line : page.lines) {
        const auto first = static_cast<std::uint32_t>(words.size());
        for (std::uint32_t w = line.first; w < line.last; ++w) {
            if (!gone[w]) words.push_back(page.words[w]);
        }
        line.first = first;
        line.last = static_cast<std::uint32_t>(words.size());
        if (line.last > line.first) lines.push_back(line);
    }
    page.words = std::move(words);
    page.lines = std::move(lines);
}

}  // namespace ingestor::extract::pdf
