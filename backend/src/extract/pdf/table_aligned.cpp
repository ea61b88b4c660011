// Tables without lines: rows of text whose pieces stand below each other. Words with the same
// baseline make a row, wide gaps cut it into segments, and a run of rows whose segments share their
// places along x is a table, unless it reads like columns of prose.
#include <algorithm>
#include <cmath>
#include <span>

#include "extract/pdf/table.hpp"
#include "extract/pdf/text.hpp"

namespace ingestor::extract::pdf {
namespace {

constexpr double kGapInSizes = 0.95;      // A gap as wide as this, in font sizes, ends a segment.
constexpr double kRowPitchInSizes = 3.2;  // Rows further apart are not of one table.
constexpr std::size_t kRowsMax = 20'000;

struct Segment {
    std::uint32_t first = 0, last = 0;  // In the order of `Rows::order`.
    double left = 0, right = 0;
};

struct Row {
    std::uint32_t first = 0, last = 0;  // In `Rows::segments`.
    double baseline = 0, size = 0;
    [[nodiscard]] std::uint32_t count() const { return last - first; }
};

struct Rows {
    std::vector<std::uint32_t> order;
    std::vector<Segment> segments;
    std::vector<Row> rows;
};

void cut_row(const Page& page, Rows& out, std::uint32_t begin, std::uint32_t end) {
    std::sort(out.order.begin() + begin, out.order.begin() + end,
              [&](std::uint32_t a, std::uint32_t b) {
                  return page.words[a].box.left < page.words[b].box.left;
              });
    Row row;
    row.first = static_cast<std::uint32_t>(out.segments.size());
    row.baseline = page.words[out.order[begin]].baseline;
    for (std::uint32_t i = begin; i < end; ++i) {
        const Word& word = page.words[out.order[i]];
        row.size = std::max(row.size, word.size);
        const bool apart = i == begin || word.box.left - out.segments.back().right >
                                             kGapInSizes * std::max(word.size, 4.0);
        if (apart) out.segments.push_back({i, i, word.box.left, word.box.right});
        out.segments.back().last = i + 1;
        out.segments.back().right = std::max(out.segments.back().right, word.box.right);
    }
    row.last = static_cast<std::uint32_t>(out.segments.size());
    out.rows.push_back(row);
}

Rows rows_of(const Page& page) {
    Rows out;
    for (std::uint32_t i = 0; i < page.words.size(); ++i) {
        const Word& word = page.words[i];
        if (word.table < 0 && !word.aside && !word.artifact) out.order.push_back(i);
    }
    const auto& words = page.words;
    std::sort(out.order.begin(), out.order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return words[a].baseline < words[b].baseline;
    });
    const auto count = static_cast<std::uint32_t>(out.order.size());
    for (std::uint32_t begin = 0; begin < count;) {
        std::uint32_t end = begin + 1;
        const Word& lead = words[out.order[begin]];
        while (end < count && words[out.order[end]].baseline - lead.baseline < 0.3 * lead.size)
            ++end;
        cut_row(page, out, begin, end);
        begin = end;
    }
    return out;
}

// A row's words by the column they stand in.
struct Fitted {
    std::vector<Cell> cells;
    std::size_t used = 0;
    bool crosses = false;  // A segment lies across the white between two columns.
};

class Finder {
public:
    Finder(Page& page, const Rows& rows, std::uint32_t columns_max)
        : page_(page), rows_(rows), columns_max_(columns_max), taken_(page.words.size(), false) {
        heights_.reserve(rows.order.size());
        for (const std::uint32_t index : rows.order) {
            const Box& box = page.words[index].box;
            heights_.emplace_back((box.top + box.bottom) / 2, index);
        }
        std::sort(heights_.begin(), heights_.end());
    }

    /// Tries the run of rows [begin, end) of which the first and the last have several segments.
    void try_run(std::size_t begin, std::size_t end, std::vector<Table>& tables) {
        std::size_t several = 0;
        for (std::size_t r = begin; r < end; ++r) several += rows_.rows[r].count() > 1 ? 1 : 0;
        if (several < 3) return;
        find_columns(begin, end);
        if (columns_.size() < 2 || columns_.size() > columns_max_) return;
        fit(begin, end);
        if (fitted_.size() < 3 || !is_aligned() || !reads_like_cells()) return;
        Table table = build();
        if (!tidy_table(page_, table)) return;
        const auto id = static_cast<std::int32_t>(tables.size());
        for (const auto& row : table.rows) {
            for (const Cell& cell : row) {
                for (const std::uint32_t word : cell) page_.words[word].table = id;
            }
        }
        tables.push_back(std::move(table));
    }

private:
    struct Column {
        double left = 0, right = 0;
    };

    [[nodiscard]] std::span<const Segment> segments(std::size_t row) const {
        const Row& of = rows_.rows[row];
        return std::span(rows_.segments).subspan(of.first, of.count());
    }

    // Where almost no row has text, there is the white between columns.
    void find_columns(std::size_t begin, std::size_t end) {
        std::vector<std::pair<double, int>> edges;
        for (std::size_t r = begin; r < end; ++r) {
            if (rows_.rows[r].count() < 2) continue;
            for (const Segment& part : segments(r)) {
                edges.emplace_back(part.left, 1);
                edges.emplace_back(part.right, -1);
            }
        }
        std::sort(edges.begin(), edges.end());
        const int tolerated =
            end - begin >= 4 ? std::max(1, static_cast<int>((end - begin) / 10)) : 0;
        columns_.clear();
        int open = 0;
        for (const auto& [at, change] : edges) {
            const bool was_white = open <= tolerated;
            open += change;
            const bool is_white = open <= tolerated;
            if (was_white && !is_white) {
                // White too narrow to be seen is none.
                if (columns_.empty() || at - columns_.back().right > 3) {
                    columns_.push_back({at, at});
                }
            } else if (!was_white && is_white) {
                columns_.back().right = at;
            }
        }
    }

    [[nodiscard]] std::size_t nearest_column(double left, double right) const {
        const double middle = (left + right) / 2;
        const auto after =
            std::lower_bound(columns_.begin(), columns_.end(), middle,
                             [](const Column& column, double at) { return column.right < at; });
        auto index = static_cast<std::size_t>(after - columns_.begin());
        if (after == columns_.end()) return columns_.size() - 1;
        if (index > 0 && middle < after->left &&
            middle - columns_[index - 1].right < after->left - middle) {
            --index;
        }
        return index;
    }

    // Sorts the rows' words into columns, and leaves rows at the ends out that do not fit.
    void fit(std::size_t begin, std::size_t end) {
        fitted_.clear();
        first_row_ = begin;
        for (std::size_t r = begin; r < end; ++r) {
            Fitted row;
            row.cells.resize(columns_.size());
            for (const Segment& part : segments(r)) {
                const std::size_t first = nearest_column(part.left, part.left + 1);
                const std::size_t last = nearest_column(part.right - 1, part.right);
                const double over =
                    std::min(part.right, columns_[last].right) - columns_[last].left;
                // A title over several columns stays in one piece; headings that merely stand close
                // to each other are told apart word by word.
                const bool spans = last > first && over > 1 &&
                                   widest_gap(part) < 0.5 * std::max(rows_.rows[r].size, 4.0);
                row.crosses = row.crosses || spans;
                for (std::uint32_t i = part.first; i < part.last; ++i) {
                    const std::uint32_t word = rows_.order[i];
                    const Box& box = page_.words[word].box;
                    const std::size_t column = spans ? first : nearest_column(box.left, box.right);
                    row.cells[column].push_back(word);
                }
            }
            for (const Cell& cell : row.cells) row.used += cell.empty() ? 0 : 1;
            fitted_.push_back(std::move(row));
        }
        const auto weak = [](const Fitted& row) { return row.used < 2; };
        while (!fitted_.empty() && weak(fitted_.back())) fitted_.pop_back();
        const auto good = std::find_if_not(fitted_.begin(), fitted_.end(), weak);
        first_row_ += static_cast<std::size_t>(good - fitted_.begin());
        fitted_.erase(fitted_.begin(), good);
    }

    [[nodiscard]] double widest_gap(const Segment& part) const {
        double widest = 0;
        for (std::uint32_t i = part.first + 1; i < part.last; ++i) {
            widest = std::max(widest, page_.words[rows_.order[i]].box.left -
                                          page_.words[rows_.order[i - 1]].box.right);
        }
        return widest;
    }

    [[nodiscard]] bool is_aligned() const {
        std::size_t good = 0;
        std::vector<double> left;
        std::vector<double> right;
        std::vector<double> middle;
        for (std::size_t c = 0; c < columns_.size(); ++c) {
            left.clear();
            right.clear();
            middle.clear();
            for (const Fitted& row : fitted_) {
                if (row.cells[c].empty() || row.crosses) continue;
                const double from = page_.words[row.cells[c].front()].box.left;
                const double to = page_.words[row.cells[c].back()].box.right;
                left.push_back(from);
                right.push_back(to);
                middle.push_back((from + to) / 2);
            }
            if (steady(left) || steady(right) || steady(middle)) ++good;
        }
        return good * 10 >= columns_.size() * 8;
    }

    // Most of the places are near the median.
    static bool steady(std::vector<double>& places) {
        if (places.empty()) return false;
        const auto half = places.begin() + static_cast<std::ptrdiff_t>(places.size() / 2);
        std::nth_element(places.begin(), half, places.end());
        const double median = *half;
        const auto near = std::count_if(places.begin(), places.end(),
                                        [&](double at) { return std::fabs(at - median) < 3; });
        return static_cast<std::size_t>(near) * 10 >= places.size() * 7;
    }

    [[nodiscard]] bool is_marker(const Cell& cell) const {
        if (cell.size() != 1) return false;
        const auto text = page_.text_of(page_.words[cell.front()]);
        if (text.size() > 6) return false;
        const char32_t end = text.back();
        return end == U'.' || end == U')' || end == U']' || end == U'\u2022' ||
               (text.size() == 1 && !is_letter(end) && !is_digit(end));
    }

    [[nodiscard]] bool reads_like_cells() const {
        const std::size_t count = columns_.size();
        std::vector<std::size_t> words(count, 0);
        std::vector<std::size_t> cells(count, 0);
        std::vector<double> width(count, 0);
        std::size_t filled = 0;
        std::size_t crossing = 0;
        std::size_t several = 0;
        std::size_t markers = 0;
        std::size_t mono = 0;
        for (const Fitted& row : fitted_) {
            crossing += row.crosses ? 1 : 0;
            several += row.used > 1 ? 1 : 0;
            if (row.crosses) continue;
            markers += is_marker(row.cells[0]) ? 1 : 0;
            bool fixed = true;
            for (std::size_t c = 0; c < count; ++c) {
                const Cell& cell = row.cells[c];
                if (cell.empty()) continue;
                ++cells[c];
                ++filled;
                words[c] += cell.size();
                width[c] += page_.words[cell.back()].box.right - page_.words[cell.front()].box.left;
                fixed = fixed && (page_.words[cell.front()].style & kMono) != 0;
            }
            mono += fixed ? 1 : 0;
        }
        const std::size_t rows = fitted_.size();
        const std::size_t straight = rows - crossing;
        if (straight < 2 || crossing * 3 > rows || several * 10 < rows * 6) return false;
        if (mono * 2 > straight || filled * 10 < straight * count * 4) return false;
        if (count == 2 && markers * 10 >= straight * 7) return false;
        std::size_t wordy = 0;
        for (std::size_t c = 0; c < count; ++c) {
            const auto used = static_cast<double>(std::max<std::size_t>(cells[c], 1));
            const double room = std::max(columns_[c].right - columns_[c].left, 1.0);
            const auto each = static_cast<double>(words[c]) / used;
            if (each >= 3.5 && width[c] / used / room >= 0.6) ++wordy;
        }
        if (wordy * 2 > count || (count == 2 && wordy > 0)) return false;
        // A list of contents: titles and the numbers of their pages.
        return !(count <= 3 && is_rising());
    }

    // Is the last column made of numbers that never go down?
    [[nodiscard]] bool is_rising() const {
        long last = 0;
        std::size_t seen = 0;
        for (const Fitted& row : fitted_) {
            if (row.cells.back().empty()) continue;
            if (row.cells.back().size() > 1) return false;
            long value = 0;
            for (const char32_t c :
                 page_.text_of(page_.words[row.cells.back().front()]).substr(0, 9)) {
                if (!is_digit(c)) return false;
                value = value * 10 + static_cast<long>(c - U'0');
            }
            if (value < last) return false;
            last = value;
            ++seen;
        }
        return seen >= 3;
    }

    [[nodiscard]] Table build() {
        Table table;
        table.box = {1e9, 1e9, -1e9, -1e9};
        std::vector<double> baselines;
        for (std::size_t i = 0; i < fitted_.size(); ++i) {
            const Row& row = rows_.rows[first_row_ + i];
            auto& cells = fitted_[i].cells;
            for (const Cell& cell : cells) {
                for (const std::uint32_t word : cell) {
                    const Box& box = page_.words[word].box;
                    table.box = {std::min(table.box.left, box.left),
                                 std::min(table.box.top, box.top),
                                 std::max(table.box.right, box.right),
                                 std::max(table.box.bottom, box.bottom)};
                }
            }
            // The further lines of wrapped cells: close below, and without the row's first cell.
            const bool goes_on =
                !table.rows.empty() && cells[0].empty() && fitted_[i].used * 2 <= columns_.size() &&
                row.baseline - rows_.rows[first_row_ + i - 1].baseline < 1.35 * row.size;
            if (goes_on) {
                for (std::size_t c = 0; c < cells.size(); ++c) {
                    auto& above = table.rows.back()[c];
                    above.insert(above.end(), cells[c].begin(), cells[c].end());
                }
            } else {
                table.rows.push_back(std::move(cells));
                baselines.push_back(row.baseline);
            }
        }
        take_strays(table, baselines);
        return table;
    }

    // Raised and lowered figures have rows of their own, beside which they do not fit.
    void take_strays(Table& table, const std::vector<double>& baselines) {
        for (const auto& row : table.rows) {
            for (const Cell& cell : row) {
                for (const std::uint32_t word : cell) taken_[word] = true;
            }
        }
        const auto begin = std::lower_bound(heights_.begin(), heights_.end(),
                                            std::pair{table.box.top - 1, std::uint32_t{0}});
        for (auto at = begin; at != heights_.end() && at->first <= table.box.bottom + 1; ++at) {
            const std::uint32_t index = at->second;
            const Word& word = page_.words[index];
            const double x = (word.box.left + word.box.right) / 2;
            if (taken_[index] || word.table >= 0 || x < table.box.left || x > table.box.right) {
                continue;
            }
            const auto after = std::lower_bound(baselines.begin(), baselines.end(), word.baseline);
            auto row = static_cast<std::size_t>(after - baselines.begin());
            if (row == baselines.size() ||
                (row > 0 && word.baseline - baselines[row - 1] < baselines[row] - word.baseline)) {
                --row;
            }
            table.rows[row][nearest_column(word.box.left, word.box.right)].push_back(index);
        }
        for (const auto& row : table.rows) {
            for (const Cell& cell : row) {
                for (const std::uint32_t word : cell) taken_[word] = false;
            }
        }
    }

    Page& page_;
    const Rows& rows_;
    std::uint32_t columns_max_;
    std::vector<std::pair<double, std::uint32_t>> heights_;  // Of the words' middles, rising.
    std::vector<bool> taken_;                                // Words of the table under way.
    std::vector<Column> columns_;
    std::vector<Fitted> fitted_;
    std::size_t first_row_ = 0;
};

}  // namespace

void find_aligned_tables(Page& page, std::uint32_t columns_max, std::vector<Table>& tables) {
    const Rows rows = rows_of(page);
    if (rows.rows.size() > kRowsMax) return;
    Finder finder(page, rows, columns_max);
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
        if (end - begin >= 3) finder.try_run(begin, end, tables);
        begin = end;
    }
}

}  // namespace ingestor::extract::pdf
