#pragma once

#include <cstddef>
#include <vector>

#include "extract/formats/pdf/table.hpp"

namespace ingestor::extract::pdf {

/// The distinct places of a table's lines along x and y; between two neighbours lies a column or a
/// row. Both are rising and have at least two entries.
struct Grid {
    std::vector<double> xs, ys;
    [[nodiscard]] std::size_t columns() const { return xs.size() - 1; }
    [[nodiscard]] std::size_t rows() const { return ys.size() - 1; }
};

/// Which neighbouring slots of a grid are apart from each other.
class Walls {
public:
    explicit Walls(const Grid& grid)
        : columns_(grid.columns()),
          right_(grid.columns() * grid.rows(), false),
          lower_(grid.columns() * grid.rows(), false) {}

    /// Between the slot and the one to its right, or below it.
    [[nodiscard]] bool right(std::size_t row, std::size_t column) const {
        return right_[row * columns_ + column];
    }
    [[nodiscard]] bool lower(std::size_t row, std::size_t column) const {
        return lower_[row * columns_ + column];
    }
    void set_right(std::size_t row, std::size_t column) { right_[row * columns_ + column] = true; }
    void set_lower(std::size_t row, std::size_t column) { lower_[row * columns_ + column] = true; }

private:
    std::size_t columns_;
    std::vector<bool> right_, lower_;
};

/// The words in each slot of a grid, row by row.
using Slots = std::vector<Cell>;

/// Adds the places between columns of numbers that no line divides: a frame around a table, or a
/// line behind its first column alone. Linear in the words but for sorting.
void add_unseen_columns(const Page& page, Grid& grid);

/// Adds the walls that are not drawn but seen: lines are often drawn in a table's head alone, and
/// the white between the texts below goes on where they end. A merged cell has text across the
/// line's place, or none on one side; wrapped text has no more than a blank there. Linear in the
/// words but for sorting.
void add_white_walls(const Page& page, const Grid& grid, const Slots& slots, Walls& walls);

}  // namespace ingestor::extract::pdf
