#include <algorithm>
#include <span>
#include <vector>

#include "extract/formats/pdf/table_grid.hpp"
#include "extract/formats/pdf/text.hpp"
#include "extract/formats/pdf/text_columns.hpp"

namespace ingestor::extract::pdf {
namespace {

constexpr double kWhiteInSizes = 0.7;

// Words side by side with no more than blanks between them.
struct Part {
    double left = 0, right = 0;
    bool number = true;
};

class UnseenColumns {
public:
    explicit UnseenColumns(const Page& page) : page_(page) {}

    /// Adds the places of the white between columns of numbers among `words`, which all stand
    /// between two neighbouring lines.
    void find(std::vector<std::uint32_t>& words, std::vector<double>& places) {
        std::sort(words.begin(), words.end(), [&](std::uint32_t a, std::uint32_t b) {
            return page_.words[a].baseline < page_.words[b].baseline;
        });
        texts_.clear();
        lines_ = several_ = parts_ = numbers_ = 0;
        for (auto begin = words.begin(); begin != words.end();) {
            const Word& lead = page_.words[*begin];
            const auto end = std::find_if(begin, words.end(), [&](std::uint32_t index) {
                return page_.words[index].baseline - lead.baseline >= 0.4 * lead.size;
            });
            std::sort(begin, end, [&](std::uint32_t a, std::uint32_t b) {
                return page_.words[a].box.left < page_.words[b].box.left;
            });
            cut_line({begin, end});
            begin = end;
        }
        // Prose has neither so many lines with white in them, nor numbers behind it.
        if (several_ < 2 || several_ * 2 < lines_ || numbers_ * 10 < parts_ * 6) return;
        add_places(places);
    }

private:
    void cut_line(std::span<const std::uint32_t> words) {
        line_.clear();
        for (const std::uint32_t index : words) {
            const Word& word = page_.words[index];
            const auto text = page_.text_of(word);
            if (line_.empty() ||
                word.box.left - line_.back().right > kWhiteInSizes * std::max(word.size, 4.0)) {
                line_.push_back({word.box.left, word.box.right, true});
            }
            Part& part = line_.back();
            part.right = std::max(part.right, word.box.right);
            part.number = part.number && std::none_of(text.begin(), text.end(), is_letter) &&
                          std::any_of(text.begin(), text.end(), is_digit);
        }
        ++lines_;
        if (line_.size() < 2) return;
        ++several_;
        for (std::size_t i = 0; i < line_.size(); ++i) {
            texts_.add(line_[i].left, line_[i].right);
            if (i == 0) continue;
            ++parts_;
            numbers_ += line_[i].number ? 1 : 0;
        }
    }

    // In the middle of the white between two columns.
    void add_places(std::vector<double>& places) {
        const std::vector<TextColumn> columns = texts_.find(several_);
        for (std::size_t i = 1; i < columns.size(); ++i)
            places.push_back((columns[i - 1].right + columns[i].left) / 2);
    }

    const Page& page_;
    std::vector<Part> line_;
    TextColumns texts_;
    std::size_t lines_ = 0;
    std::size_t several_ = 0;  // Lines of several parts.
    std::size_t parts_ = 0;    // Of these, but for the first of each line.
    std::size_t numbers_ = 0;
};

}  // namespace

void add_unseen_columns(const Page& page, Grid& grid) {
    std::vector<std::vector<std::uint32_t>> columns(grid.columns());
    for (std::uint32_t i = 0; i < page.words.size(); ++i) {
        const Word& word = page.words[i];
        if (word.table >= 0 || word.aside) continue;
        const double y = (word.box.top + word.box.bottom) / 2;
        if (y < grid.ys.front() || y > grid.ys.back()) continue;
        const double x = (word.box.left + word.box.right) / 2;
        const auto after = std::upper_bound(grid.xs.begin(), grid.xs.end(), x);
        if (after == grid.xs.begin() || after == grid.xs.end()) continue;
        columns[static_cast<std::size_t>(after - grid.xs.begin()) - 1].push_back(i);
    }
    UnseenColumns unseen(page);
    std::vector<double> places;
    for (auto& words : columns) unseen.find(words, places);
    grid.xs.insert(grid.xs.end(), places.begin(), places.end());
    std::sort(grid.xs.begin(), grid.xs.end());
}

}  // namespace ingestor::extract::pdf
