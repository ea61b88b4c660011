#pragma once

#include <string_view>

#include "base/result.hpp"
#include "extract/document.hpp"

namespace ingestor::extract::html {

/// Reads a web page: its article as blocks, without navigation, menus, scripts and what is hidden
/// (see boilerplate.hpp). Parsed by libxml2's HTML parser rather than by one of HTML5's letter:
/// it bounds nesting, takes linear time on markup that never closes, and is maintained; where the
/// trees differ, the text does not.
/// Relative links stay as they are; nothing is fetched.
/// Errors: empty, too_large, unsupported (not text).
[[nodiscard]] Result<Document> parse_html(std::string_view bytes, const ParseLimits& limits);

/// Loads the parser's tables, before a sandbox closes.
void warm_up_html();

}  // namespace ingestor::extract::html
