#include "extract/formats/pdf/hidden_copies.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace ingestor::extract::pdf {
namespace {

constexpr double kRow = 12;  // Points.
// More words do not stand in one row.
constexpr std::size_t kRowWordsMax = 200;

std::int64_t row_of(const Box& box) {
    const double middle = (box.top + box.bottom) / 2;
    return std::isfinite(middle) && std::fabs(middle) < 1e6
               ? static_cast<std::int64_t>(std::floor(middle / kRow))
               : 0;
}

double overlap(const Box& a, const Box& b) {
    const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
    const double height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
    return width > 0 && height > 0 ? width * height : 0;
}

using Rows = std::unordered_map<std::int64_t, std::vector<const Word*>>;

// Visible words must cover most of an invisible one, and have its letters but for those that OCR
// misread: a stamp over a scan covers words as well, but repeats none. A misread short word has no
// letter in common with its original.
bool is_copy(const Page& page, const Word& word, const Rows& visible) {
    static constexpr std::size_t kShortWord = 2;
    const double area = (word.box.right - word.box.left) * (word.box.bottom - word.box.top);
    if (!(area > 0)) return false;
    double under = 0;
    std::u32string letters;
    for (std::int64_t row = row_of(word.box) - 1; row <= row_of(word.box) + 1; ++row) {
        const auto found = visible.find(row);
        if (found == visible.end()) continue;
        for (const Word* const other : found->second) {
            const double common = overlap(word.box, other->box);
            if (common <= 0) continue;
            under += common;
            letters += page.text_of(*other);
        }
    }
    if (under <= 0.5 * area) return false;
    const auto text = page.text_of(word);
    const auto same = std::ranges::count_if(text, [&](char32_t c) {
        const auto at = letters.find(c);
        if (at == letters.npos) return false;
        letters.erase(at, 1);
        return true;
    });
    return text.size() <= kShortWord || static_cast<std::size_t>(same) * 2 > text.size();
}

}  // namespace

std::vector<ShownRange> hidden_copies(const Page& page) {
    Rows visible;
    bool hidden = false;
    for (const Word& word : page.words) {
        hidden = hidden || word.invisible;
        if (word.invisible) continue;
        auto& row = visible[row_of(word.box)];
        if (row.size() < kRowWordsMax) row.push_back(&word);
    }
    std::vector<ShownRange> out;
    if (!hidden || visible.empty()) return out;
    for (const Word& word : page.words) {
        if (word.invisible && is_copy(page, word, visible))
            out.push_back({word.shown_begin, word.shown_end});
    }
    std::ranges::sort(out, {}, &ShownRange::begin);
    return out;
}

}  // namespace ingestor::extract::pdf
