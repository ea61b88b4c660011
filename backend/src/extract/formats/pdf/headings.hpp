#pragma once

#include <vector>

#include "extract/formats/pdf/draft.hpp"
#include "extract/formats/pdf/pdf_file.hpp"

namespace ingestor::extract::pdf {

/// The font size, in points, in which most of the text outside tables is set.
[[nodiscard]] double body_size_of(const Draft& draft);

/// Marks headings with their level (DraftLine::heading): text larger than the body, bold lines that
/// stand alone, numbered lines, and lines that the outline names. One look has one level
/// throughout.
void mark_headings(Draft& draft, double body_size, const std::vector<OutlineEntry>& outline);

}  // namespace ingestor::extract::pdf
