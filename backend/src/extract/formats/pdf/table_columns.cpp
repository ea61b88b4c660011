#include "extract/formats/pdf/table_columns.hpp"

#include <algorithm>
#include <cmath>

#include "extract/formats/pdf/table_head.hpp"
#include "extract/formats/pdf/text.hpp"

namespace ingestor::extract::pdf {
namespace {

// The narrowest blank between words, in font sizes.
constexpr double kBlankInSizes = 0.15;

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
    if (bounds == Bounds::open && begin > 0 && is_head_row(begin - 1, begin)) --begin;
    fit(begin, end, bounds);
    if (fitted_.size() < least || !is_aligned(bounds) || !reads_like_cells(bounds)) return false;
    if (bounds != Bounds::framed) {
        if (const auto region = beside_prose(begin, end)) {
            const TextRows rows = rows_of(page_, region);
            ColumnFinder finder(page_, rows, columns_max_);
            return finder.try_run(0, rows.rows.size(), Bounds::open, tables);
        }
    }
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

std::size_t ColumnFinder::count_columns(std::size_t begin, std::size_t end) {
    find_columns(begin, end);
    return columns_.size();
}

bool ColumnFinder::fills_columns(std::size_t begin, std::size_t end) const {
    std::size_t full = 0;
    for (std::size_t r = begin; r < end; ++r)
        full += rows_.rows[r].count() == columns_.size() ? 1 : 0;
    return full * 10 >= (end - begin) * 8;
}

// Full lines of text in the column that go on above the rows or below them.
bool ColumnFinder::is_prose(std::size_t column, std::size_t begin, std::size_t end) const {
    static constexpr double kSameEdge = 3;  // Points.
    static constexpr std::size_t kWords = 4;
    const TextColumn& place = columns_[column];
    const auto is_line = [&](std::size_t row) {
        return std::ranges::any_of(segments(row), [&](const Segment& part) {
            return part.last - part.first >= kWords &&
                   std::fabs(part.left - place.left) < kSameEdge &&
                   part.right < place.right + kSameEdge &&
                   part.right - part.left > 0.85 * (place.right - place.left);
        });
    };
    std::size_t lines = 0;
    for (std::size_t r = begin; r < end; ++r) lines += is_line(r) ? 1 : 0;
    if (lines < 3 || lines * 10 < (end - begin) * 7) return false;
    return (begin > 0 && is_line(begin - 1)) || (end < rows_.rows.size() && is_line(end));
}

// Where the first or the last column is the running text of a column of the page, whose lines stand
// on those of the table beside it: the place of the others.
std::optional<Box> ColumnFinder::beside_prose(std::size_t begin, std::size_t end) const {
    if (columns_.size() < 3) return std::nullopt;
    const bool first = is_prose(0, begin, end);
    const bool last = is_prose(columns_.size() - 1, begin, end);
    if (!first && !last) return std::nullopt;
    const TextRow& top = rows_.rows[begin];
    const TextRow& bottom = rows_.rows[end - 1];
    return Box{columns_[first ? 1 : 0].left - 2, top.baseline - 1.2 * top.size,
               columns_[columns_.size() - (last ? 2 : 1)].right + 2,
               bottom.baseline + 0.5 * bottom.size};
}

std::span<const Segment> ColumnFinder::segments(std::size_t row) const {
    const TextRow& of = rows_.rows[row];
    return std::span(rows_.segments).subspan(of.first, of.count());
}

void ColumnFinder::find_columns(std::size_t begin, std::size_t end) {
    TextColumns texts;
    for (std::size_t r = begin; r < end; ++r) {
        if (rows_.rows[r].count() < 2 && !is_half_line(rows_, r)) continue;
        for (const Segment& part : segments(r)) texts.add(part.left, part.right);
    }
    columns_ = texts.find(end - begin);
    join_columns(begin, end);
}

// The first and the last column that a text lies over; the last before the first where it is none.
std::pair<std::size_t, std::size_t> ColumnFinder::reached_columns(const Segment& part) const {
    const auto first =
        std::partition_point(columns_.begin(), columns_.end(),
                             [&](const TextColumn& column) { return column.right <= part.left; });
    const auto after = std::partition_point(
        first, columns_.end(), [&](const TextColumn& column) { return column.left < part.right; });
    return {static_cast<std::size_t>(first - columns_.begin()),
            static_cast<std::size_t>(after - columns_.begin()) - 1};
}

// Heads that stand over each other's columns leave places between where two of them overlap, and a
// head may end before the numbers below it begin. Two neighbours of which no row has both are one
// column where some text lies over both, or where all texts of the one stand above the other's.
void ColumnFinder::join_columns(std::size_t begin, std::size_t end) {
    static constexpr std::size_t kHeadRowsMax = 4;
    struct Rows {
        std::size_t first = SIZE_MAX, last = 0;
        bool apart = false;   // From the next column.
        bool joined = false;  // With the next column.
    };
    std::vector<Rows> found(columns_.size());
    for (std::size_t r = begin; r < end; ++r) {
        if (rows_.rows[r].count() < 2) continue;
        std::size_t last = columns_.size();
        for (const Segment& part : segments(r)) {
            const auto [from, to] = reached_columns(part);
            if (to + 1 <= from) continue;
            if (last + 1 == from) found[last].apart = true;
            for (std::size_t c = from; c <= to; ++c) {
                found[c].first = std::min(found[c].first, r);
                found[c].last = r;
                found[c].joined = found[c].joined || c < to;
            }
            last = to;
        }
    }
    const auto stands_above = [&](const Rows& head, const Rows& body) {
        return head.last < body.first && head.last < begin + kHeadRowsMax;
    };
    std::vector<TextColumn> kept;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        if (c > 0 && !found[c - 1].apart &&
            (found[c - 1].joined || stands_above(found[c - 1], found[c]) ||
             stands_above(found[c], found[c - 1]))) {
            kept.back().right = columns_[c].right;
        } else {
            kept.push_back(columns_[c]);
        }
    }
    columns_ = std::move(kept);
}

// Where the words of a text begin anew in each of the columns after `first` up to `last`, at least
// `blank` sizes behind the word before: places in the text; empty where they do not.
std::vector<std::size_t> ColumnFinder::cuts_of(const Segment& part, double size, std::size_t first,
                                               std::size_t last, double blank) const {
    static constexpr double kSameEdge = 2;  // Points.
    static constexpr double kWideBlankInSizes = 0.4;
    std::vector<std::size_t> cuts;
    const auto box = [&](std::size_t i) -> const Box& { return page_.words[rows_.order[i]].box; };
    const auto begins = [&](std::size_t at, const TextColumn& left, const TextColumn& right) {
        const double gap = box(at).left - box(at - 1).right;
        if (gap < blank * size) return false;
        if (std::fabs(box(at).left - right.left) < kSameEdge) return true;
        if (std::fabs(box(at - 1).right - left.right) < kSameEdge && box(at).left > left.right)
            return true;
        return gap > kWideBlankInSizes * size && box(at).left > right.left - kSameEdge &&
               box(at - 1).right <= right.left;
    };
    std::size_t at = part.first + 1;
    for (std::size_t c = first + 1; c <= last; ++c) {
        while (at < part.last && !begins(at, columns_[c - 1], columns_[c])) ++at;
        if (at >= part.last) return {};
        cuts.push_back(at++);
    }
    return cuts;
}

// A head whose texts fill their columns has no more than blanks between them. By chance the words
// of a line begin at the places of three columns hardly ever.
bool ColumnFinder::is_head_row(std::size_t above, std::size_t row) const {
    static constexpr double kPitchInSizes = 2;
    if (columns_.size() < 3 || rows_.rows[above].count() != 1) return false;
    const TextRow& head = rows_.rows[above];
    if (rows_.rows[row].baseline - head.baseline > kPitchInSizes * head.size) return false;
    const Segment& part = rows_.segments[head.first];
    return std::fabs(part.left - columns_.front().left) < head.size &&
           !cuts_of(part, head.size, 0, columns_.size() - 1, kBlankInSizes).empty();
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
    for (std::size_t r = begin; r < end; ++r) {
        Fitted row;
        row.cells.resize(columns_.size());
        row.baseline = rows_.rows[r].baseline;
        row.size = rows_.rows[r].size;
        const double size = rows_.rows[r].size;
        for (const Segment& part : segments(r)) {
            const auto [first, last] = reached_columns(part);
            const bool several = last + 1 > first + 1;
            const bool all = first == 0 && last + 1 == columns_.size() && columns_.size() > 2;
            const auto cuts = several ? cuts_of(part, size, first, last,
                                                all ? kBlankInSizes : clear_gap(part) / size)
                                      : std::vector<std::size_t>{};
            // A title over several columns stays in one piece; headings that merely stand close
            // to each other are told apart word by word.
            const bool loose = several && widest_gap(part) >= 0.5 * std::max(size, 4.0);
            const std::size_t only = cuts.empty() && !loose ? column_of(r, part) : columns_.size();
            const bool spans = cuts.empty() && !loose && only == columns_.size() && several;
            row.crosses = row.crosses || spans;
            std::size_t cut = 0;
            for (std::uint32_t i = part.first; i < part.last; ++i) {
                const std::uint32_t word = rows_.order[i];
                const Box& box = page_.words[word].box;
                while (cut < cuts.size() && cuts[cut] <= i) ++cut;
                const std::size_t column = !cuts.empty()            ? first + cut
                                           : only < columns_.size() ? only
                                           : spans                  ? first
                                                   : nearest_column(box.left, box.right);
                row.cells[column].push_back(word);
            }
        }
        for (const Cell& cell : row.cells) row.used += cell.empty() ? 0 : 1;
        fitted_.push_back(std::move(row));
    }
    join_labels();
    // What stands within the lines is of the table: the first line of a head, a title in it.
    if (bounds == Bounds::framed) return;
    const auto weak = [](const Fitted& row) { return row.used < 2; };
    while (!fitted_.empty() && weak(fitted_.back())) fitted_.pop_back();
    const auto good = std::find_if_not(fitted_.begin(), fitted_.end(), weak);
    fitted_.erase(fitted_.begin(), good);
}

// A label of two lines whose values stand at half its height: three rows that are one.
void ColumnFinder::join_labels() {
    static constexpr double kHalfLineInSizes = 0.85;
    const auto is_label = [](const Fitted& row) { return row.used == 1 && !row.cells[0].empty(); };
    for (std::size_t i = 0; i < fitted_.size(); ++i) {
        Fitted& values = fitted_[i];
        if (values.used < 2 || !values.cells[0].empty()) continue;
        const auto take = [&](Fitted& label) {
            if (!is_label(label) ||
                std::fabs(label.baseline - values.baseline) > kHalfLineInSizes * values.size) {
                return;
            }
            values.cells[0].insert(values.cells[0].end(), label.cells[0].begin(),
                                   label.cells[0].end());
            label.cells[0].clear();
            label.used = 0;
        };
        if (i > 0) take(fitted_[i - 1]);
        if (i + 1 < fitted_.size()) take(fitted_[i + 1]);
        values.used += values.cells[0].empty() ? 0 : 1;
    }
    std::erase_if(fitted_, [](const Fitted& row) { return row.used == 0; });
}

// The column that a text belongs to although it may reach over the next ones, as the heads of
// narrow columns do: the one that it shares most with, unless it lies over most of another one that
// has no text of its own in the row, or has its middle between the two. columns_.size() where there
// is none.
std::size_t ColumnFinder::column_of(std::size_t row, const Segment& part) const {
    const auto [first, last] = reached_columns(part);
    if (last + 1 <= first) return columns_.size();
    if (first == last) return first;
    std::size_t best = first;
    double most = 0;
    std::size_t covered = 0;
    for (std::size_t c = first; c <= last; ++c) {
        const TextColumn& column = columns_[c];
        const double shared = std::min(part.right, column.right) - std::max(part.left, column.left);
        if (shared > most) {
            most = shared;
            best = c;
        }
        const bool taken = std::ranges::any_of(segments(row), [&](const Segment& other) {
            return &other != &part && other.left < column.right && other.right > column.left;
        });
        if (!taken && shared * 2 > column.right - column.left) ++covered;
    }
    const double middle = (part.left + part.right) / 2;
    const bool between = last > first && covered == 0 &&
                         (middle < columns_[best].left || middle > columns_[best].right);
    return covered > 1 || between ? columns_.size() : best;
}

// A gap that is clearly wider than the blanks of a text, which are all wide where it is justified.
double ColumnFinder::clear_gap(const Segment& part) const {
    double narrowest = 1e9;
    double size = 4;
    for (std::uint32_t i = part.first + 1; i < part.last; ++i) {
        const Word& word = page_.words[rows_.order[i]];
        const double gap = word.box.left - page_.words[rows_.order[i - 1]].box.right;
        size = std::max(size, word.size);
        if (gap > kBlankInSizes * word.size) narrowest = std::min(narrowest, gap);
    }
    if (part.last - part.first < 3) return 0.4 * size;
    return std::max(0.3 * size, 1.3 * narrowest);
}

double ColumnFinder::widest_gap(const Segment& part) const {
    double widest = 0;
    for (std::uint32_t i = part.first + 1; i < part.last; ++i) {
        widest = std::max(widest, page_.words[rows_.order[i]].box.left -
                                      page_.words[rows_.order[i - 1]].box.right);
    }
    return widest;
}

// Is each column but the first made of numbers, but for its head?
bool ColumnFinder::holds_figures() const {
    static constexpr std::size_t kNumbersMin = 3;
    for (std::size_t c = 1; c < columns_.size(); ++c) {
        std::size_t cells = 0;
        std::size_t numbers = 0;
        for (const Fitted& row : fitted_) {
            if (row.cells[c].empty() || row.crosses) continue;
            ++cells;
            numbers += is_number(row.cells[c]) ? 1 : 0;
        }
        if (numbers < kNumbersMin || numbers * 2 <= cells) return false;
    }
    return true;
}

bool ColumnFinder::is_aligned(Bounds bounds) const {
    std::size_t good = 0;
    std::vector<double> left;
    std::vector<double> right;
    std::vector<double> middle;
    const bool figures = holds_figures();
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        left.clear();
        right.clear();
        middle.clear();
        for (const Fitted& row : fitted_) {
            if (row.cells[c].empty() || row.crosses) continue;
            // The heads of numbers are aligned as they like.
            if (c > 0 && figures && !is_number(row.cells[c])) continue;
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
    // Long labels and their amounts.
    const bool amounts =
        count == 2 && rows >= 4 && wordy == 1 && figures_in[1] * 10 >= straight * 8;
    if (wordy * 2 > count || (count == 2 && wordy > 0 && !amounts)) return false;
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
    const Fitted& line = fitted_[row];
    return row > 0 && line.baseline - fitted_[row - 1].baseline < 1.35 * line.size;
}

// Is the row nothing but further lines of cells of the row above, but of its first one?
bool ColumnFinder::is_further_line(std::size_t row) const {
    const Fitted& line = fitted_[row];
    return is_close_below(row) && line.cells[0].empty() && line.used * 2 <= columns_.size();
}

// In a table of words, does each text of the row go on with a small letter what the row above has
// begun, for which there was no room left?
bool ColumnFinder::is_wrapped_row(std::size_t row) const {
    static constexpr double kWordGapInSizes = 0.3;
    static constexpr std::size_t kWordsMin = 3;  // Of a line that is wrapped.
    if (!is_close_below(row) || fitted_[row].used < 2) return false;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        const Cell& cell = fitted_[row].cells[c];
        if (cell.empty()) continue;
        const Cell& above = fitted_[row - 1].cells[c];
        if (above.size() < kWordsMin) return false;
        const Word& first = page_.words[cell.front()];
        const double room = columns_[c].right - page_.words[above.back()].box.right;
        if (!is_lower(page_.text[first.begin]) ||
            first.box.right - first.box.left + kWordGapInSizes * first.size < room) {
            return false;
        }
    }
    return true;
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
    // Cells are moved on the way.
    std::vector<bool> wrapped(fitted_.size(), false);
    const bool words_alone = std::ranges::none_of(fitted_, [this](const Fitted& row) {
        return std::ranges::any_of(row.cells, [this](const Cell& cell) { return is_number(cell); });
    });
    for (std::size_t i = 1; words_alone && i < fitted_.size(); ++i) wrapped[i] = is_wrapped_row(i);
    for (std::size_t i = 0; i < fitted_.size(); ++i) {
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
        if (near && (wrapped[i] || is_further_line(i) || wraps_first_cell(i))) {
            for (std::size_t c = 0; c < cells.size(); ++c) {
                auto& above = table.rows.back()[c];
                above.insert(above.end(), cells[c].begin(), cells[c].end());
            }
        } else {
            table.rows.push_back(std::move(cells));
            baselines.push_back(fitted_[i].baseline);
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
