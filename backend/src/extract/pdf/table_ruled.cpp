// Tables drawn with lines. Rules that cross make a component; its distinct places along x and y
// make a grid; a missing piece of line between two cells of the grid joins them.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "extract/pdf/table.hpp"

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

// Pieces of one line become one: a border is often drawn cell by cell, or twice.
std::vector<Rule> merged(std::vector<Rule> rules) {
    std::sort(rules.begin(), rules.end(), [](const Rule& a, const Rule& b) {
        const double at = std::floor(a.at / 1.5) - std::floor(b.at / 1.5);
        return at < 0 || (at == 0 && a.from < b.from);
    });
    std::vector<Rule> out;
    for (const Rule& rule : rules) {
        if (!out.empty() && std::fabs(out.back().at - rule.at) < 1.5 &&
            rule.from <= out.back().to + kTolerance) {
            out.back().to = std::max(out.back().to, rule.to);
        } else {
            out.push_back(rule);
        }
    }
    return out;
}

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

// For each cell but the last along the rules' axis of `places`: is there a line behind it?
void mark_walls(std::span<const Rule> rules, const std::vector<double>& across,
                const std::vector<double>& along, std::vector<bool>& walls) {
    const std::size_t length = along.size() - 1;
    for (const Rule& rule : rules) {
        const auto nearest = std::lower_bound(across.begin(), across.end(), rule.at - kTolerance);
        if (nearest == across.end() || *nearest > rule.at + kTolerance) continue;
        const auto index = static_cast<std::size_t>(nearest - across.begin());
        const auto first = std::lower_bound(along.begin(), along.end(), rule.from - kTolerance);
        for (auto i = static_cast<std::size_t>(first - along.begin()); i < length; ++i) {
            if ((along[i] + along[i + 1]) / 2 > rule.to) break;
            walls[index * length + i] = true;
        }
    }
}

struct Group {
    std::vector<Rule> horizontal, vertical;
};

struct Grid {
    std::vector<double> xs, ys;
    [[nodiscard]] std::size_t columns() const { return xs.size() - 1; }
    [[nodiscard]] std::size_t rows() const { return ys.size() - 1; }
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
    const Grid grid = grid_of(group);
    if (grid.xs.size() < 3 || grid.ys.size() < 3 || grid.columns() > columns_max) return;
    const std::size_t columns = grid.columns();
    const std::size_t rows = grid.rows();
    if (columns * rows > kCellsMax) return;

    std::vector<bool> right_walls((columns + 1) * rows, false);
    std::vector<bool> lower_walls((rows + 1) * columns, false);
    mark_walls(group.vertical, grid.xs, grid.ys, right_walls);
    mark_walls(group.horizontal, grid.ys, grid.xs, lower_walls);
    Sets cells(columns * rows);
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < columns; ++c) {
            const std::size_t cell = r * columns + c;
            if (c + 1 < columns && !right_walls[(c + 1) * rows + r]) cells.join(cell, cell + 1);
            if (r + 1 < rows && !lower_walls[(r + 1) * columns + c]) {
                cells.join(cell, cell + columns);
            }
        }
    }

    Table table;
    table.box = {grid.xs.front(), grid.ys.front(), grid.xs.back(), grid.ys.back()};
    table.rows.assign(rows, std::vector<Cell>(columns));
    const auto id = static_cast<std::int32_t>(tables.size());
    std::vector<std::uint32_t> taken;
    std::vector<std::size_t> used;
    for (std::uint32_t i = 0; i < page.words.size(); ++i) {
        const Word& word = page.words[i];
        if (word.table >= 0 || word.aside) continue;
        const auto column = slot(grid.xs, (word.box.left + word.box.right) / 2);
        const auto row = slot(grid.ys, (word.box.top + word.box.bottom) / 2);
        if (!column || !row) continue;
        const std::size_t cell = cells.root(*row * columns + *column);
        table.rows[cell / columns][cell % columns].push_back(i);
        taken.push_back(i);
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
    // Nor is a form's frame, most of which is in one of its fields.
    if (largest > 50 && largest * 3 > taken.size()) return;
    if (!tidy_table(page, table)) return;
    for (const std::uint32_t i : taken) page.words[i].table = id;
    tables.push_back(std::move(table));
}

}  // namespace

void find_ruled_tables(Page& page, std::uint32_t columns_max, std::vector<Table>& tables) {
    if (page.horizontal.size() < 2 || page.vertical.empty()) return;
    const std::vector<Rule> horizontal = merged(page.horizontal);
    const std::vector<Rule> vertical = merged(page.vertical);
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
