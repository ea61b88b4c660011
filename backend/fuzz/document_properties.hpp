#pragma once

#include <string_view>

#include "base/result.hpp"
#include "extract/document.hpp"
#include "extract/render/markdown.hpp"

namespace ingestor::fuzz {

/// Small ones, so that a document over a limit costs little.
[[nodiscard]] extract::ParseLimits small_limits();

/// What holds of every answer of a parser: an error that a user can act on, or a document whose
/// Markdown is UTF-8 and runs nothing, whose chunks joined are the Markdown and keep to their
/// limit, and whose sidecar is JSON.
void check(const Result<extract::Document>& parsed);
void check(const extract::Document& document, const extract::render::Markdown& markdown);
void check(const Error& error);

/// Nothing in it runs where it is shown as a page.
void check_sanitized(std::string_view markdown);

}  // namespace ingestor::fuzz
