#pragma once

#include <string_view>

#include "base/result.hpp"
#include "extract/document.hpp"

namespace ingestor::extract::pdf {

/// Reads a born-digital PDF through Poppler's core: reading order of columns, headings by font
/// size, lists, tables, links; running headers and footers left out; hyphenation undone.
/// Errors: empty (no text and no picture), encrypted, corrupt, too_large; unsupported where the
/// pages are pictures and need OCR.
[[nodiscard]] Result<Document> parse_pdf(std::string_view bytes, const ParseLimits& limits,
                                         const Progress& progress);

/// Loads Poppler's tables, so that it is done before the sandbox closes and the first document
/// comes.
void warm_up_pdf();

}  // namespace ingestor::extract::pdf
