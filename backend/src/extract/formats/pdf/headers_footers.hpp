#pragma once

#include "extract/formats/pdf/draft.hpp"

namespace ingestor::extract::pdf {

/// Drops running heads, running feet and page numbers (DraftLine::dropped): lines near a page's
/// edge that come back on other pages at the same height with the same text but for numbers, lines
/// that the document itself marks as artifacts there, and heads that change with the chapter but
/// keep their place.
void drop_headers_and_footers(Draft& draft, double body_size);

}  // namespace ingestor::extract::pdf
