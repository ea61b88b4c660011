#pragma once

#include <cstddef>
#include <vector>

#include "extract/formats/pdf/page.hpp"

namespace ingestor::extract::pdf {

/// A page that has more small discs is a chart.
inline constexpr std::size_t kDiscsMax = 500;

/// Whether a shape of that size may be the bullet of a list.
[[nodiscard]] bool is_disc(const Box& box);

/// Gives the words that small discs stand before a `•`: browsers draw the bullets of lists as
/// shapes. A disc counts where it is at the height of a bullet, close to the begin of a line, with
/// nothing before it; and where another one of its size stands below it or above, so that marks of
/// a chart do not.
void place_bullets(const std::vector<Box>& discs, Page& page);

}  // namespace ingestor::extract::pdf
