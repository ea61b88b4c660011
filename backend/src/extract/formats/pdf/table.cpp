#include "extract/formats/pdf/table.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "extract/formats/pdf/table_records.hpp"

namespace ingestor::extract::pdf {
namespace {

// The line of a cell that a small word belongs to, raised or lowered as it may be: the nearest of
// the lines of larger words, or a line of its own.
double line_of(const Word& word, const std::vector<double>& lines, double size) {
    static constexpr double kReach = 0.6;  // Of the size that the lines are set in.
    const auto below = std::lower_bound(lines.begin(), lines.end(), word.baseline);
    double nearest = word.baseline;
    double least = kReach * size;
    const auto look = [&](double line) {
        if (std::fabs(line - word.baseline) >= least) return;
        least = std::fabs(line - word.baseline);
        nearest = line;
    };
    if (below != lines.end()) look(*below);
    if (below != lines.begin()) look(*std::prev(below));
    return nearest;
}

void order_lines(const Page& page, Cell& cell) {
    static constexpr double kSmall = 0.85;
    if (cell.size() < 2) return;
    const auto& words = page.words;
    std::stable_sort(cell.begin(), cell.end(), [&](std::uint32_t a, std::uint32_t b) {
        return words[a].baseline < words[b].baseline;
    });
    double size = 1;
    for (const std::uint32_t word : cell) size = std::max(size, words[word].size);
    std::vector<double> lines;
    for (const std::uint32_t word : cell) {
        if (words[word].size < kSmall * size) continue;
        if (lines.empty() || words[word].baseline - lines.back() >= 0.5 * size)
            lines.push_back(words[word].baseline);
    }
    std::vector<std::pair<double, std::uint32_t>> placed;
    placed.reserve(cell.size());
    for (const std::uint32_t word : cell)
        placed.emplace_back(line_of(words[word], lines, size), word);
    std::stable_sort(placed.begin(), placed.end(), [&](const auto& a, const auto& b) {
        if (a.first != b.first) return a.first < b.first;
        return words[a.second].box.left < words[b.second].box.left;
    });
    for (std::size_t i = 0; i < cell.size(); ++i) cell[i] = placed[i].second;
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
