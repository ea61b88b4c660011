#pragma once

#include <string_view>

#include "base/result.hpp"
#include "extract/document.hpp"

namespace ingestor::extract::plain_text {

/// Reads plain text of any encoding: blank lines part paragraphs, lines that were wrapped at the
/// text's width are joined, other line breaks are kept, those of entries of a log and of verses
/// among them; underlined lines are headings, lines behind bullets or rising numbers are lists,
/// columns made of blanks and programs stay as they are. Errors: empty, too_large, unsupported (not
/// text).
[[nodiscard]] Result<Document> parse_text(std::string_view bytes, const ParseLimits& limits);

}  // namespace ingestor::extract::plain_text
