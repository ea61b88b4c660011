#include "extract/pdf/table.hpp"

#include <algorithm>
#include <cmath>

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

std::vector<double> baselines_of(const Page& page, const Cell& cell) {
    std::vector<double> out;
    for (const std::uint32_t index : cell) {
        const Word& word = page.words[index];
        if (out.empty() || word.baseline - out.back() > 0.5 * std::max(word.size, 1.0)) {
            out.push_back(word.baseline);
        }
    }
    return out;
}

// Rows between two lines of a grid may hold several records, one below the other: the cells of most
// columns then have the same number of short lines at the same heights.
std::size_t records_in(const Page& page, const std::vector<Cell>& row,
                       std::vector<double>& heights) {
    std::size_t filled = 0;
    std::size_t agreeing = 0;
    heights.clear();
    for (const Cell& cell : row) {
        if (cell.empty()) continue;
        ++filled;
        const auto lines = baselines_of(page, cell);
        if (lines.size() > heights.size() && cell.size() <= lines.size() * 3 / 2) heights = lines;
    }
    if (heights.size() < 2) return 1;
    for (const Cell& cell : row) {
        const auto lines = baselines_of(page, cell);
        if (lines.size() != heights.size()) continue;
        const bool level = std::equal(lines.begin(), lines.end(), heights.begin(),
                                      [](double a, double b) { return std::fabs(a - b) < 2; });
        if (level && cell.size() <= lines.size() * 3 / 2) ++agreeing;
    }
    return agreeing >= 3 && agreeing * 10 >= filled * 6 ? heights.size() : 1;
}

void split_records(const Page& page, Table& table) {
    std::vector<std::vector<Cell>> rows;
    std::vector<double> heights;
    for (auto& row : table.rows) {
        const std::size_t records = records_in(page, row, heights);
        if (records < 2) {
            rows.push_back(std::move(row));
            continue;
        }
        const std::size_t first = rows.size();
        rows.resize(first + records, std::vector<Cell>(row.size()));
        for (std::size_t c = 0; c < row.size(); ++c) {
            const bool shared = baselines_of(page, row[c]).size() != records;
            for (const std::uint32_t word : row[c]) {
                const auto at =
                    std::lower_bound(heights.begin(), heights.end(), page.words[word].baseline - 2);
                const auto record =
                    std::min(static_cast<std::size_t>(at - heights.begin()), records - 1);
                rows[first + (shared ? 0 : record)][c].push_back(word);
            }
        }
    }
    table.rows = std::move(rows);
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
    find_aligned_tables(page, columns_max, tables);
    return tables;
}

}  // namespace ingestor::extract::pdf
