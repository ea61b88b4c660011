#include "extract/formats/pdf/slanted_text.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "extract/formats/pdf/text.hpp"

namespace ingestor::extract::pdf {
namespace {

// The size that most of the upright text has, or 0 without any.
double body_size(const Page& page) {
    std::vector<double> sizes;
    sizes.reserve(page.words.size());
    for (const Word& word : page.words) {
        if (!word.aside) sizes.push_back(word.size);
    }
    if (sizes.empty()) return 0;
    const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
    std::nth_element(sizes.begin(), middle, sizes.end());
    return *middle;
}

// The box as it lies on the page after its quarter turns were undone, as those of the words do.
Box turned(const Box& box, const Page& page) {
    switch (page.turn) {
        case 1:
            return {box.top, page.width - box.right, box.bottom, page.width - box.left};
        case 2:
            return {page.width - box.right, page.height - box.bottom, page.width - box.left,
                    page.height - box.top};
        case 3:
            return {page.height - box.bottom, box.left, page.height - box.top, box.right};
        default:
            return box;
    }
}

std::u32string trimmed(const std::u32string& text) {
    const auto first = text.find_first_not_of(U' ');
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(U' ') + 1 - first);
}

}  // namespace

void SlantedText::add(const Glyph& glyph, std::u32string_view meaning) {
    static constexpr double kWordGap = 0.2;  // Of the size.
    static constexpr double kLineGap = 1.5;
    static constexpr double kStruckTwice = 0.15;
    const double length = std::hypot(glyph.end_x - glyph.x, glyph.end_y - glyph.y);
    if (!(length > 0) || !std::isfinite(glyph.x + glyph.y + glyph.end_x + glyph.end_y)) return;
    const bool blank = meaning == U" " || meaning == U"\u00A0";
    if (!lines_.empty()) {
        Line& line = lines_.back();
        const double ux = (glyph.end_x - glyph.x) / length;
        const double uy = (glyph.end_y - glyph.y) / length;
        const double along = (glyph.x - line.end_x) * ux + (glyph.y - line.end_y) * uy;
        const double across = (glyph.x - line.end_x) * uy - (glyph.y - line.end_y) * ux;
        const double run_x = line.end_x - line.last_x;
        const double run_y = line.end_y - line.last_y;
        const bool same_way = run_x * ux + run_y * uy > 0.99 * std::hypot(run_x, run_y);
        const bool same_size = std::fabs(line.size - glyph.size) < 0.3 * glyph.size;
        if (same_way && same_size && std::fabs(across) < 0.4 * glyph.size) {
            // A glyph that is struck twice to look bold.
            const bool again = std::hypot(glyph.x - line.last_x, glyph.y - line.last_y) <
                               kStruckTwice * glyph.size;
            if (again && line.text.ends_with(meaning)) return;
            if (along > -0.5 * glyph.size && along < kLineGap * glyph.size) {
                if ((blank || along > kWordGap * glyph.size) && !line.text.ends_with(U' ')) {
                    line.text += U' ';
                }
                if (!blank) {
                    for (const char32_t c : meaning) append_folded(line.text, c);
                }
                line.last_x = glyph.x;
                line.last_y = glyph.y;
                line.end_x = glyph.end_x;
                line.end_y = glyph.end_y;
                return;
            }
        }
    }
    if (blank) return;
    Line line{.x = glyph.x,
              .y = glyph.y,
              .last_x = glyph.x,
              .last_y = glyph.y,
              .end_x = glyph.end_x,
              .end_y = glyph.end_y,
              .size = glyph.size};
    for (const char32_t c : meaning) append_folded(line.text, c);
    lines_.push_back(std::move(line));
}

// Watermarks lie over the text of a page: large, across it, or again and again. Labels at an angle,
// as charts and the heads of narrow columns have them, are about as large as the text.
bool SlantedText::is_watermark(const Line& line, std::size_t times, const Page& page, double body) {
    static constexpr double kLarge = 1.8;    // Of the size of the text.
    static constexpr double kAcross = 0.35;  // Of the page's diagonal.
    static constexpr std::size_t kTileLettersMin = 4;
    static constexpr std::size_t kTiles = 4;
    if (body == 0) return false;
    if (line.size > kLarge * body) return true;
    const double length = std::hypot(line.end_x - line.x, line.end_y - line.y);
    if (length > kAcross * std::hypot(page.width, page.height)) return true;
    return line.text.size() >= kTileLettersMin && times >= kTiles;
}

void SlantedText::place(Page& page) const {
    if (lines_.empty()) return;
    const double body = body_size(page);
    std::unordered_map<std::u32string_view, std::size_t> times;
    for (const Line& line : lines_) ++times[line.text];
    const std::uint32_t block = page.lines.empty() ? 0 : page.lines.back().block + 1;
    const std::uint32_t flow = page.lines.empty() ? 0 : page.lines.back().flow + 1;
    std::uint32_t placed = 0;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        const Line& line = lines_[i];
        const std::u32string text = trimmed(line.text);
        // A whole line that is struck twice.
        const bool again =
            i > 0 && lines_[i - 1].text == line.text &&
            std::hypot(lines_[i - 1].x - line.x, lines_[i - 1].y - line.y) < 0.2 * line.size;
        if (text.empty() || again) continue;
        if (is_watermark(line, times[line.text], page, body)) {
            page.watermarks.push_back(text);
            continue;
        }
        const auto [left, right] = std::minmax(line.x, line.end_x);
        const auto [top, bottom] = std::minmax(line.y, line.end_y);
        const Box box = turned({left, top - line.size, right + line.size, bottom}, page);
        const auto first = static_cast<std::uint32_t>(page.words.size());
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = std::min(text.find(U' ', begin), text.size());
            Word word{.box = box, .baseline = box.bottom, .size = line.size};
            word.begin = static_cast<std::uint32_t>(page.text.size());
            page.text.append(text, begin, end - begin);
            word.end = static_cast<std::uint32_t>(page.text.size());
            word.space_after = end < text.size();
            word.aside = true;
            page.words.push_back(word);
            begin = end + 1;
        }
        page.lines.push_back({.first = first,
                              .last = static_cast<std::uint32_t>(page.words.size()),
                              .block = block + placed,
                              .flow = flow + placed});
        ++placed;
    }
}

}  // namespace ingestor::extract::pdf
