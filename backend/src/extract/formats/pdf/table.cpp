#include "extract/formats/pdf/table.hpp"

#include <algorithm>

#include "extract/formats/pdf/table_records.hpp"

namespace ingestor::extract::pdf {
namespace {

void order_lines(const Page& page, Cell& cell) {
    if (cell.size() < 2) return;
    const auto& words = page.words;
    std::stable_sort(cell.begin(), cell.end(), [&](std::uint32_t a, std::uint32_t b) {
        return words[a].baseline < words[b].baseline;
    });
    // Raised and lowered words belong to the line that they stand on.
    for (std::size_t begin = 0; begin < cell.size();) {
        const Word& lead = words[cell[begin]];
        std::size_t end = begin + 1;
        while (end < cell.size() &&
               words[cell[end]].baseline - lead.baseline < 0.5 * std::max(lead.size, 1.0)) {
            ++end;
        }
        std::stable_sort(cell.begin() + static_cast<std::ptrdiff_t>(begin),
                         cell.begin() + static_cast<std::ptrdiff_t>(end),
                         [&](std::uint32_t a, std::uint32_t b) {
                             return words[a].box.left < words[b].box.left;
                         });
        begin = end;
    }
}

}  // namespace

bool tidy_table(const Page& page, Table& table) {
    std::erase_if(table.rows, [](const std::vector<Cell>& row) {
        return std::all_of(row.begin(), row.end(), [](const Cell& cell) { return cell.empty(); });
    });
    if (table.rows.empty()) return false;
    const std::size_t columns = table.rows.front().size();
    std::vector<bool> used(columns, false);
    for (const auto& row : table.rows) {
        for (std::size_t c = 0; c < columns; ++c) used[c] = used[c] || !row[c].empty();
    }
    std::size_t filled = 0;
    for (auto& row : table.rows) {
        std::size_t kept = 0;
        for (std::size_t c = 0; c < columns; ++c) {
            if (!used[c]) continue;
            order_lines(page, row[c]);
            if (!row[c].empty()) ++filled;
            if (kept != c) row[kept] = std::move(row[c]);
            ++kept;
        }
        row.resize(kept);
    }
    if (table.rows.size() < 2 || table.rows.front().size() < 2 || filled < 3) return false;
    split_records(page, table);
    return true;
}

std::vector<Table> find_tables(Page& page, std::uint32_t columns_max) {
    std::vector<Table> tables;
    find_ruled_tables(page, columns_max, tables);
    find_framed_tables(page, columns_max, tables);
    find_aligned_tables(page, columns_max, tables);
    return tables;
}

}  // namespace ingestor::extract::pdf
