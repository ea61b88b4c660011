#pragma once

#include "extract/formats/pdf/draft.hpp"
#include "extract/formats/pdf/table.hpp"

namespace ingestor::extract::pdf {

/// Adds a page's lines and tables to the draft, in reading order. List markers and section numbers
/// that stand apart are joined with the text to their right.
void add_page(const Page& page, const std::vector<Table>& tables, Draft& draft);

/// The length of a list's marker at the start of `text` without the blanks after it, or 0.
[[nodiscard]] std::size_t marker_length(std::u32string_view text);

}  // namespace ingestor::extract::pdf
