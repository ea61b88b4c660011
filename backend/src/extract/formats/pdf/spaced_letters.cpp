#include "extract/formats/pdf/spaced_letters.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "extract/formats/pdf/text.hpp"

namespace ingestor::extract::pdf {
namespace {

// Fewer may be a formula or a label.
constexpr std::size_t kLettersMin = 4;
// Glyphs of a word that are narrower than their step touch: then two or three stay together.
constexpr std::uint32_t kTogetherMax = 3;
// Between words of wide letters at most, of their size.
constexpr double kStretchGap = 2.5;
// Points by which a blank's base line may be off its neighbours', whatever their size.
constexpr double kReachMax = 20;

class SpacedLetters {
public:
    explicit SpacedLetters(Page& page) : page_(page), joins_(page.words.size()) {
        blanks_.reserve(page.blanks.size());
        for (const Blank& blank : page.blanks) {
            if (std::fabs(blank.y) < 1e6) blanks_.emplace_back(std::lround(blank.y), blank.x);
        }
        std::ranges::sort(blanks_);
    }

    // Finds the gaps that are none. False where there is not one. Poppler may have torn a line of
    // wide letters into several.
    bool look() {
        bool any = false;
        const auto count = static_cast<std::uint32_t>(page_.words.size());
        for (std::uint32_t first = 0; first < count;) {
            std::uint32_t last = first;
            std::size_t letters = 0;
            std::size_t single = 0;
            while (last < count && may_belong(page_.words[last], page_.words[first]) &&
                   (last == first || follows(page_.words[last], page_.words[last - 1]))) {
                single += size_of(last) == 1 ? 1 : 0;
                letters += size_of(last);
                ++last;
            }
            // Short words in a row ("was a") have fewer single letters.
            if (letters >= kLettersMin && single * 3 >= std::size_t{last - first} * 2)
                any = look_at_stretch(first, last) || any;
            first = std::max(last, first + 1);
        }
        return any;
    }

    void join() {
        std::vector<Word> words;
        words.reserve(page_.words.size());
        std::vector<std::uint32_t> place(page_.words.size() + 1);
        for (std::uint32_t i = 0; i < page_.words.size(); ++i) {
            const Word& word = page_.words[i];
            if (i > 0 && joins_[i - 1]) {
                Word& whole = words.back();
                whole.box = {std::min(whole.box.left, word.box.left),
                             std::min(whole.box.top, word.box.top),
                             std::max(whole.box.right, word.box.right),
                             std::max(whole.box.bottom, word.box.bottom)};
                whole.end = word.end;
                whole.shown_end = std::max(whole.shown_end, word.shown_end);
                whole.space_after = word.space_after;
            } else {
                words.push_back(word);
            }
            place[i + 1] = static_cast<std::uint32_t>(words.size());
        }
        std::vector<Line> lines;
        lines.reserve(page_.lines.size());
        for (const Line& line : page_.lines) {
            const bool goes_on = !lines.empty() && line.first > 0 && joins_[line.first - 1];
            if (goes_on) {
                lines.back().last = place[line.last];
                continue;
            }
            lines.push_back(line);
            lines.back().first = place[line.first];
            lines.back().last = place[line.last];
        }
        page_.words = std::move(words);
        page_.lines = std::move(lines);
    }

private:
    [[nodiscard]] std::uint32_t size_of(std::uint32_t word) const {
        return page_.words[word].end - page_.words[word].begin;
    }

    [[nodiscard]] bool may_belong(const Word& word, const Word& first) const {
        if (word.aside || word.end - word.begin > kTogetherMax || word.style != first.style ||
            std::fabs(word.size - first.size) > 0.1 * first.size ||
            std::fabs(word.baseline - first.baseline) > 0.2 * first.size) {
            return false;
        }
        const auto text = page_.text_of(word);
        return std::ranges::all_of(text, [](char32_t c) {
            return is_letter(c) && !is_ideographic(c) && !is_right_to_left(c);
        });
    }

    [[nodiscard]] static bool follows(const Word& word, const Word& before) {
        const double gap = word.box.left - before.box.right;
        return gap > -0.3 * word.size && gap < kStretchGap * word.size;
    }

    [[nodiscard]] bool draws_blank(const Word& left, const Word& right) const {
        const double reach = std::min(0.5 * left.size, kReachMax);
        if (!(std::fabs(left.baseline) < 1e6)) return false;
        const long last = std::lround(left.baseline + reach);
        for (long row = std::lround(left.baseline - reach); row <= last; ++row) {
            const auto after = std::ranges::upper_bound(blanks_, std::pair{row, left.box.left});
            if (after != blanks_.end() && after->first == row && after->second < right.box.left)
                return true;
        }
        return false;
    }

    bool look_at_stretch(std::uint32_t first, std::uint32_t last) {
        struct Gap {
            double width = 0;
            bool blank = false;
        };
        std::vector<Gap> gaps;
        std::vector<double> widths;
        bool blanks = false;
        for (std::uint32_t i = first; i + 1 < last; ++i) {
            const Word& left = page_.words[i];
            const Word& right = page_.words[i + 1];
            gaps.push_back(
                {.width = right.box.left - left.box.right, .blank = draws_blank(left, right)});
            blanks = blanks || gaps.back().blank;
            if (!gaps.back().blank) widths.push_back(gaps.back().width);
        }
        // Words of one letter, each with a blank behind it.
        if (widths.size() * 2 < gaps.size() || widths.empty()) return false;
        // Fonts that draw no blanks at all set variables of formulas in the same manner.
        if (!blanks && page_.blanks.size() * 4 < page_.words.size()) return false;
        const auto middle = widths.begin() + static_cast<std::ptrdiff_t>(widths.size() / 2);
        std::nth_element(widths.begin(), middle, widths.end());
        const double usual = *middle;
        const double size = page_.words[first].size;
        if (usual < 0.05 * size) return false;
        bool any = false;
        for (std::size_t i = 0; i < gaps.size(); ++i) {
            const bool wide = gaps[i].width > size || (!blanks && gaps[i].width > 1.7 * usual);
            joins_[first + i] = !gaps[i].blank && !wide;
            any = any || joins_[first + i];
        }
        return any;
    }

    Page& page_;
    std::vector<std::pair<long, double>> blanks_;  // By their base line in points, and from left.
    std::vector<bool> joins_;                      // Each word with the one behind it.
};

}  // namespace

void join_spaced_letters(Page& page) {
    if (page.turn != 0 || page.words.size() < kLettersMin) return;
    SpacedLetters letters(page);
    if (letters.look()) letters.join();
}

}  // namespace ingestor::extract::pdf
