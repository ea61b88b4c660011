#include "extract/formats/pdf/reading_order.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ingestor::extract::pdf {
namespace {

constexpr double kGutter = 5;             // Points of white between columns, at the least.
constexpr std::size_t kUnitsMax = 2'000;  // Pages of more pieces than this keep Poppler's order.
constexpr std::size_t kBandsAheadMax = 64;
constexpr int kDepthMax = 24;

using Set = std::vector<std::uint32_t>;

class Order {
public:
    Order(const std::vector<Unit>& units, Direction direction)
        : units_(units), direction_(direction) {}

    std::vector<Placed> run() {
        Set all(units_.size());
        std::iota(all.begin(), all.end(), 0U);
        if (all.size() > kUnitsMax) {
            emit(all, next_column_++);
        } else {
            place(std::move(all), next_column_++, 0);
        }
        return std::move(out_);
    }

private:
    void emit(const Set& set, std::uint32_t column) {
        for (const std::uint32_t unit : set) out_.push_back({.unit = unit, .column = column});
    }

    // Groups between which a straight white stripe runs: columns (along x) or bands (along y).
    template <class Low, class High>
    [[nodiscard]] std::vector<Set> split(Set set, double white, Low low, High high) const {
        std::stable_sort(set.begin(), set.end(), [&](std::uint32_t a, std::uint32_t b) {
            return low(units_[a].box) < low(units_[b].box);
        });
        std::vector<Set> groups;
        double reached = -1e18;
        for (const std::uint32_t unit : set) {
            if (groups.empty() || low(units_[unit].box) >= reached + white) groups.emplace_back();
            groups.back().push_back(unit);
            reached = std::max(reached, high(units_[unit].box));
        }
        return groups;
    }

    [[nodiscard]] std::vector<Set> columns_of(const Set& set) const {
        return split(
            set, kGutter, [](const Box& box) { return box.left; },
            [](const Box& box) { return box.right; });
    }

    [[nodiscard]] std::vector<Set> bands_of(const Set& set) const {
        return split(
            set, 0, [](const Box& box) { return box.top; },
            [](const Box& box) { return box.bottom; });
    }

    // Columns of running text, and beside it of lines that stand on none of its own, as in a side
    // bar; not the two sides of a form, the labels of a chart or a row of them.
    [[nodiscard]] bool read_as_columns(const std::vector<Set>& columns) const {
        if (columns.size() < 2) return false;
        static constexpr std::size_t kLines = 2;
        static constexpr std::size_t kLinesBesideABar = 5;
        const bool runs = std::any_of(columns.begin(), columns.end(), [&](const Set& column) {
            return is_running_text(column, kLinesBesideABar);
        });
        return are_panels(columns) ||
               std::all_of(columns.begin(), columns.end(), [&](const Set& column) {
                   return is_table(column) || is_running_text(column, kLines) ||
                          (runs && stands_apart(column, columns));
               });
    }

    // Charts or cards side by side, each below a title of several words; the titles begin on one
    // line.
    [[nodiscard]] bool are_panels(const std::vector<Set>& columns) const {
        static constexpr double kSameLine = 2;  // Points.
        static constexpr std::size_t kLinesMin = 4;
        static constexpr std::size_t kWordsPerLine = 3;
        double line = 0;
        for (const Set& column : columns) {
            const auto top = std::min_element(column.begin(), column.end(),
                                              [this](std::uint32_t a, std::uint32_t b) {
                                                  return units_[a].box.top < units_[b].box.top;
                                              });
            const Unit& title = units_[*top];
            std::size_t lines = 0;
            for (const std::uint32_t unit : column) lines += units_[unit].lines;
            if (title.table || title.baselines.empty() || lines < kLinesMin ||
                title.words < kWordsPerLine * title.lines) {
                return false;
            }
            const double baseline = title.baselines.front();
            if (&column != &columns.front() && std::fabs(baseline - line) > kSameLine) return false;
            line = baseline;
        }
        return true;
    }

    [[nodiscard]] bool is_table(const Set& column) const {
        return std::any_of(column.begin(), column.end(),
                           [this](std::uint32_t unit) { return units_[unit].table; });
    }

    [[nodiscard]] bool is_running_text(const Set& column, std::size_t lines_min) const {
        std::size_t lines = 0;
        std::size_t words = 0;
        for (const std::uint32_t unit : column) {
            lines += units_[unit].lines;
            words += units_[unit].words;
        }
        return lines >= lines_min && words >= 3 * lines;
    }

    // Do most lines of the column stand on no line of the others?
    [[nodiscard]] bool stands_apart(const Set& column, const std::vector<Set>& columns) const {
        static constexpr double kSameLine = 1.5;  // Points.
        static constexpr std::size_t kLinesMin = 3;
        std::vector<double> others;
        for (const Set& other : columns) {
            if (&other == &column) continue;
            for (const std::uint32_t unit : other) {
                const auto& baselines = units_[unit].baselines;
                others.insert(others.end(), baselines.begin(), baselines.end());
            }
        }
        std::sort(others.begin(), others.end());
        std::size_t lines = 0;
        std::size_t shared = 0;
        for (const std::uint32_t unit : column) {
            for (const double baseline : units_[unit].baselines) {
                const auto near =
                    std::lower_bound(others.begin(), others.end(), baseline - kSameLine);
                shared += near != others.end() && *near <= baseline + kSameLine ? 1 : 0;
                ++lines;
            }
        }
        return lines >= kLinesMin && shared * 2 < lines;
    }

    // Neighbouring bands are one region as long as the same columns run through them.
    [[nodiscard]] std::vector<Set> regions_of(const std::vector<Set>& bands) const {
        std::vector<Set> regions;
        for (std::size_t begin = 0; begin < bands.size();) {
            Set region = bands[begin];
            Set grown = region;
            std::size_t end = begin + 1;
            // Growing goes on over bands that do not complete the columns yet, but only as far as
            // some white stripe is left.
            const std::size_t last = std::min(bands.size(), begin + kBandsAheadMax);
            for (std::size_t next = begin + 1; next < last; ++next) {
                grown.insert(grown.end(), bands[next].begin(), bands[next].end());
                const auto columns = columns_of(grown);
                if (columns.size() < 2) break;
                if (read_as_columns(columns)) {
                    region = grown;
                    end = next + 1;
                }
            }
            regions.push_back(std::move(region));
            begin = end;
        }
        return regions;
    }

    void place(Set set, std::uint32_t column, int depth) {
        if (set.size() < 2 || depth > kDepthMax) {
            emit(set, column);
            return;
        }
        auto columns = columns_of(set);
        if (read_as_columns(columns)) {
            place_columns(std::move(columns), depth);
            return;
        }
        const auto bands = bands_of(set);
        if (bands.size() > 1) {
            auto regions = regions_of(bands);
            if (regions.size() == 1) {
                place_columns(columns_of(regions.front()), depth);
                return;
            }
            for (Set& region : regions) place(std::move(region), column, depth + 1);
            return;
        }
        if (columns.size() > 1) {
            place_columns(std::move(columns), depth);
            return;
        }
        emit(set, column);
    }

    void place_columns(std::vector<Set> columns, int depth) {
        if (direction_ == Direction::right_to_left) std::reverse(columns.begin(), columns.end());
        for (Set& one : columns) {
            std::sort(one.begin(), one.end());
            place(std::move(one), next_column_++, depth + 1);
        }
    }

    const std::vector<Unit>& units_;
    Direction direction_;
    std::vector<Placed> out_;
    std::uint32_t next_column_ = 0;
};

}  // namespace

std::vector<Placed> reading_order(const std::vector<Unit>& units, Direction direction) {
    return Order(units, direction).run();
}

}  // namespace ingestor::extract::pdf
