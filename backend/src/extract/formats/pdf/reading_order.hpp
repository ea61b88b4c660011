#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "extract/document.hpp"

namespace ingestor::extract::pdf {

/// Text that stays together: a block of lines, or a table.
struct Unit {
    Box box;
    std::size_t lines = 0;
    std::size_t words = 0;
    bool table = false;
    std::vector<double> baselines = {};  ///< Of its lines.
};

struct Placed {
    std::uint32_t unit = 0;
    std::uint32_t column = 0;  ///< Units of one column, one below the other, share it.
};

enum class Direction { left_to_right, right_to_left };

/// The order in which a page's units are read: recursively, what stands above comes before what
/// stands below, and a column of text is read to its end before the next one begins. Units that
/// overlap keep the order they came in.
[[nodiscard]] std::vector<Placed> reading_order(const std::vector<Unit>& units,
                                                Direction direction);

}  // namespace ingestor::extract::pdf
