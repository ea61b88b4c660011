#include "extract/formats/pdf/table_columns.hpp"

#include <algorithm>
#include <cmath>

#include "extract/formats/pdf/table_head.hpp"
#include "extract/formats/pdf/text.hpp"

namespace ingestor::extract::pdf {
namespace {

// Most of the places are near the median.
bool steady(std::vector<double>& places) {
    if (places.empty()) return false;
    const auto half = places.begin() + static_cast<std::ptrdiff_t>(places.size() / 2);
    std::nth_element(places.begin(), half, places.end());
    const double median = *half;
    const auto near = std::count_if(places.begin(), places.end(),
                                    [&](double at) { return std::fabs(at - median) < 3; });
    return static_cast<std::size_t>(near) * 10 >= places.size() * 7;
}

}  // namespace

ColumnFinder::ColumnFinder(Page& page, const TextRows& rows, std::uint32_t columns_max)
    : page_(page), rows_(rows), columns_max_(columns_max), taken_(page.words.size(), false) {
    heights_.reserve(rows.order.size());
    for (const std::uint32_t index : rows.order) {
        const Box& box = page.words[index].box;
        heights_.emplace_back((box.top + box.bottom) / 2, index);
    }
    std::sort(heights_.begin(), heights_.end());
    const auto fixed = std::count_if(page.words.begin(), page.words.end(),
                                     [](const Word& word) { return (word.style & kMono) != 0; });
    typewritten_ = static_cast<std::size_t>(fixed) * 10 >= page.words.size() * 9;
}

bool ColumnFinder::try_run(std::size_t begin, std::size_t end, Bounds bounds,
                           std::vector<Table>& tables) {
    // Lines above, between and below say that two rows are a table; else it takes three.
    const std::size_t least = bounds == Bounds::framed ? 2 : 3;
    std::size_t several = 0;
    for (std::size_t r = begin; r < end; ++r) several += rows_.rows[r].count() > 1 ? 1 : 0;
    if (several < least) return false;
    find_columns(begin, end);
    if (columns_.size() < 2 || columns_.size() > columns_max_) return false;
    fit(begin, end, bounds);
    if (fitted_.size() < least || !is_aligned(bounds) || !reads_like_cells(bounds)) return false;
    Table table = build();
    if (!tidy_table(page_, table)) return false;
    join_head_lines(page_, table);
    const auto id = static_cast<std::int32_t>(tables.size());
    for (const auto& row : table.rows) {
        for (const Cell& cell : row) {
            for (const std::uint32_t word : cell) page_.words[word].table = id;
        }
    }
    tables.push_back(std::move(table));
    return true;
}

std::span<const Segment> ColumnFinder::segments(std::size_t row) const {
    const TextRow& of = rows_.rows[row];
    return std::span(rows_.segments).subspan(of.first, of.count());
}

void ColumnFinder::find_columns(std::size_t begin, std::size_t end) {
    TextColumns texts;
    for (std::size_t r = begin; r < end; ++r) {
        if (rows_.rows[r].count() < 2) continue;
        for (const Segment& part : segments(r)) texts.add(part.left, part.right);
    }
    columns_ = texts.find(end - begin);
}

std::size_t ColumnFinder::nearest_column(double left, double right) const {
    const double middle = (left + right) / 2;
    const auto after =
        std::lower_bound(columns_.begin(), columns_.end(), middle,
                         [](const TextColumn& column, double at) { return column.right < at; });
    auto index = static_cast<std::size_t>(after - columns_.begin());
    if (after == columns_.end()) return columns_.size() - 1;
    if (index > 0 && middle < after->left &&
        middle - columns_[index - 1].right < after->left - middle) {
        --index;
    }
    return index;
}

// Sorts the rows' words into columns, and leaves rows at the ends out that do not fit.
void ColumnFinder::fit(std::size_t begin, std::size_t end, Bounds bounds) {
    fitted_.clear();
    first_row_ = begin;
    for (std::size_t r = begin; r < end; ++r) {
        Fitted row;
        row.cells.resize(columns_.size());
        for (const Segment& part : segments(r)) {
            const std::size_t first = nearest_column(part.left, part.left + 1);
            const std::size_t last = nearest_column(part.right - 1, part.right);
            const double over = std::min(part.right, columns_[last].right) - columns_[last].left;
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
    // What stands within the lines is of the table: the first line of a head, a title in it.
    if (bounds == Bounds::framed) return;
    const auto weak = [](const Fitted& row) { return row.used < 2; };
    while (!fitted_.empty() && weak(fitted_.back())) fitted_.pop_back();
    const auto good = std::find_if_not(fitted_.begin(), fitted_.end(), weak);
    first_row_ += static_cast<std::size_t>(good - fitted_.begin());
    fitted_.erase(fitted_.begin(), good);
}

double ColumnFinder::widest_gap(const Segment& part) const {
    double widest = 0;
    for (std::uint32_t i = part.first + 1; i < part.last; ++i) {
        widest = std::max(widest, page_.words[rows_.order[i]].box.left -
                                      page_.words[rows_.order[i - 1]].box.right);
    }
    return widest;
}

bool ColumnFinder::is_aligned(Bounds bounds) const {
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
    return good * 10 >= columns_.size() * (bounds == Bounds::framed ? 6 : 8);
}

bool ColumnFinder::is_marker(const Cell& cell) const {
    if (cell.size() != 1) return false;
    const auto text = page_.text_of(page_.words[cell.front()]);
    if (text.size() > 6) return false;
    const char32_t end = text.back();
    return end == U'.' || end == U')' || end == U']' || end == U'\u2022' ||
           (text.size() == 1 && !is_letter(end) && !is_digit(end));
}

bool ColumnFinder::is_number(const Cell& cell) const {
    bool digits = false;
    for (const std::uint32_t word : cell) {
        const auto text = page_.text_of(page_.words[word]);
        if (std::any_of(text.begin(), text.end(), is_letter)) return false;
        digits = digits || std::any_of(text.begin(), text.end(), is_digit);
    }
    return digits;
}

bool ColumnFinder::reads_like_cells(Bounds bounds) const {
    const std::size_t count = columns_.size();
    std::vector<std::size_t> words(count, 0);
    std::vector<std::size_t> cells(count, 0);
    std::vector<double> width(count, 0);
    std::size_t filled = 0;
    std::size_t crossing = 0;
    std::size_t several = 0;
    std::size_t markers = 0;
    std::size_t mono = 0;
    std::size_t numbers = 0;
    std::vector<std::size_t> figures_in(count, 0);
    std::size_t rows = 0;
    for (std::size_t i = 0; i < fitted_.size(); ++i) {
        const Fitted& row = fitted_[i];
        // A cell may have more lines than there are rows beside it.
        if (row.used == 1 && is_further_line(i)) continue;
        ++rows;
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
            const bool number = is_number(cell);
            numbers += number ? 1 : 0;
            figures_in[c] += number ? 1 : 0;
            words[c] += cell.size();
            width[c] += page_.words[cell.back()].box.right - page_.words[cell.front()].box.left;
            fixed = fixed && (page_.words[cell.front()].style & kMono) != 0;
        }
        mono += fixed ? 1 : 0;
    }
    // Numbers alone between lines are a chart's.
    if (bounds == Bounds::framed && numbers == filled) return false;
    if (rows == 2 && filled * 10 < 2 * count * 8) return false;
    const std::size_t straight = rows - crossing;
    if (straight < 2 || crossing * 3 > rows || several * 10 < rows * 6) return false;
    if (filled * 10 < straight * count * 4) return false;
    // What is set in a fixed pitch is a listing, unless the whole page is and it is made of
    // numbers.
    const std::size_t share = bounds == Bounds::framed ? 4 : 2;
    const bool figures = typewritten_ && numbers * share >= filled;
    if (mono * 2 > straight && !figures) return false;
    if (count == 2 && markers * 10 >= straight * 7) return false;
    std::size_t wordy = 0;
    for (std::size_t c = 0; c < count; ++c) {
        const auto used = static_cast<double>(std::max<std::size_t>(cells[c], 1));
        const double room = std::max(columns_[c].right - columns_[c].left, 1.0);
        const auto each = static_cast<double>(words[c]) / used;
        if (each >= 3.5 && width[c] / used / room >= 0.6) ++wordy;
    }
    if (wordy * 2 > count || (count == 2 && wordy > 0)) return false;
    if (bounds == Bounds::part) {
        std::size_t columns_of_figures = 0;
        for (std::size_t c = 0; c < count; ++c) {
            columns_of_figures += figures_in[c] * 10 >= straight * 8 ? 1 : 0;
        }
        const bool full = crossing <= 1 && several * 10 >= rows * 9 &&
                          filled * 10 >= straight * count * 9 && numbers < filled;
        if (!full || wordy > 0 || columns_of_figures == 0) return false;
    }
    // A list of contents: titles and the numbers of their pages.
    return !(count <= 3 && is_rising());
}

// Is the last column made of numbers that never go down?
bool ColumnFinder::is_rising() const {
    long last = 0;
    std::size_t seen = 0;
    for (const Fitted& row : fitted_) {
        if (row.cells.back().empty()) continue;
        if (row.cells.back().size() > 1) return false;
        long value = 0;
        for (const char32_t c : page_.text_of(page_.words[row.cells.back().front()]).substr(0, 9)) {
            if (!is_digit(c)) return false;
            value = value * 10 + static_cast<long>(c - U'0');
        }
        if (value < last) return false;
        last = value;
        ++seen;
    }
    return seen >= 3;
}

// Is the row above nothing but the first line of this row's first cell?
bool ColumnFinder::wraps_first_cell(std::size_t row) const {
    const Fitted& above = fitted_[row - 1];
    if (above.used != 1 || fitted_[row].used < 2 || fitted_lead_[row - 1] == 0) return false;
    const std::uint32_t first = fitted_lead_[row];
    return first != 0 && is_lower(page_.text[page_.words[first - 1].begin]);
}

bool ColumnFinder::is_close_below(std::size_t row) const {
    const TextRow& line = rows_.rows[first_row_ + row];
    return row > 0 && line.baseline - rows_.rows[first_row_ + row - 1].baseline < 1.35 * line.size;
}

// Is the row nothing but further lines of cells of the row above, but of its first one?
bool ColumnFinder::is_further_line(std::size_t row) const {
    const Fitted& line = fitted_[row];
    return is_close_below(row) && line.cells[0].empty() && line.used * 2 <= columns_.size();
}

Table ColumnFinder::build() {
    Table table;
    table.box = {1e9, 1e9, -1e9, -1e9};
    std::vector<double> baselines;
    // Cells are moved on the way, so what their first words are is kept.
    fitted_lead_.clear();
    for (const Fitted& row : fitted_) {
        fitted_lead_.push_back(row.cells[0].empty() ? 0 : row.cells[0].front() + 1);
    }
    for (std::size_t i = 0; i < fitted_.size(); ++i) {
        const TextRow& row = rows_.rows[first_row_ + i];
        auto& cells = fitted_[i].cells;
        for (const Cell& cell : cells) {
            for (const std::uint32_t word : cell) {
                const Box& box = page_.words[word].box;
                table.box = {std::min(table.box.left, box.left), std::min(table.box.top, box.top),
                             std::max(table.box.right, box.right),
                             std::max(table.box.bottom, box.bottom)};
            }
        }
        // The further lines of wrapped cells: close below, and without the row's first cell; or the
        // row itself, where only its first cell was wrapped and the others stand on the last line.
        const bool near = !table.rows.empty() && is_close_below(i);
        if (near && (is_further_line(i) || wraps_first_cell(i))) {
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
void ColumnFinder::take_strays(Table& table, const std::vector<double>& baselines) {
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

}  // namespace ingestor::extract::pdf
