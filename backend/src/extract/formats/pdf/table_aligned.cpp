// Tables without lines: rows of text whose pieces stand below each other. Words with the same
// baseline make a row, wide gaps cut it into segments, and a run of rows whose segments share their
// places along x is a table, unless it reads like columns of prose.
#include <algorithm>
#include <cmath>

#include "extract/formats/pdf/table.hpp"
#include "extract/formats/pdf/table_columns.hpp"
#include "extract/formats/pdf/table_rows.hpp"

namespace ingestor::extract::pdf {
namespace {

constexpr double kRowPitchInSizes = 3.2;  // Rows further apart are not of one table.
constexpr std::size_t kRowsMax = 20'000;
constexpr std::size_t kCellLinesMax = 8;
constexpr int kTriesMax = 8;

// Is the row of one segment a further line of a cell of the row `above`, set closer than rows are?
bool goes_on_below(const TextRows& rows, std::size_t above, std::size_t row) {
    constexpr double kLinePitchInSizes = 1.4;
    const TextRow& line = rows.rows[row];
    if (line.baseline - rows.rows[row - 1].baseline > kLinePitchInSizes * line.size) return false;
    const Segment& text = rows.segments[line.first];
    const TextRow& full = rows.rows[above];
    for (std::uint32_t i = full.first; i < full.last; ++i) {
        if (std::fabs(rows.segments[i].left - text.left) > 2) continue;
        return i + 1 == full.last || text.right < rows.segments[i + 1].left;
    }
    return false;
}

// Does the row of one segment end at the edge of the row `above`, with more than a blank before its
// last word? Its label leaves no more room before the value.
bool ends_in_column(const Page& page, const TextRows& rows, std::size_t above, std::size_t row) {
    constexpr double kSameEdge = 2;  // Points.
    constexpr double kWideBlankInSizes = 0.4;
    const TextRow& line = rows.rows[row];
    const Segment& text = rows.segments[line.first];
    if (text.last - text.first < 2) return false;
    const Word& value = page.words[rows.order[text.last - 1]];
    const Word& label = page.words[rows.order[text.last - 2]];
    return std::fabs(text.right - rows.segments[rows.rows[above].last - 1].right) < kSameEdge &&
           value.box.left - label.box.right > kWideBlankInSizes * line.size;
}

// Rows between which the pitch is even.
struct Stretch {
    std::size_t begin = 0, end = 0;
};

// Of the rows [begin, end), those that white above and below sets apart and that have more columns
// than all of them together: an address stands close above the items of an invoice, and the sums
// below them.
Stretch richest_stretch(ColumnFinder& finder, const TextRows& rows, std::size_t begin,
                        std::size_t end) {
    constexpr double kWhiteInPitches = 1.3;
    constexpr std::size_t kRowsMin = 3;
    constexpr std::size_t kColumnsMin = 3;
    constexpr std::size_t kStretchesMax = 12;
    Stretch richest{begin, end};
    std::vector<std::size_t> edges{begin};
    for (std::size_t r = begin + 1; r + 1 < end; ++r) {
        const double above = rows.rows[r].baseline - rows.rows[r - 1].baseline;
        const double below = rows.rows[r + 1].baseline - rows.rows[r].baseline;
        if (rows.rows[r].count() > 1 && above > kWhiteInPitches * below) edges.push_back(r);
    }
    edges.push_back(end);
    if (edges.size() < 3 || edges.size() > kStretchesMax) return richest;
    std::size_t most = std::max(finder.count_columns(begin, end), kColumnsMin - 1);
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
        if (edges[i + 1] - edges[i] < kRowsMin) continue;
        const std::size_t columns = finder.count_columns(edges[i], edges[i + 1]);
        if (columns <= most || !finder.fills_columns(edges[i], edges[i + 1])) continue;
        most = columns;
        richest = {edges[i], edges[i + 1]};
    }
    return richest;
}

// Tries the rows, and where they are no table, fewer and fewer of them.
void try_rows(ColumnFinder& finder, const TextRows& rows, std::size_t begin, std::size_t end,
              std::vector<Table>& tables) {
    // What stands close above a table is no part of it: a clause with its number, an address.
    auto bounds = Bounds::open;
    for (int tries = 0; end - begin >= 3 && tries < kTriesMax; ++tries) {
        if (finder.try_run(begin, end, bounds, tables)) break;
        bounds = Bounds::part;
        do {
            ++begin;
        } while (begin < end && rows.rows[begin].count() < 2);
    }
}

}  // namespace

void find_aligned_tables(Page& page, std::uint32_t columns_max, std::vector<Table>& tables) {
    const TextRows rows = rows_of(page);
    if (rows.rows.size() > kRowsMax) return;
    ColumnFinder finder(page, rows, columns_max);
    const std::size_t count = rows.rows.size();
    for (std::size_t begin = 0; begin < count;) {
        if (rows.rows[begin].count() < 2) {
            ++begin;
            continue;
        }
        // A row of one segment may lie between, and the further lines of a cell.
        std::size_t end = begin + 1;
        std::size_t alone = 0;
        for (std::size_t r = begin + 1; r < count; ++r) {
            const double pitch = rows.rows[r].baseline - rows.rows[r - 1].baseline;
            if (pitch > kRowPitchInSizes * std::max(rows.rows[r].size, rows.rows[r - 1].size))
                break;
            if (rows.rows[r].count() > 1 || ends_in_column(page, rows, end - 1, r)) {
                end = r + 1;
                alone = 0;
            } else if (r - end >= kCellLinesMax || (!goes_on_below(rows, end - 1, r) &&
                                                    !is_half_line(rows, r) && ++alone > 1)) {
                break;
            }
        }
        const Stretch richest = richest_stretch(finder, rows, begin, end);
        try_rows(finder, rows, begin, richest.begin, tables);
        try_rows(finder, rows, richest.begin, richest.end, tables);
        try_rows(finder, rows, richest.end, end, tables);
        begin = end;
    }
}

}  // namespace ingestor::extract::pdf
