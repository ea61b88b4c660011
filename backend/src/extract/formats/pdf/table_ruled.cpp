// Tables drawn with lines. Rules that cross make a component; its distinct places along x and y
// make a grid; a missing piece of line between two cells of the grid joins them.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "extract/formats/pdf/rules.hpp"
#include "extract/formats/pdf/table.hpp"
#include "extract/formats/pdf/table_grid.hpp"

namespace ingestor::extract::pdf {
namespace {

constexpr double kTolerance = 3;  // Points by which lines that should meet may miss each other.
constexpr std::size_t kCrossingsMax = 4'000'000;
constexpr std::size_t kCellsMax = 100'000;

class Sets {
public:
    explicit Sets(std::size_t count) : parent_(count) {
        std::iota(parent_.begin(), parent_.end(), std::size_t{0});
    }
    std::size_t root(std::size_t of) {
        while (parent_[of] != of) {
            parent_[of] = parent_[parent_[of]];
            of = parent_[of];
        }
        return of;
    }
    // The smaller index stays the root, so that a joined cell is known by its first.
    void join(std::size_t a, std::size_t b) {
        const std::size_t ra = root(a);
        const std::size_t rb = root(b);
        parent_[std::max(ra, rb)] = std::min(ra, rb);
    }

private:
    std::vector<std::size_t> parent_;
};

void add_place(std::vector<double>& places, double place) {
    places.push_back(place);
}

std::vector<double> distinct(std::vector<double> places) {
    std::sort(places.begin(), places.end());
    std::vector<double> out;
    for (const double place : places) {
        if (out.empty() || place - out.back() > kTolerance) out.push_back(place);
    }
    return out;
}

// The interval of `edges` that holds `place`, or none.
std::optional<std::size_t> slot(const std::vector<double>& edges, double place) {
    const auto after = std::upper_bound(edges.begin(), edges.end(), place);
    if (after == edges.begin() || after == edges.end()) return std::nullopt;
    return static_cast<std::size_t>(after - edges.begin()) - 1;
}

// Calls `mark(index, i)` for each line at place `index` of `across` and each slot `i` along it.
template <class Mark>
void each_wall(std::span<const Rule> rules, const std::vector<double>& across,
               const std::vector<double>& along, Mark mark) {
    for (const Rule& rule : rules) {
        const auto nearest = std::lower_bound(across.begin(), across.end(), rule.at - kTolerance);
        if (nearest == across.end() || *nearest > rule.at + kTolerance) continue;
        const auto index = static_cast<std::size_t>(nearest - across.begin());
        const auto first = std::lower_bound(along.begin(), along.end(), rule.from - kTolerance);
        for (auto i = static_cast<std::size_t>(first - along.begin()); i + 1 < along.size(); ++i) {
            if ((along[i] + along[i + 1]) / 2 > rule.to) break;
            mark(index, i);
        }
    }
}

struct Group {
    std::vector<Rule> horizontal, vertical;
};

Grid grid_of(const Group& group) {
    Grid grid;
    for (const Rule& rule : group.vertical) add_place(grid.xs, rule.at);
    for (const Rule& rule : group.horizontal) add_place(grid.ys, rule.at);
    // Open sides: the ends of the crossing lines close the grid.
    const auto close = [](std::vector<double>& places, const std::vector<Rule>& crossing) {
        const auto [low, high] = std::minmax_element(places.begin(), places.end());
        double from = *low;
        double to = *high;
        for (const Rule& rule : crossing) {
            from = std::min(from, rule.from);
            to = std::max(to, rule.to);
        }
        if (from < *low - 2 * kTolerance) places.push_back(from);
        if (to > places.front() &&
            to > *std::max_element(places.begin(), places.end()) + 2 * kTolerance) {
            places.push_back(to);
        }
    };
    close(grid.xs, group.horizontal);
    close(grid.ys, group.vertical);
    grid.xs = distinct(std::move(grid.xs));
    grid.ys = distinct(std::move(grid.ys));
    return grid;
}

void fill_table(Page& page, const Group& group, std::uint32_t columns_max,
                std::vector<Table>& tables) {
    Grid grid = grid_of(group);
    if (grid.xs.size() < 2 || grid.ys.size() < 2) return;
    add_unseen_columns(page, grid);
    if (grid.xs.size() < 3 || grid.ys.size() < 3 || grid.columns() > columns_max) return;
    const std::size_t columns = grid.columns();
    const std::size_t rows = grid.rows();
    if (columns * rows > kCellsMax) return;

    Slots slots(columns * rows);
    std::vector<std::uint32_t> taken;
    for (std::uint32_t i = 0; i < page.words.size(); ++i) {
        const Word& word = page.words[i];
        if (word.table >= 0 || word.aside) continue;
        const auto column = slot(grid.xs, (word.box.left + word.box.right) / 2);
        const auto row = slot(grid.ys, (word.box.top + word.box.bottom) / 2);
        if (!column || !row) continue;
        slots[*row * columns + *column].push_back(i);
        taken.push_back(i);
    }

    Walls walls(grid);
    each_wall(group.vertical, grid.xs, grid.ys, [&](std::size_t x, std::size_t row) {
        if (x > 0 && x < columns) walls.set_right(row, x - 1);
    });
    each_wall(group.horizontal, grid.ys, grid.xs, [&](std::size_t y, std::size_t column) {
        if (y > 0 && y < rows) walls.set_lower(y - 1, column);
    });
    add_white_walls(page, grid, slots, walls);
    Sets cells(columns * rows);
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < columns; ++c) {
            const std::size_t cell = r * columns + c;
            if (c + 1 < columns && !walls.right(r, c)) cells.join(cell, cell + 1);
            if (r + 1 < rows && !walls.lower(r, c)) cells.join(cell, cell + columns);
        }
    }

    Table table;
    table.box = {grid.xs.front(), grid.ys.front(), grid.xs.back(), grid.ys.back()};
    table.rows.assign(rows, std::vector<Cell>(columns));
    const auto id = static_cast<std::int32_t>(tables.size());
    std::vector<std::size_t> used;
    for (std::size_t at = 0; at < slots.size(); ++at) {
        if (slots[at].empty()) continue;
        const std::size_t cell = cells.root(at);
        Cell& into = table.rows[cell / columns][cell % columns];
        into.insert(into.end(), slots[at].begin(), slots[at].end());
        used.push_back(cell);
    }
    std::sort(used.begin(), used.end());
    const auto filled =
        static_cast<std::size_t>(std::unique(used.begin(), used.end()) - used.begin());
    // A frame around prose is no table, nor is a chart's mesh with a few labels.
    if (filled < 3 || taken.size() > filled * 80 || filled * 8 < columns * rows) return;
    std::size_t largest = 0;
    for (const auto& row : table.rows) {
        for (const Cell& cell : row) largest = std::max(largest, cell.size());
    }
    // Nor is a form's frame, most of which is in one of its fields; but a table whose cells are
    // mostly filled may well have a long one.
    std::size_t count = 0;
    for (std::size_t at = 0; at < slots.size(); ++at) count += cells.root(at) == at ? 1 : 0;
    const bool regular = columns >= 3 && rows >= 3 && filled * 10 >= count * 6;
    if (!regular && largest > 50 && largest * 3 > taken.size()) return;
    if (!tidy_table(page, table)) return;
    for (const std::uint32_t i : taken) page.words[i].table = id;
    tables.push_back(std::move(table));
}

}  // namespace

void find_ruled_tables(Page& page, std::uint32_t columns_max, std::vector<Table>& tables) {
    if (page.horizontal.size() < 2 || page.vertical.empty()) return;
    const std::vector<Rule> horizontal = merged_rules(page.horizontal);
    const std::vector<Rule> vertical = merged_rules(page.vertical);
    if (horizontal.size() < 2 || horizontal.size() * vertical.size() > kCrossingsMax) return;

    Sets sets(horizontal.size() + vertical.size());
    for (std::size_t v = 0; v < vertical.size(); ++v) {
        const Rule& down = vertical[v];
        for (std::size_t h = 0; h < horizontal.size(); ++h) {
            const Rule& across = horizontal[h];
            if (across.from - kTolerance <= down.at && down.at <= across.to + kTolerance &&
                down.from - kTolerance <= across.at && across.at <= down.to + kTolerance) {
                sets.join(h, horizontal.size() + v);
            }
        }
    }
    std::vector<Group> groups;
    std::vector<std::size_t> group_of(horizontal.size() + vertical.size(), SIZE_MAX);
    const auto group_at = [&](std::size_t index) -> Group& {
        std::size_t& group = group_of[sets.root(index)];
        if (group == SIZE_MAX) {
            group = groups.size();
            groups.emplace_back();
        }
        return groups[group];
    };
    for (std::size_t h = 0; h < horizontal.size(); ++h) {
        group_at(h).horizontal.push_back(horizontal[h]);
    }
    for (std::size_t v = 0; v < vertical.size(); ++v) {
        group_at(horizontal.size() + v).vertical.push_back(vertical[v]);
    }
    // Each table looks at all words once, so their number on a page is bounded.
    static constexpr std::size_t kTablesMax = 200;
    std::size_t tried = 0;
    for (const Group& group : groups) {
        if (group.horizontal.size() < 2 || group.vertical.empty()) continue;
        if (++tried > kTablesMax) break;
        fill_table(page, group, columns_max, tables);
    }
}

}  // namespace ingestor::extract::pdf
