#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "extract/formats/pdf/page.hpp"

namespace ingestor::extract::pdf {

/// Puts text that runs at an angle together along its own base lines. Poppler's analysis knows
/// rows and columns only, and would take such a line for as many words as it has glyphs.
class SlantedText {
public:
    /// A glyph in points from the page's top left: where it begins and ends on its base line.
    struct Glyph {
        double x = 0, y = 0, end_x = 0, end_y = 0;
        double size = 0;  ///< Of the font.
    };

    /// True where the way from a glyph's begin to its end is neither along a row nor a column.
    [[nodiscard]] static bool is_slanted(double step_x, double step_y) {
        // Scans that were put straight run at a few degrees.
        constexpr double kSlant = 0.1;
        const double along = std::fabs(step_x);
        const double across = std::fabs(step_y);
        return std::min(along, across) > kSlant * std::max(along, across);
    }

    void clear() { lines_.clear(); }
    /// Takes the next glyph in the order of the content. `meaning` is its text, a blank included.
    void add(const Glyph& glyph, std::u32string_view meaning);
    /// Gives what was read to `page`: watermarks beside its text, all other lines as lines of their
    /// own behind those that are there.
    void place(Page& page) const;

private:
    struct Line {
        std::u32string text = {};
        double x = 0, y = 0;            ///< Where its first glyph begins.
        double last_x = 0, last_y = 0;  ///< Where its last one does.
        double end_x = 0, end_y = 0;
        double size = 0;
    };

    // `times` is how often the page has the line's text, `body` the size of its upright text.
    [[nodiscard]] static bool is_watermark(const Line& line, std::size_t times, const Page& page,
                                           double body);

    std::vector<Line> lines_;
};

}  // namespace ingestor::extract::pdf
