#include "extract/formats/pdf/table_records.hpp"

#include <algorithm>
#include <cmath>

#include "extract/formats/pdf/text.hpp"

namespace ingestor::extract::pdf {
namespace {

// Lines as far apart as this, in pitches of the closest, have white between them.
constexpr double kWhiteInPitches = 1.4;

// A line of text within a cell.
struct CellLine {
    std::size_t height = 0;             // Index in the row's baselines.
    std::uint32_t first = 0, last = 0;  // In the cell's words.
    double left = 0, right = 0;
    double first_word = 0;  // Its width.
    double size = 0;
    bool number = false;
    bool text = false;   // More than an arrow or a dash.
    bool apart = false;  // White stands above it.
};

bool is_number_word(std::u32string_view text) {
    static constexpr std::u32string_view kSigns = U"+-\u2212\u2013\u2014.,%()$\u20AC\u00A3/ *";
    std::size_t digits = 0;
    for (const char32_t c : text) {
        if (is_digit(c)) {
            ++digits;
        } else if (kSigns.find(c) == std::u32string_view::npos) {
            return false;
        }
    }
    return digits > 0;
}

class Records {
public:
    Records(const Page& page, Table& table)
        : page_(page), rows_(table.rows), table_right_(table.box.right) {}

    std::vector<std::vector<Cell>> run() {
        measure_columns();
        std::vector<std::vector<Cell>> out;
        for (auto& row : rows_) split(row, out);
        return out;
    }

private:
    // How wide the texts of each column get, and how wide they could.
    void measure_columns() {
        static constexpr double kPadding = 12;  // Points between a column's text and the next.
        const std::size_t count = rows_.front().size();
        left_.assign(count, 1e9);
        right_.assign(count, -1e9);
        for (const auto& row : rows_) {
            for (std::size_t c = 0; c < count; ++c) {
                // What spans columns says nothing of the first of them.
                const bool spans = c + 1 < count && row[c + 1].empty();
                for (const std::uint32_t index : row[c]) {
                    const Word& word = page_.words[index];
                    left_[c] = std::min(left_[c], word.box.left);
                    if (!spans) right_[c] = std::max(right_[c], word.box.right);
                }
            }
        }
        bound_ = right_;
        for (std::size_t c = 0; c + 1 < count; ++c) {
            bound_[c] = std::max(right_[c], left_[c + 1] - kPadding);
        }
        if (count > 0) bound_.back() = std::max(right_.back(), table_right_ - kPadding);
    }

    void read_heights(const std::vector<Cell>& row) {
        heights_.clear();
        sorted_.clear();
        for (const Cell& cell : row) {
            for (const std::uint32_t index : cell) {
                const Word& word = page_.words[index];
                sorted_.emplace_back(word.baseline, word.size);
            }
        }
        std::sort(sorted_.begin(), sorted_.end());
        for (const auto& [baseline, size] : sorted_) {
            if (heights_.empty() || baseline - heights_.back() > 0.4 * std::max(size, 1.0))
                heights_.push_back(baseline);
        }
    }

    [[nodiscard]] std::size_t height_of(double baseline) const {
        const auto after = std::upper_bound(heights_.begin(), heights_.end(), baseline + 0.01);
        return after == heights_.begin() ? 0
                                         : static_cast<std::size_t>(after - heights_.begin()) - 1;
    }

    // Cells are in the order of reading already.
    void read_lines(const Cell& cell, std::vector<CellLine>& lines) const {
        lines.clear();
        for (std::uint32_t i = 0; i < cell.size(); ++i) {
            const Word& word = page_.words[cell[i]];
            const std::size_t height = height_of(word.baseline);
            const auto content = page_.text_of(word);
            const bool number = is_number_word(content);
            const bool text = std::any_of(content.begin(), content.end(),
                                          [](char32_t c) { return is_letter(c) || is_digit(c); });
            if (lines.empty() || lines.back().height != height) {
                lines.push_back({.height = height,
                                 .first = i,
                                 .last = i + 1,
                                 .left = word.box.left,
                                 .right = word.box.right,
                                 .first_word = word.box.right - word.box.left,
                                 .size = word.size,
                                 .number = number,
                                 .text = text});
                continue;
            }
            CellLine& line = lines.back();
            line.text = line.text || text;
            line.last = i + 1;
            line.left = std::min(line.left, word.box.left);
            line.right = std::max(line.right, word.box.right);
            line.number = line.number && number;
        }
    }

    // Would the line's first word have had room at the end of the one above, in so much width?
    [[nodiscard]] static bool had_room(const CellLine& above, const CellLine& below, double width) {
        return above.right - above.left + below.first_word + 0.6 * above.size < width;
    }

    struct Evidence {
        std::size_t numbers = 0;  // Columns with a number below a number.
        std::size_t anew = 0;     // Columns that begin anew for sure.
        std::size_t wrapped = 0;  // Columns that go on for sure.
        std::size_t present = 0;
        std::size_t far = 0;    // Columns with white above.
        std::size_t fresh = 0;  // Columns whose text begins.
        bool leads = false;     // The row's first column has text here.
    };

    void split(std::vector<Cell>& row, std::vector<std::vector<Cell>>& out) {
        read_heights(row);
        if (heights_.size() < 2) {
            out.push_back(std::move(row));
            return;
        }
        std::vector<Evidence> evidence(heights_.size());
        lines_.resize(row.size());
        whole_.assign(row.size(), false);
        const auto lead =
            std::find_if(row.begin(), row.end(), [](const Cell& c) { return !c.empty(); });
        for (std::size_t c = 0; c < row.size(); ++c) read_lines(row[c], lines_[c]);
        const double closest = closest_pitch();
        for (std::size_t c = 0; c < row.size(); ++c) {
            std::size_t wraps = 0;
            for (std::size_t i = 0; i < lines_[c].size(); ++i) {
                CellLine& line = lines_[c][i];
                Evidence& here = evidence[line.height];
                ++here.present;
                here.leads = here.leads || &row[c] == &*lead;
                if (i == 0) {
                    here.fresh += line.text ? 1 : 0;
                    continue;
                }
                const CellLine& above = lines_[c][i - 1];
                const double pitch = heights_[line.height] - heights_[above.height];
                line.apart = pitch > kWhiteInPitches * closest;
                here.far += line.apart ? 1 : 0;
                if (line.number && above.number) {
                    ++here.numbers;
                } else if (had_room(above, line, right_[c] - left_[c])) {
                    ++here.anew;
                } else if (!had_room(above, line, bound_[c] - left_[c])) {
                    ++here.wrapped;
                    ++wraps;
                }
            }
            whole_[c] = lines_[c].size() > 2 && wraps * 3 >= (lines_[c].size() - 1) * 2;
        }
        find_begins(evidence);
        if (begins_.size() < 2) {
            out.push_back(std::move(row));
            return;
        }
        for (std::size_t c = 0; c < row.size(); ++c) {
            if (stands_with_records(c)) whole_[c] = false;
        }
        write(row, out);
    }

    // Of the lines of any cell to each other.
    [[nodiscard]] double closest_pitch() const {
        double closest = 1e9;
        for (const auto& lines : lines_) {
            for (std::size_t i = 1; i < lines.size(); ++i) {
                closest =
                    std::min(closest, heights_[lines[i].height] - heights_[lines[i - 1].height]);
            }
        }
        return closest;
    }

    // Short texts of which each stands on the first line of a record are no wrapped text.
    [[nodiscard]] bool stands_with_records(std::size_t c) const {
        static constexpr std::size_t kWords = 3;
        if (lines_[c].size() == begins_.size()) return true;
        return std::all_of(lines_[c].begin(), lines_[c].end(), [&](const CellLine& line) {
            return line.last - line.first <= kWords &&
                   std::binary_search(begins_.begin(), begins_.end(), line.height);
        });
    }

    void find_begins(const std::vector<Evidence>& evidence) {
        const bool counts = std::any_of(evidence.begin(), evidence.end(),
                                        [](const Evidence& here) { return here.numbers > 0; });
        begins_.assign(1, 0);
        for (std::size_t h = 1; h < heights_.size(); ++h) {
            const Evidence& here = evidence[h];
            // White across the row, and a new text in its first column.
            const bool apart = here.leads && here.present >= 2 && here.far >= 1 &&
                               here.far + here.fresh == here.present;
            // A line of its own among the records is the title of those below it.
            const bool title = counts && here.leads && here.present == 1 && here.anew == 1;
            if (title || apart || begins(here, heights_.size())) begins_.push_back(h);
        }
    }

    static bool begins(const Evidence& here, std::size_t heights) {
        if (here.numbers >= 2) return true;
        if (here.numbers == 1) return here.wrapped == 0 && (here.leads || here.anew > 0);
        // Words alone: a head's lines are broken at will, and two lists may stand side by side.
        return heights >= 3 && here.leads && here.anew >= 3 && here.wrapped == 0;
    }

    void write(std::vector<Cell>& row, std::vector<std::vector<Cell>>& out) {
        const std::size_t first = out.size();
        out.resize(first + begins_.size(), std::vector<Cell>(row.size()));
        for (std::size_t c = 0; c < row.size(); ++c) {
            std::size_t height = 0;
            for (const CellLine& line : lines_[c]) {
                const bool first_line = &line == &lines_[c].front();
                if (!whole_[c] || first_line || line.apart) height = line.height;
                const auto after = std::upper_bound(begins_.begin(), begins_.end(), height);
                Cell& into = out[first + static_cast<std::size_t>(after - begins_.begin()) - 1][c];
                into.insert(into.end(), row[c].begin() + line.first, row[c].begin() + line.last);
            }
        }
    }

    const Page& page_;
    std::vector<std::vector<Cell>>& rows_;
    double table_right_;
    std::vector<double> left_, right_;  // Of each column's texts.
    std::vector<double> bound_;         // How far right they could reach.
    std::vector<double> heights_;
    std::vector<std::pair<double, double>> sorted_;
    std::vector<std::vector<CellLine>> lines_;
    std::vector<bool> whole_;
    std::vector<std::size_t> begins_;
};

}  // namespace

void split_records(const Page& page, Table& table) {
    table.rows = Records(page, table).run();
}

}  // namespace ingestor::extract::pdf
