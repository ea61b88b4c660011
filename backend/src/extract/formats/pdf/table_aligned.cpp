// Tables without lines: rows of text whose pieces stand below each other. Words with the same
// baseline make a row, wide gaps cut it into segments, and a run of rows whose segments share their
// places along x is a table, unless it reads like columns of prose.
#include <algorithm>

#include "extract/formats/pdf/table.hpp"
#include "extract/formats/pdf/table_columns.hpp"
#include "extract/formats/pdf/table_rows.hpp"

namespace ingestor::extract::pdf {
namespace {

constexpr double kRowPitchInSizes = 3.2;  // Rows further apart are not of one table.
constexpr std::size_t kRowsMax = 20'000;

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
        // Rows of one segment may lie between (wrapped cells), but not many.
        std::size_t end = begin + 1;
        for (std::size_t r = begin + 1; r < count && r - end < 2; ++r) {
            const double pitch = rows.rows[r].baseline - rows.rows[r - 1].baseline;
            if (pitch > kRowPitchInSizes * std::max(rows.rows[r].size, rows.rows[r - 1].size))
                break;
            if (rows.rows[r].count() > 1) end = r + 1;
        }
        if (end - begin >= 3) finder.try_run(begin, end, Bounds::open, tables);
        begin = end;
    }
}

}  // namespace ingestor::extract::pdf
