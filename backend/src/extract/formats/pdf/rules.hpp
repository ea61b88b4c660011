#pragma once

#include <vector>

#include "extract/formats/pdf/page.hpp"

namespace ingestor::extract::pdf {

/// Pieces of one line as one: a border is often drawn cell by cell, dash by dash, or twice. What is
/// shorter than 6 points even then is no ruling line. Sorted by place, then by beginning.
[[nodiscard]] std::vector<Rule> merged_rules(std::vector<Rule> pieces);

}  // namespace ingestor::extract::pdf
