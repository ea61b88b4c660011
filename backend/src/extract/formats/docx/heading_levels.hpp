#pragma once

#include "extract/model/document.hpp"

namespace ingestor::extract::docx {

/// The level of a document's title while it is read.
inline constexpr int kTitleLevel = 0;
inline constexpr int kHeadingLevelMax = 6;

/// Gives titles the first level, and moves all headings below them: Word's "Heading 1" is a level
/// below a title, and the first where there is none.
void settle_heading_levels(model::Blocks& blocks);

}  // namespace ingestor::extract::docx
