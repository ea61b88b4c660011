#include "extract/formats/pdf/table_head.hpp"

#include <algorithm>
#include <utility>

#include "extract/formats/pdf/rules.hpp"
#include "extract/formats/pdf/text.hpp"

namespace ingestor::extract::pdf {
namespace {

constexpr std::size_t kHeadLinesMax = 10;
constexpr double kPitchInSizes = 1.6;  // Lines of one cell are not further apart.

// What the head's rows are on the page.
struct HeadRow {
    double baseline = 0;
    double size = 0;
    bool bold = true;
    std::size_t filled = 0;
    std::size_t numbers = 0;
};

class HeadJoiner {
public:
    HeadJoiner(const Page& page, Table& table) : page_(page), table_(table) {
        for (const Rule& rule : page.horizontal) {
            const Box& box = table.box;
            if (rule.at > box.top && rule.at < box.bottom && rule.to > box.left &&
                rule.from < box.right) {
                lines_.push_back(
                    {rule.at, std::max(rule.from, box.left), std::min(rule.to, box.right)});
            }
        }
        lines_ = merged_rules(std::move(lines_));
    }

    void run() {
        const std::size_t looked = std::min(table_.rows.size(), kHeadLinesMax + 2);
        for (std::size_t r = 0; r < looked; ++r) rows_.push_back(row_at(r));
        std::size_t lines = lines_above_rule();
        if (lines == 0) lines = lines_above_numbers();
        if (lines < 2 || lines > kHeadLinesMax || lines >= table_.rows.size()) return;
        join(lines);
    }

private:
    [[nodiscard]] HeadRow row_at(std::size_t r) const {
        HeadRow out;
        for (const Cell& cell : table_.rows[r]) {
            if (cell.empty()) continue;
            ++out.filled;
            bool number = true;
            for (const std::uint32_t index : cell) {
                const Word& word = page_.words[index];
                const auto text = page_.text_of(word);
                number = number && std::none_of(text.begin(), text.end(), is_letter);
                out.bold = out.bold && (word.style & kBold) != 0;
                if (out.size == 0) out.baseline = word.baseline;
                out.baseline = std::max(out.baseline, word.baseline);
                out.size = std::max(out.size, word.size);
            }
            if (number) ++out.numbers;
        }
        return out;
    }

    // The share of the table's width that a line between two heights covers, in however many
    // pieces; of several lines, the most.
    [[nodiscard]] double covered(double from, double to) const {
        static constexpr double kSamePlace = 1.5;
        double widest = 0;
        double width = 0;
        double at = -1e9;
        for (const Rule& line : lines_) {
            if (line.at <= from || line.at >= to) continue;
            if (line.at - at > kSamePlace) width = 0;
            at = line.at;
            width += line.to - line.from;
            widest = std::max(widest, width);
        }
        return widest / std::max(table_.box.right - table_.box.left, 1.0);
    }

    // How many rows stand above the first line across the table; 0 where there is none.
    [[nodiscard]] std::size_t lines_above_rule() const {
        for (std::size_t r = 0; r + 1 < rows_.size(); ++r) {
            if (covered(rows_[r].baseline, rows_[r + 1].baseline) > 0.8) return r + 1;
        }
        return 0;
    }

    [[nodiscard]] std::size_t lines_above_numbers() const {
        std::size_t lines = 0;
        while (lines < rows_.size() && rows_[lines].numbers * 2 < rows_[lines].filled) ++lines;
        if (lines < 2 || lines + 1 >= rows_.size()) return 0;
        // The body's first rows are of numbers and look different: not bold, or set wider.
        const HeadRow& last = rows_[lines - 1];
        const HeadRow& body = rows_[lines];
        const HeadRow& second = rows_[lines + 1];
        if (second.numbers * 2 < second.filled) return 0;
        const double head_pitch = last.baseline - rows_[lines - 2].baseline;
        const double body_pitch = second.baseline - body.baseline;
        const double between = body.baseline - last.baseline;
        const bool different = (last.bold && !body.bold) || body_pitch > 1.08 * head_pitch ||
                               between > 1.15 * head_pitch;
        return different ? lines : 0;
    }

    // Does a cell reach over the text of the columns after it?
    [[nodiscard]] bool spans(std::size_t r) const {
        const auto& row = table_.rows[r];
        for (std::size_t c = 0; c + 1 < row.size(); ++c) {
            if (row[c].empty() || !row[c + 1].empty()) continue;
            double right = -1e9;
            for (const std::uint32_t word : row[c])
                right = std::max(right, page_.words[word].box.right);
            if (right > column_left(c + 1) + 2) return true;
        }
        return false;
    }

    [[nodiscard]] double column_left(std::size_t c) const {
        double left = 1e9;
        for (std::size_t r = rows_.size(); r-- > 0;) {
            for (const std::uint32_t word : table_.rows[r][c])
                left = std::min(left, page_.words[word].box.left);
        }
        return left;
    }

    // Is row `r` the further lines of the row above?
    [[nodiscard]] bool goes_on(std::size_t r) const {
        const HeadRow& above = rows_[r - 1];
        const HeadRow& here = rows_[r];
        return here.baseline - above.baseline < kPitchInSizes * here.size &&
               covered(above.baseline, here.baseline - 0.6 * here.size) < 0.05 && !spans(r - 1);
    }

    void join(std::size_t lines) {
        std::vector<bool> joined(table_.rows.size(), false);
        for (std::size_t r = 1; r < lines; ++r) joined[r] = goes_on(r);
        std::vector<std::vector<Cell>> kept;
        for (std::size_t r = 0; r < table_.rows.size(); ++r) {
            auto& row = table_.rows[r];
            if (!joined[r]) {
                kept.push_back(std::move(row));
                continue;
            }
            for (std::size_t c = 0; c < row.size(); ++c)
                kept.back()[c].insert(kept.back()[c].end(), row[c].begin(), row[c].end());
        }
        table_.rows = std::move(kept);
    }

    const Page& page_;
    Table& table_;
    std::vector<Rule> lines_;  // Drawn across the table or parts of it.
    std::vector<HeadRow> rows_;
};

}  // namespace

void join_head_lines(const Page& page, Table& table) {
    HeadJoiner(page, table).run();
}

}  // namespace ingestor::extract::pdf
