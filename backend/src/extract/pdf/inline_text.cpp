#include "extract/pdf/inline_text.hpp"

#include <algorithm>
#include <cmath>

#include "extract/markdown.hpp"
#include "extract/pdf/text.hpp"

namespace ingestor::extract::pdf {
namespace {

bool is_leader(std::u32string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char32_t c) { return c == U'.' || c == U'\u2026' || c == U'\u00B7'; });
}

void start_run(std::vector<Run>& runs, std::size_t at, const Word& word, std::int32_t link_base) {
    const std::int32_t link = word.link < 0 ? -1 : word.link + link_base;
    const auto place = static_cast<std::uint32_t>(at);
    if (!runs.empty() && runs.back().style == word.style && runs.back().link == link) return;
    if (!runs.empty()) runs.back().end = place;
    runs.push_back({.begin = place, .end = place, .link = link, .style = word.style});
}

// Appends a word, with runs of five dots and more as three.
void append_word(std::u32string& out, std::u32string_view text) {
    if (text.find(U".....") == std::u32string_view::npos) {
        out += text;
        return;
    }
    std::size_t dots = 0;
    for (const char32_t c : text) {
        dots = c == U'.' ? dots + 1 : 0;
        if (dots <= 3) out += c;
    }
}

// Where right-to-left text meets other text, the blank between is often drawn with no width on
// either side. Only what was shown in one go is one word there.
bool meets_other_direction(const Page& page, const Word& left, const Word& right) {
    const bool left_turned = is_right_to_left(page.text[left.begin]);
    const bool right_turned = is_right_to_left(page.text[right.begin]);
    const auto letters = [&page](const Word& word) { return is_letter(page.text[word.begin]); };
    return left_turned != right_turned && letters(left) && letters(right) &&
           left.shown_end != right.shown_begin && right.shown_end != left.shown_begin;
}

// "5.14.7", which may touch the title after it.
bool is_section_number(std::u32string_view text) {
    return text.find(U'.') != std::u32string_view::npos && is_digit(text.front()) &&
           is_digit(text.back()) && text.find_first_not_of(U"0123456789.") == text.npos;
}

// One, but in code as many as there is room for: its columns mean something.
std::size_t blanks_between(const Word& left, const Word& right) {
    static constexpr double kMost = 80;
    const auto letters = static_cast<double>(left.end - left.begin);
    const double width = (left.box.right - left.box.left) / std::max(letters, 1.0);
    const double gap = right.box.left - left.box.right;
    if ((left.style & right.style & kMono) == 0 || width <= 0.5 || gap < 1.5 * width) return 1;
    return static_cast<std::size_t>(std::clamp(std::round(gap / width), 1.0, kMost));
}

// Slanted single letters are mathematics rather than emphasis.
bool is_symbol(std::u32string_view text) {
    std::size_t run = 0;
    for (const char32_t c : text) {
        run = is_letter(c) ? run + 1 : 0;
        if (run >= 3 || is_ideographic(c)) return false;
    }
    return true;
}

// Emphasis needs a blank or punctuation around it to be read as such.
bool may_stand_beside(char32_t c) {
    return c == U' ' || (c < 0x80 && !is_letter(c) && !is_digit(c)) || (c >= 0x2010 && c <= 0x203F);
}

struct Marks {
    std::string_view open, close;
};

Marks marks_of(std::uint8_t style) {
    const bool bold = (style & kBold) != 0;
    const bool italic = (style & kItalic) != 0;
    if (bold && italic) return {"***", "***"};
    if (bold) return {"**", "**"};
    if (italic) return {"*", "*"};
    return {};
}

std::string code_span(std::string_view code) {
    const std::string_view fence = code.find('`') == std::string_view::npos ? "`" : "``";
    const bool pad = code.front() == '`' || code.back() == '`';
    std::string out(fence);
    if (pad) out += ' ';
    out += code;
    if (pad) out += ' ';
    out += fence;
    return out;
}

}  // namespace

void append_words(const Page& page, std::span<const std::uint32_t> words, std::int32_t link_base,
                  std::u32string& text, std::vector<Run>& runs) {
    const std::size_t begin = text.size();
    std::vector<Run> added;
    const Word* last = nullptr;
    const Word* const first = words.empty() ? nullptr : &page.words[words.front()];
    std::size_t leaders = 0;
    for (const std::uint32_t index : words) {
        const Word& word = page.words[index];
        const auto content = page.text_of(word);
        leaders = is_leader(content) ? leaders + 1 : 0;
        if (leaders > 3) {
            last = &word;
            continue;
        }
        if (last != nullptr) {
            const bool below = word.baseline - last->baseline > 0.5 * std::max(word.size, 1.0);
            const bool apart = word.box.left - last->box.right > 0.12 * word.size;
            const bool glued = below && !text.empty() && is_ideographic(text.back()) &&
                               is_ideographic(content.front());
            const bool shown =
                !apart && !last->space_after && meets_other_direction(page, *last, word);
            const bool numbered = last == first && is_section_number(page.text_of(*last)) &&
                                  is_letter(content.front());
            if ((last->space_after || apart || below || shown || numbered) && !glued) {
                // The blank belongs to what both words share, so that marks touch the words.
                if (!added.empty() && added.back().style != word.style) {
                    start_run(added, text.size(), Word{}, link_base);
                }
                text.append(blanks_between(*last, word), U' ');
            }
        }
        start_run(added, text.size(), word, link_base);
        append_word(text, content);
        last = &word;
    }
    if (!added.empty()) added.back().end = static_cast<std::uint32_t>(text.size());
    const auto line = std::u32string_view(text).substr(begin);
    if (needs_reordering(line)) {
        // Turning moves letters over the borders of the runs, so those are given up.
        const std::u32string logical = to_logical(line);
        text.resize(begin);
        text += logical;
        added.assign(1, Run{.begin = static_cast<std::uint32_t>(begin),
                            .end = static_cast<std::uint32_t>(text.size())});
    }
    runs.insert(runs.end(), added.begin(), added.end());
}

std::string to_markdown(std::u32string_view text, std::span<const Run> runs,
                        const std::vector<std::string>& links, std::uint8_t ignored) {
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    for (std::size_t i = 0; i < runs.size();) {
        // Runs that differ in ignored styles alone, or are blanks between equals, are one.
        const auto style_at = [&](std::size_t r) {
            return static_cast<std::uint8_t>(runs[r].style & ~ignored);
        };
        const auto is_blank = [&](std::size_t r) {
            return std::all_of(text.begin() + runs[r].begin, text.begin() + runs[r].end,
                               [](char32_t c) { return c == U' '; });
        };
        std::size_t end = i + 1;
        for (std::size_t r = i + 1; r < runs.size(); ++r) {
            if (style_at(r) == style_at(i) && runs[r].link == runs[i].link) {
                end = r + 1;
            } else if (!is_blank(r)) {
                break;
            }
        }
        std::size_t from = runs[i].begin;
        std::size_t to = runs[end - 1].end;
        const std::uint8_t style = style_at(i);
        const std::int32_t target = runs[i].link;
        i = end;
        while (from < to && text[from] == U' ') {
            out += ' ';
            ++from;
        }
        std::size_t tail = 0;
        while (to > from && text[to - 1] == U' ') {
            --to;
            ++tail;
        }
        if (from < to) {
            const std::string plain = to_utf8(text.substr(from, to - from));
            const bool free_standing = (from == 0 || may_stand_beside(text[from - 1])) &&
                                       (to == text.size() || may_stand_beside(text[to]));
            std::string piece;
            if ((style & kMono) != 0 && free_standing) {
                piece = code_span(plain);
            } else {
                piece = escape_inline(plain);
                const bool marked =
                    free_standing && (style & kMono) == 0 &&
                    !((style & kItalic) != 0 && is_symbol(text.substr(from, to - from)));
                const Marks marks = marked ? marks_of(style) : Marks{};
                if (!marks.open.empty()) {
                    piece.insert(0, marks.open);
                    piece += marks.close;
                }
            }
            out += target >= 0 ? link(piece, links[static_cast<std::size_t>(target)]) : piece;
        }
        out.append(tail, ' ');
    }
    return out;
}

}  // namespace ingestor::extract::pdf
