#include "extract/formats/pdf/inline_text.hpp"

#include <algorithm>
#include <cmath>

#include "extract/formats/pdf/text.hpp"
#include "extract/model/inline_builder.hpp"

namespace ingestor::extract::pdf {
namespace {

bool is_leader(std::u32string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char32_t c) { return c == U'.' || c == U'\u2026' || c == U'\u00B7'; });
}

void start_run(std::vector<Run>& runs, std::size_t at, const Word& word, std::uint8_t style,
               std::int32_t link_base) {
    const std::int32_t link = word.link < 0 ? -1 : word.link + link_base;
    const auto place = static_cast<std::uint32_t>(at);
    if (!runs.empty() && runs.back().style == style && runs.back().link == link) return;
    if (!runs.empty()) runs.back().end = place;
    runs.push_back({.begin = place, .end = place, .link = link, .style = style});
}

bool is_number(std::u32string_view text) {
    static constexpr std::u32string_view kSigns = U"+-\u2212\u2013";
    return std::all_of(text.begin(), text.end(), [](char32_t c) {
        return is_digit(c) || kSigns.find(c) != std::u32string_view::npos;
    });
}

// Is the word raised or lowered against one that it touches?
std::uint8_t script_beside(const Page& page, const Word& word, const Word& base) {
    static constexpr std::size_t kLettersMax = 16;
    const double size = std::max(base.size, 1.0);
    const double gap = std::max(word.box.left - base.box.right, base.box.left - word.box.right);
    const auto text = page.text_of(word);
    if (gap > 0.25 * size || gap < -0.5 * size || text.size() > kLettersMax) return kPlain;
    const double rise = (base.baseline - word.baseline) / size;
    // A number that is set as large as its base is one by its rise alone.
    const bool smaller = word.size < 0.87 * size;
    const bool figure = is_number(text) && word.size < 1.05 * size;
    if (rise > (smaller ? 0.15 : 0.25) && rise < 0.8 && (smaller || figure)) return kRaised;
    return smaller && rise < -0.08 && rise > -0.5 ? kLowered : kPlain;
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

}  // namespace

std::uint8_t style_of(const Page& page, const Word& word) {
    return is_ideographic(page.text[word.begin]) ? static_cast<std::uint8_t>(word.style & ~kMono)
                                                 : word.style;
}

void append_words(const Page& page, std::span<const std::uint32_t> words, std::int32_t link_base,
                  std::u32string& text, std::vector<Run>& runs, bool mark) {
    const std::size_t begin = text.size();
    std::vector<Run> added;
    const Word* last = nullptr;
    std::uint8_t last_script = kPlain;
    const Word* base = nullptr;  // The last word that stands on the line.
    const Word* const first = words.empty() ? nullptr : &page.words[words.front()];
    std::size_t leaders = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const Word& word = page.words[words[i]];
        const auto content = page.text_of(word);
        std::uint8_t script = kPlain;
        if (last != nullptr && base != nullptr) {
            // What is raised together stands beside what was raised before.
            script = script_beside(page, word, *base);
            const bool goes_on = last_script != kPlain &&
                                 std::fabs(word.baseline - last->baseline) < 0.5 &&
                                 std::fabs(word.size - last->size) < 0.5 && !last->space_after;
            if (script == kPlain && goes_on) script = last_script;
        }
        if (script == kPlain && i + 1 < words.size() && last_script == kPlain &&
            (last == nullptr || last->space_after)) {
            script = script_beside(page, word, page.words[words[i + 1]]);
        }
        const auto style = static_cast<std::uint8_t>(style_of(page, word) | script);
        leaders = is_leader(content) ? leaders + 1 : 0;
        if (leaders > 3) {
            last = &word;
            continue;
        }
        if (last != nullptr) {
            const bool below =
                script == kPlain && word.baseline - last->baseline > 0.5 * std::max(word.size, 1.0);
            const bool apart = word.box.left - last->box.right > 0.12 * word.size;
            const bool glued = below && !text.empty() && is_ideographic(text.back()) &&
                               is_ideographic(content.front());
            const bool shown =
                !apart && !last->space_after && meets_other_direction(page, *last, word);
            const bool numbered =
                last == first &&
                (mark || (is_section_number(page.text_of(*last)) && is_letter(content.front())));
            if ((last->space_after || apart || below || shown || numbered) && !glued) {
                // The blank belongs to what both words share, so that marks touch the words.
                if (!added.empty() && added.back().style != style) {
                    start_run(added, text.size(), Word{}, kPlain, link_base);
                }
                text.append(blanks_between(*last, word), U' ');
            }
        }
        start_run(added, text.size(), word, style, link_base);
        append_word(text, content.substr(0, content.size() - word.unlinked));
        if (word.unlinked > 0) {
            start_run(added, text.size(), Word{}, style, link_base);
            append_word(text, content.substr(content.size() - word.unlinked));
        }
        last = &word;
        last_script = script;
        if (script == kPlain) base = &word;
    }
    if (!added.empty()) added.back().end = static_cast<std::uint32_t>(text.size());
    const auto line = std::u32string_view(text).substr(begin);
    if (needs_reordering(line)) {
        // Turning moves letters over the borders of the runs, so those are given up.
        const std::u32string logical = to_logical(line, page.brackets);
        text.resize(begin);
        text += logical;
        added.assign(1, Run{.begin = static_cast<std::uint32_t>(begin),
                            .end = static_cast<std::uint32_t>(text.size())});
    }
    runs.insert(runs.end(), added.begin(), added.end());
}

model::Inlines to_inlines(std::u32string_view text, std::span<const Run> runs,
                          const std::vector<std::string>& links, std::uint8_t ignored) {
    model::InlineBuilder out;
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
        const std::size_t begin = runs[i].begin;
        const std::size_t last = runs[end - 1].end;
        std::size_t from = begin, to = last;
        const std::uint8_t look = style_at(i);
        const std::int32_t target = runs[i].link;
        i = end;
        while (from < to && text[from] == U' ') ++from;
        while (to > from && text[to - 1] == U' ') --to;
        // A blank stays a blank, whatever it is set in.
        if (from > begin || from == to) out.text(" ", {});
        if (from == to) continue;
        const auto core = text.substr(from, to - from);
        const bool free_standing = (from == 0 || may_stand_beside(text[from - 1])) &&
                                   (to == text.size() || may_stand_beside(text[to]));
        model::Style style;
        if ((look & kRaised) != 0) style.script = model::Script::superscript;
        if ((look & kLowered) != 0) style.script = model::Script::subscript;
        const bool on_line = style.script == model::Script::normal;
        style.code = (look & kMono) != 0 && free_standing && on_line;
        // Arrows, dashes and bullets are not stressed, whatever font they are taken from.
        const bool words = std::any_of(core.begin(), core.end(),
                                       [](char32_t c) { return is_letter(c) || is_digit(c); });
        const bool marked = free_standing && (look & kMono) == 0 && on_line && words;
        // Slanted symbols are mathematics, whatever their weight.
        const bool symbol = (look & kItalic) != 0 && is_symbol(core);
        style.bold = marked && (look & kBold) != 0 && !symbol;
        style.italic = marked && (look & kItalic) != 0 && !symbol;
        if (target >= 0) style.link = links[static_cast<std::size_t>(target)];
        out.text(to_utf8(core), style);
        if (to < last) out.text(" ", {});
    }
    return out.take();
}

}  // namespace ingestor::extract::pdf
