#pragma once

#include <libxml/tree.h>

#include "extract/model/document.hpp"

namespace ingestor::extract::docx {

/// A diagram (SmartArt) as a list of its boxes' texts, from the root of its data part.
[[nodiscard]] model::Blocks diagram_blocks(const xmlNode* data_model);

}  // namespace ingestor::extract::docx
