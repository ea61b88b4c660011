#pragma once

#include <vector>

#include "extract/formats/pdf/page.hpp"

namespace ingestor::extract::pdf {

/// [begin, end) of the bytes that a page shows.
struct ShownRange {
    std::int32_t begin = 0, end = 0;
};

/// The invisible words of a page that lie where it has visible ones of the same letters, but for
/// some that were misread: a text layer that was put over text that was there already. In the order
/// of the content, without overlap.
[[nodiscard]] std::vector<ShownRange> hidden_copies(const Page& page);

}  // namespace ingestor::extract::pdf
