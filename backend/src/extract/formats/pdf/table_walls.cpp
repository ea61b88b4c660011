#include <algorithm>
#include <cmath>

#include "extract/formats/pdf/table_grid.hpp"

namespace ingestor::extract::pdf {
namespace {

// A blank between words, even of justified text, is narrower than this, in font sizes.
constexpr double kWhiteInSizes = 0.7;
constexpr double kSlack = 1;              // Points by which a glyph may reach over a line.
constexpr double kOverhangInSizes = 0.5;  // By which a text set loosely may.

class WhiteWalls {
public:
    WhiteWalls(const Page& page, const Grid& grid, const Slots& slots, Walls& walls)
        : page_(page), grid_(grid), slots_(slots), walls_(walls) {}

    void run() {
        for (std::size_t row = 0; row < grid_.rows(); ++row) {
            for (std::size_t first = 0; first < grid_.columns();) {
                std::size_t last = first;
                while (last + 1 < grid_.columns() && !walls_.right(row, last)) ++last;
                if (last > first) split_columns(row, first, last);
                first = last + 1;
            }
        }
        for (std::size_t row = 0; row + 1 < grid_.rows(); ++row) split_rows(row);
    }

private:
    // What the text says of the place of a line between two slots.
    struct Edge {
        bool white = false;   // Text on both sides, with white between.
        bool narrow = false;  // Text on both sides, with no more than a blank between.
        bool crossed = false;
    };

    void collect(std::size_t row, std::size_t first, std::size_t last) {
        words_.clear();
        for (std::size_t c = first; c <= last; ++c) {
            const Cell& slot = slots_[row * grid_.columns() + c];
            words_.insert(words_.end(), slot.begin(), slot.end());
        }
        std::sort(words_.begin(), words_.end(), [&](std::uint32_t a, std::uint32_t b) {
            return page_.words[a].baseline < page_.words[b].baseline;
        });
    }

    // The edge behind the first column whose right side is at `x` or beyond.
    [[nodiscard]] std::size_t edge_from(double x, std::size_t first) const {
        const auto begin = grid_.xs.begin() + static_cast<std::ptrdiff_t>(first) + 1;
        return static_cast<std::size_t>(std::lower_bound(begin, grid_.xs.end(), x) - begin);
    }

    // A merged cell whose text falls apart at one of the lines' places is a row without lines, and
    // all the places where nothing runs across are walls.
    void split_columns(std::size_t row, std::size_t first, std::size_t last) {
        collect(row, first, last);
        if (words_.size() < 2) return;
        edges_.assign(last - first, Edge{});
        for (std::size_t begin = 0; begin < words_.size();) {
            const Word& lead = page_.words[words_[begin]];
            std::size_t end = begin + 1;
            while (end < words_.size() &&
                   page_.words[words_[end]].baseline - lead.baseline < 0.4 * lead.size) {
                ++end;
            }
            look_at_line(begin, end, first);
            begin = end;
        }
        const bool apart = std::any_of(edges_.begin(), edges_.end(), [](const Edge& edge) {
            return edge.white && !edge.narrow && !edge.crossed;
        });
        if (!apart) return;
        for (std::size_t e = 0; e < edges_.size(); ++e) {
            if (!edges_[e].narrow && !edges_[e].crossed) walls_.set_right(row, first + e);
        }
    }

    void look_at_line(std::size_t begin, std::size_t end, std::size_t first) {
        std::sort(words_.begin() + static_cast<std::ptrdiff_t>(begin),
                  words_.begin() + static_cast<std::ptrdiff_t>(end),
                  [&](std::uint32_t a, std::uint32_t b) {
                      return page_.words[a].box.left < page_.words[b].box.left;
                  });
        double reached = page_.words[words_[begin]].box.left;
        double overhang = kSlack;  // Of the word into the white before it.
        for (std::size_t i = begin; i < end; ++i) {
            const Word& word = page_.words[words_[i]];
            const double right = std::max(reached, word.box.right);
            const double size = std::max(word.size, 4.0);
            const bool white_after =
                i + 1 < end && page_.words[words_[i + 1]].box.left - right >= kWhiteInSizes * size;
            const double after = white_after ? kOverhangInSizes * size : kSlack;
            each_edge(word.box.left + overhang, word.box.right - after, first,
                      [](Edge& edge) { edge.crossed = true; });
            reached = right;
            if (i + 1 == end) break;
            overhang = after;
            each_edge(reached - after, page_.words[words_[i + 1]].box.left + after, first,
                      [&](Edge& edge) { (white_after ? edge.white : edge.narrow) = true; });
        }
    }

    template <class Visit>
    void each_edge(double from, double to, std::size_t first, Visit visit) {
        for (std::size_t e = edge_from(from, first);
             e < edges_.size() && grid_.xs[first + 1 + e] <= to; ++e) {
            visit(edges_[e]);
        }
    }

    [[nodiscard]] bool alone(std::size_t row, std::size_t column) const {
        const bool open_left = column > 0 && !walls_.right(row, column - 1);
        const bool open_right = column + 1 < grid_.columns() && !walls_.right(row, column);
        return !open_left && !open_right;
    }

    [[nodiscard]] double edge_baseline(const Cell& slot, bool last) const {
        double at = page_.words[slot.front()].baseline;
        for (const std::uint32_t word : slot) {
            at = last ? std::max(at, page_.words[word].baseline)
                      : std::min(at, page_.words[word].baseline);
        }
        return at;
    }

    // Would the first word of `below` have had room behind the last line of `above`? Text is
    // wrapped only where it would not.
    [[nodiscard]] bool had_room(const Cell& above, const Cell& below, double width) const {
        const double last = edge_baseline(above, true);
        double left = 1e9, right = -1e9;
        for (const std::uint32_t index : above) {
            const Word& word = page_.words[index];
            if (last - word.baseline > 0.4 * word.size) continue;
            left = std::min(left, word.box.left);
            right = std::max(right, word.box.right);
        }
        const double first = edge_baseline(below, false);
        const Word* lead = nullptr;
        for (const std::uint32_t index : below) {
            const Word& word = page_.words[index];
            if (word.baseline - first > 0.4 * word.size) continue;
            if (lead == nullptr || word.box.left < lead->box.left) lead = &word;
        }
        return right - left + lead->box.right - lead->box.left + 1.3 * lead->size < width;
    }

    // Texts one above the other without a line between are rows of their own where each stands on
    // the line of its neighbours, which have one between them.
    void split_rows(std::size_t row) {
        const std::size_t columns = grid_.columns();
        const auto lower = [&](std::size_t c) -> const Cell& {
            return slots_[(row + 1) * columns + c];
        };
        levels_.clear();
        for (std::size_t c = 0; c < columns; ++c) {
            if (walls_.lower(row, c) && !lower(c).empty())
                levels_.push_back(edge_baseline(lower(c), false));
        }
        if (levels_.empty()) return;
        for (std::size_t c = 0; c < columns; ++c) {
            const Cell& above = slots_[row * columns + c];
            if (walls_.lower(row, c) || above.empty() || lower(c).empty()) continue;
            if (!alone(row, c) || !alone(row + 1, c)) continue;
            const double first = edge_baseline(lower(c), false);
            const bool level = std::any_of(levels_.begin(), levels_.end(),
                                           [&](double at) { return std::fabs(at - first) < 1.5; });
            if (level && had_room(above, lower(c), grid_.xs[c + 1] - grid_.xs[c]))
                walls_.set_lower(row, c);
        }
    }

    const Page& page_;
    const Grid& grid_;
    const Slots& slots_;
    Walls& walls_;
    std::vector<std::uint32_t> words_;
    std::vector<Edge> edges_;
    std::vector<double> levels_;
};

}  // namespace

void add_white_walls(const Page& page, const Grid& grid, const Slots& slots, Walls& walls) {
    WhiteWalls(page, grid, slots, walls).run();
}

}  // namespace ingestor::extract::pdf
