#pragma once

#include <string_view>

#include "base/result.hpp"
#include "extract/document.hpp"

namespace ingestor::extract::html {

/// Reads a web page: its article as blocks, without navigation, menus, scripts and what is hidden
/// (see main_content.hpp).
/// Relative links stay as they are; nothing is fetched.
/// Errors: empty, too_large, unsupported (not text).
[[nodiscard]] Result<Document> parse_html(std::string_view bytes, const ParseLimits& limits);

/// Loads the parser's tables, before a sandbox closes.
void warm_up_html();

}  // namespace ingestor::extract::html
