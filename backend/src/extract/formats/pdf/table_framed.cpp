// Tables of books and papers: lines of one length above, below and mostly under the head, and none
// between the columns. What stands between two such lines belongs to a table where most rows of it
// fall apart into columns; tables of the width of one column of the page are found beside the text
// of the other.
#include <algorithm>
#include <cmath>

#include "extract/formats/pdf/rules.hpp"
#include "extract/formats/pdf/table.hpp"
#include "extract/formats/pdf/table_columns.hpp"
#include "extract/formats/pdf/table_rows.hpp"
#include "extract/formats/pdf/text.hpp"

namespace ingestor::extract::pdf {
namespace {

constexpr double kSameEnd = 4;          // Points by which lines of one length may differ.
constexpr double kShortest = 60;        // Of a line over a table.
constexpr std::size_t kRulesMax = 500;  // A page with more is a drawing.
constexpr std::size_t kStacksMax = 40;

// Lines of one length, one above the other.
using Stack = std::vector<Rule>;

bool is_same_width(const Rule& a, const Rule& b) {
    return std::fabs(a.from - b.from) < kSameEnd && std::fabs(a.to - b.to) < kSameEnd;
}

std::vector<Stack> stacks_of(const std::vector<Rule>& rules) {
    std::vector<Stack> stacks;
    for (const Rule& rule : rules) {
        if (rule.to - rule.from < kShortest) continue;
        const auto same = std::find_if(stacks.begin(), stacks.end(), [&](const Stack& stack) {
            return is_same_width(stack.front(), rule);
        });
        if (same != stacks.end()) {
            same->push_back(rule);
        } else if (stacks.size() < kStacksMax) {
            stacks.push_back({rule});
        }
    }
    // Lines under parts of a head are shorter than the table's own.
    std::stable_sort(stacks.begin(), stacks.end(), [](const Stack& a, const Stack& b) {
        return a.front().to - a.front().from > b.front().to - b.front().from;
    });
    return stacks;
}

std::vector<Rule> edges_of(const std::vector<Box>& fills) {
    std::vector<Rule> edges;
    static constexpr double kHighest = 60;  // Points; what is higher holds more than a row.
    for (const Box& fill : fills) {
        if (fill.bottom - fill.top > kHighest) continue;
        edges.push_back({.at = fill.top, .from = fill.left, .to = fill.right});
        edges.push_back({.at = fill.bottom, .from = fill.left, .to = fill.right});
    }
    return merged_rules(std::move(edges));
}

// Edges of what is filled side by side: the head of a table above its first line, the row of sums
// below its last one. Between the table's own lines they say nothing.
void add_filled_ends(const std::vector<Rule>& edges, Stack& stack) {
    const double top = stack.front().at;
    const double bottom = stack.back().at;
    for (const Rule& edge : edges) {
        const bool outside = edge.at < top - kSameEnd || edge.at > bottom + kSameEnd;
        if (outside && is_same_width(stack.front(), edge)) stack.push_back(edge);
    }
    std::sort(stack.begin(), stack.end(), [](const Rule& a, const Rule& b) { return a.at < b.at; });
}

class Frames {
public:
    Frames(Page& page, std::uint32_t columns_max, std::vector<Table>& tables)
        : page_(page), columns_max_(columns_max), tables_(tables) {}

    void look_between(const Stack& stack) {
        Box region{stack.front().from - 2, stack.front().at, stack.front().to + 2, stack.back().at};
        TextRows rows = rows_of(page_, region);
        if (rows.rows.size() < 2 || are_totals(rows, region)) return;
        const double top = top_of_head(region, rows);
        if (top < region.top) {
            region.top = top;
            rows = rows_of(page_, region);
        }
        ColumnFinder finder(page_, rows, columns_max_);
        std::size_t begin = 0;  // The table under way.
        std::size_t end = 0;
        for (std::size_t i = 0; i + 1 < stack.size(); ++i) {
            std::size_t next = end;
            while (next < rows.rows.size() && rows.rows[next].baseline <= stack[i + 1].at) ++next;
            if (!falls_apart(rows, end, next)) {
                try_table(finder, rows, begin, end);
                begin = next;
            }
            end = next;
        }
        try_table(finder, rows, begin, end);
    }

private:
    // A head is often underlined and has no line above it. Its rows have as many columns as those
    // below, and end where something else does: a line amid further rows is under none.
    [[nodiscard]] double top_of_head(const Box& region, const TextRows& below) const {
        static constexpr double kLookedAt = 80;  // Points above the line.
        static constexpr double kPitchInSizes = 1.6;
        static constexpr std::size_t kRowsMax = 3;
        std::uint32_t most = 0;
        for (const TextRow& row : below.rows) most = std::max(most, row.count());
        const TextRows above =
            rows_of(page_, Box{region.left, region.top - kLookedAt, region.right, region.top});
        double top = region.top;
        double under = region.top;
        std::size_t taken = 0;
        for (auto row = above.rows.rbegin(); row != above.rows.rend(); ++row) {
            if (under - row->baseline > kPitchInSizes * row->size || row->count() < 2) break;
            if (row->count() * 2 < most || ++taken > kRowsMax) return region.top;
            under = row->baseline;
            top = row->baseline - row->size;
        }
        return top;
    }

    // Lines under the figures of sums alone: what the figures are of stands beside the lines.
    [[nodiscard]] bool are_totals(const TextRows& rows, const Box& region) const {
        if (!holds_figures(rows)) return false;
        const TextRows beside = rows_of(page_, Box{0, region.top, region.left, region.bottom});
        std::size_t labelled = 0;
        auto at = beside.rows.begin();
        for (const TextRow& row : rows.rows) {
            while (at != beside.rows.end() && at->baseline < row.baseline - 0.3 * row.size) ++at;
            if (at == beside.rows.end()) break;
            if (at->baseline < row.baseline + 0.3 * row.size && is_label(beside, *at)) ++labelled;
        }
        return labelled * 10 >= rows.rows.size() * 6;
    }

    [[nodiscard]] bool holds_figures(const TextRows& rows) const {
        std::size_t figures = 0;
        for (const Segment& segment : rows.segments) {
            bool letters = false;
            for (std::uint32_t i = segment.first; i < segment.last; ++i) {
                const auto text = page_.text_of(page_.words[rows.order[i]]);
                letters = letters || std::ranges::any_of(text, is_letter);
            }
            figures += letters ? 0 : 1;
        }
        return figures * 10 >= rows.segments.size() * 8;
    }

    // A line of the next column is longer.
    static bool is_label(const TextRows& rows, const TextRow& row) {
        static constexpr std::uint32_t kWords = 6;
        const Segment& first = rows.segments[row.first];
        return first.last - first.first <= kWords;
    }

    void try_table(ColumnFinder& finder, const TextRows& rows, std::size_t begin, std::size_t end) {
        end = without_notes(rows, begin, end);
        if (end - begin >= 2) finder.try_run(begin, end, Bounds::framed, tables_);
    }

    // Where the table itself ends without a line, notes and the text below come before the next.
    [[nodiscard]] std::size_t without_notes(const TextRows& rows, std::size_t begin,
                                            std::size_t end) const {
        std::size_t several = 0;  // Of the rows from `r` on.
        std::size_t cut = end;
        for (std::size_t r = end; r-- > begin;) {
            several += rows.rows[r].count() > 1 ? 1 : 0;
            if (several * 2 < end - r && reads_like_prose(rows, r)) cut = r;
        }
        return cut;
    }

    static bool reads_like_prose(const TextRows& rows, std::size_t r) {
        static constexpr std::uint32_t kWords = 6;
        if (rows.rows[r].count() != 1) return false;
        const Segment& only = rows.segments[rows.rows[r].first];
        return only.last - only.first >= kWords;
    }

    // Do most of the rows have columns? Two lines close together have nothing between them.
    static bool falls_apart(const TextRows& rows, std::size_t begin, std::size_t end) {
        std::size_t several = 0;
        for (std::size_t r = begin; r < end; ++r) several += rows.rows[r].count() > 1 ? 1 : 0;
        return several * 2 >= end - begin;
    }

    Page& page_;
    std::uint32_t columns_max_;
    std::vector<Table>& tables_;
};

}  // namespace

void find_framed_tables(Page& page, std::uint32_t columns_max, std::vector<Table>& tables) {
    if (page.horizontal.empty()) return;
    const std::vector<Rule> rules = merged_rules(page.horizontal);
    if (rules.size() > kRulesMax) return;
    const std::vector<Rule> edges = edges_of(page.fills);
    Frames frames(page, columns_max, tables);
    for (Stack& stack : stacks_of(rules)) {
        add_filled_ends(edges, stack);
        if (stack.size() > 1) frames.look_between(stack);
    }
}

}  // namespace ingestor::extract::pdf
