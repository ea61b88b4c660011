#pragma once

#include <string>
#include <vector>

#include "extract/document.hpp"

namespace ingestor::extract {

/// Blocks as the text of one table cell: inline Markdown with hard breaks between the blocks, list
/// items behind their marks, rows of a table in the cell with semicolons between their cells.
[[nodiscard]] std::string flatten(const std::vector<Block>& blocks);

}  // namespace ingestor::extract
