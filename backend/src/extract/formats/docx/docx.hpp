#pragma once

#include <string_view>

#include "base/result.hpp"
#include "extract/document.hpp"

namespace ingestor::extract::docx {

/// Reads a Word document (ECMA-376 WordprocessingML, transitional and strict). Text comes as its
/// reader sees it with all changes accepted: deleted, moved-away and hidden text is left out,
/// fields give their results, text boxes come once, after their paragraph; footnotes and endnotes
/// stand at the end as `[^1]: ...`. Headers and footers of pages are left out. Nothing outside the
/// package is read. Errors: empty, corrupt, encrypted, too_large.
[[nodiscard]] Result<Document> parse_docx(std::string_view bytes, const ParseLimits& limits);

/// Initializes the XML and zip libraries, before a sandbox closes.
void warm_up_docx();

}  // namespace ingestor::extract::docx
