#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "extract/formats/pdf/page.hpp"

namespace ingestor::extract::pdf {

/// Words of a row with no more than blanks between them.
struct Segment {
    std::uint32_t first = 0, last = 0;  ///< In TextRows::order.
    double left = 0, right = 0;
};

/// Words on one baseline.
struct TextRow {
    std::uint32_t first = 0, last = 0;  ///< In TextRows::segments.
    double baseline = 0, size = 0;
    [[nodiscard]] std::uint32_t count() const { return last - first; }
};

struct TextRows {
    std::vector<std::uint32_t> order;  ///< Indices of Page::words, row by row, left to right.
    std::vector<Segment> segments;
    std::vector<TextRow> rows;
};

/// The page's words that no table has taken, as rows from top to bottom; only those whose middle
/// is in `region` where there is one.
[[nodiscard]] TextRows rows_of(const Page& page, const std::optional<Box>& region = std::nullopt);

/// Is the row of one segment a line of a label of two lines, beside which values stand at half its
/// height?
[[nodiscard]] bool is_half_line(const TextRows& rows, std::size_t row);

}  // namespace ingestor::extract::pdf
