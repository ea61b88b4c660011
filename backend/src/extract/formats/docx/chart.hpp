#pragma once

#include <libxml/tree.h>

#include "extract/model/document.hpp"

namespace ingestor::extract::docx {

/// A chart of DrawingML as text: its title, and its series as a table with a column for each, as
/// far as the part holds their values. Labels that several series have stand once; `repeated` gets
/// the others.
[[nodiscard]] model::Blocks chart_blocks(const xmlNode* chart_space, std::string& repeated);

}  // namespace ingestor::extract::docx
