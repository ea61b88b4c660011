#include "extract/formats/pdf/table_rows.hpp"

#include <algorithm>
#include <cmath>

namespace ingestor::extract::pdf {
namespace {

constexpr double kGapInSizes = 0.95;  // A gap as wide as this, in font sizes, ends a segment.

bool is_within(const Box& box, const Box& region) {
    const double x = (box.left + box.right) / 2;
    const double y = (box.top + box.bottom) / 2;
    return x > region.left && x < region.right && y > region.top && y < region.bottom;
}

void cut_row(const Page& page, TextRows& out, std::uint32_t begin, std::uint32_t end) {
    std::sort(out.order.begin() + begin, out.order.begin() + end,
              [&](std::uint32_t a, std::uint32_t b) {
                  return page.words[a].box.left < page.words[b].box.left;
              });
    TextRow row;
    row.first = static_cast<std::uint32_t>(out.segments.size());
    row.baseline = page.words[out.order[begin]].baseline;
    for (std::uint32_t i = begin; i < end; ++i) {
        const Word& word = page.words[out.order[i]];
        row.size = std::max(row.size, word.size);
        const bool apart = i == begin || word.box.left - out.segments.back().right >
                                             kGapInSizes * std::max(word.size, 4.0);
        if (apart) out.segments.push_back({i, i, word.box.left, word.box.right});
        out.segments.back().last = i + 1;
        out.segments.back().right = std::max(out.segments.back().right, word.box.right);
    }
    row.last = static_cast<std::uint32_t>(out.segments.size());
    out.rows.push_back(row);
}

}  // namespace

TextRows rows_of(const Page& page, const std::optional<Box>& region) {
    TextRows out;
    for (std::uint32_t i = 0; i < page.words.size(); ++i) {
        const Word& word = page.words[i];
        if (word.table >= 0 || word.aside || word.artifact) continue;
        if (!region || is_within(word.box, *region)) out.order.push_back(i);
    }
    const auto& words = page.words;
    std::sort(out.order.begin(), out.order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return words[a].baseline < words[b].baseline;
    });
    const auto count = static_cast<std::uint32_t>(out.order.size());
    for (std::uint32_t begin = 0; begin < count;) {
        std::uint32_t end = begin + 1;
        const Word& lead = words[out.order[begin]];
        while (end < count && words[out.order[end]].baseline - lead.baseline < 0.3 * lead.size)
            ++end;
        cut_row(page, out, begin, end);
        begin = end;
    }
    return out;
}

bool is_half_line(const TextRows& rows, std::size_t row) {
    constexpr double kHalfLineInSizes = 0.85;
    const TextRow& line = rows.rows[row];
    const Segment& text = rows.segments[line.first];
    const auto is_beside = [&](std::size_t other) {
        const TextRow& values = rows.rows[other];
        return values.count() > 1 && rows.segments[values.first].left > text.right &&
               std::fabs(values.baseline - line.baseline) < kHalfLineInSizes * line.size;
    };
    return line.count() == 1 &&
           ((row > 0 && is_beside(row - 1)) || (row + 1 < rows.rows.size() && is_beside(row + 1)));
}

}  // namespace ingestor::extract::pdf
