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

class Finder {
public:
    Finder(Page& page, const Rows& rows, std::uint32_t columns_max)
        : page_(page), rows_(rows), columns_max_(columns_max) {}

    /// Tries the run of rows [begin, end) of which the first and the last have several segments.
    void try_run(std::size_t begin, std::size_t end, std::vector<Table>& tables) {
        std::size_t several = 0;
        for (std::size_t r = begin; r < end; ++r) several += rows_.rows[r].count() > 1 ? 1 : 0;
        if (several < 3) return;
        const std::size_t columns = usual_columns(begin, end);
        if (columns < 2 || columns > columns_max_) return;
        if (!find_columns(begin, end, columns)) return;
        trim(begin, end);
        if (end - begin < 3 || !is_aligned(begin, end) || !reads_like_cells(begin, end)) return;
        Table table = build(begin, end);
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

    // The number of segments that explains most of the run's text.
    [[nodiscard]] std::size_t usual_columns(std::size_t begin, std::size_t end) const {
        std::vector<std::size_t> votes;
        for (std::size_t r = begin; r < end; ++r) {
            const std::size_t count = rows_.rows[r].count();
            if (count < 2) continue;
            if (votes.size() <= count) votes.resize(count + 1);
            votes[count] += count;
        }
        const auto best = std::max_element(votes.begin(), votes.end());
        const auto columns = static_cast<std::size_t>(best - votes.begin());
        return best != votes.end() && *best >= 2 * columns ? columns : 0;
    }

    bool find_columns(std::size_t begin, std::size_t end, std::size_t count) {
        columns_.assign(count, Column{1e9, -1e9});
        for (std::size_t r = begin; r < end; ++r) {
            if (rows_.rows[r].count() != count) continue;
            const auto parts = segments(r);
            for (std::size_t c = 0; c < count; ++c) {
                columns_[c].left = std::min(columns_[c].left, parts[c].left);
                columns_[c].right = std::max(columns_[c].right, parts[c].right);
            }
        }
        for (std::size_t c = 1; c < count; ++c) {
            if (columns_[c].left <= columns_[c - 1].right) return false;
        }
        return true;
    }

    [[nodiscard]] std::size_t column_of(const Segment& segment) const {
        const double middle = (segment.left + segment.right) / 2;
        std::size_t best = 0;
        double least = 1e18;
        for (std::size_t c = 0; c < columns_.size(); ++c) {
            const double overlap = std::min(segment.right, columns_[c].right) -
                                   std::max(segment.left, columns_[c].left);
            if (overlap > 0 &&
                segment.right - segment.left > columns_[c].right - columns_[c].left) {
                return c;  // Spans several: it stands in the first.
            }
            const double far = overlap > 0 ? -overlap
                                           : std::min(std::fabs(middle - columns_[c].left),
                                                      std::fabs(middle - columns_[c].right));
            if (far < least) {
                least = far;
                best = c;
            }
        }
        return best;
    }

    // A row fits where no segment lies across the gap between two columns.
    [[nodiscard]] bool fits(std::size_t row) const {
        std::size_t outside = 0;
        const auto parts = segments(row);
        for (const Segment& part : parts) {
            for (std::size_t c = 1; c < columns_.size(); ++c) {
                if (part.left < columns_[c - 1].right - 1 && part.right > columns_[c].left + 1) {
                    ++outside;
                    break;
                }
            }
        }
        return outside == 0;
    }

    void trim(std::size_t& begin, std::size_t& end) const {
        const auto weak = [this](std::size_t row) {
            return rows_.rows[row].count() < 2 || !fits(row);
        };
        while (begin < end && weak(begin)) ++begin;
        while (end > begin && weak(end - 1)) --end;
    }

    [[nodiscard]] bool is_aligned(std::size_t begin, std::size_t end) const {
        std::size_t good = 0;
        std::vector<double> left;
        std::vector<double> right;
        std::vector<double> middle;
        for (std::size_t c = 0; c < columns_.size(); ++c) {
            left.clear();
            right.clear();
            middle.clear();
            for (std::size_t r = begin; r < end; ++r) {
                const auto parts = segments(r);
                if (parts.size() != columns_.size()) continue;
                left.push_back(parts[c].left);
                right.push_back(parts[c].right);
                middle.push_back((parts[c].left + parts[c].right) / 2);
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

    [[nodiscard]] bool is_number(const Segment& segment) const {
        std::size_t digits = 0;
        std::size_t all = 0;
        for (std::uint32_t i = segment.first; i < segment.last; ++i) {
            for (const char32_t c : page_.text_of(page_.words[rows_.order[i]])) {
                digits += is_digit(c) ? 1 : 0;
                ++all;
            }
        }
        return digits > 0 && digits * 2 >= all;
    }

    [[nodiscard]] bool is_marker(const Segment& segment) const {
        if (segment.last - segment.first != 1) return false;
        const auto text = page_.text_of(page_.words[rows_.order[segment.first]]);
        if (text.size() > 6) return false;
        const char32_t end = text.back();
        return end == U'.' || end == U')' || end == U']' || end == U'\u2022' ||
               (text.size() == 1 && !is_letter(end) && !is_digit(end));
    }

    [[nodiscard]] bool reads_like_cells(std::size_t begin, std::size_t end) const {
        const std::size_t count = columns_.size();
        std::vector<double> words(count, 0);
        std::vector<double> width(count, 0);
        std::vector<std::size_t> numbers(count, 0);
        std::size_t full = 0;
        std::size_t markers = 0;
        std::size_t mono = 0;
        std::size_t matched = 0;
        for (std::size_t r = begin; r < end; ++r) {
            const auto parts = segments(r);
            if (parts.size() > 1 && fits(r)) ++matched;
            if (parts.size() != count) continue;
            ++full;
            if (is_marker(parts[0])) ++markers;
            for (std::size_t c = 0; c < count; ++c) {
                words[c] += parts[c].last - parts[c].first;
                width[c] += parts[c].right - parts[c].left;
                numbers[c] += is_number(parts[c]) ? 1 : 0;
            }
            if ((page_.words[rows_.order[parts[0].first]].style & kMono) != 0 &&
                (page_.words[rows_.order[parts[count - 1].first]].style & kMono) != 0) {
                ++mono;
            }
        }
        if (full < 2 || matched * 10 < (end - begin) * 6 || mono * 2 > full) return false;
        if (markers * 10 >= full * 7 && count == 2) return false;
        const auto rows = static_cast<double>(full);
        std::size_t wordy = 0;
        for (std::size_t c = 0; c < count; ++c) {
            const double room = std::max(columns_[c].right - columns_[c].left, 1.0);
            if (words[c] / rows >= 3.5 && width[c] / rows / room >= 0.6) ++wordy;
        }
        if (wordy * 2 > count || (count == 2 && wordy > 0)) return false;
        if (count == 2) {
            // A list of contents: titles and the numbers of their pages.
            if (full < 3 || (numbers[1] == full && words[1] <= rows && is_rising(begin, end))) {
                return false;
            }
        }
        return true;
    }

    // Do the numbers of the last column never go down?
    [[nodiscard]] bool is_rising(std::size_t begin, std::size_t end) const {
        long last = 0;
        for (std::size_t r = begin; r < end; ++r) {
            const auto parts = segments(r);
            if (parts.size() != columns_.size()) continue;
            long value = 0;
            for (const char32_t c :
                 page_.text_of(page_.words[rows_.order[parts.back().first]]).substr(0, 9)) {
                if (!is_digit(c)) return false;
                value = value * 10 + static_cast<long>(c - U'0');
            }
            if (value < last) return false;
            last = value;
        }
        return true;
    }

    [[nodiscard]] Table build(std::size_t begin, std::size_t end) const {
        Table table;
        table.box = {1e9, 1e9, -1e9, -1e9};
        for (std::size_t r = begin; r < end; ++r) {
            const Row& row = rows_.rows[r];
            std::vector<Cell> cells(columns_.size());
            std::size_t used = 0;
            for (const Segment& part : segments(r)) {
                Cell& cell = cells[column_of(part)];
                if (cell.empty()) ++used;
                for (std::uint32_t i = part.first; i < part.last; ++i) {
                    const std::uint32_t word = rows_.order[i];
                    cell.push_back(word);
                    const Box& box = page_.words[word].box;
                    table.box = {std::min(table.box.left, box.left),
                                 std::min(table.box.top, box.top),
                                 std::max(table.box.right, box.right),
                                 std::max(table.box.bottom, box.bottom)};
                }
            }
            // The further lines of wrapped cells: close below, and without the row's first cell.
            const bool goes_on = !table.rows.empty() && cells[0].empty() &&
                                 used * 2 <= columns_.size() &&
                                 row.baseline - rows_.rows[r - 1].baseline < 1.35 * row.size;
            if (goes_on) {
                for (std::size_t c = 0; c < cells.size(); ++c) {
                    auto& above = table.rows.back()[c];
                    above.insert(above.end(), cells[c].begin(), cells[c].end());
                }
            } else {
                table.rows.push_back(std::move(cells));
            }
        }
        return table;
    }

    Page& page_;
    const Rows& rows_;
    std::uint32_t columns_max_;
    std::vector<Column> columns_;
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
