#pragma once

#include <vector>

#include <libxml/tree.h>

#include "extract/document.hpp"

namespace ingestor::extract {

/// A chart of DrawingML as text: its title, and its series as a table with a column for each, as
/// far as the part holds their values.
[[nodiscard]] std::vector<Block> chart_blocks(const xmlNode* chart_space);

}  // namespace ingestor::extract
