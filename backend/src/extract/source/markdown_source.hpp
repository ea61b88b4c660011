#pragma once

#include <string_view>

#include "base/result.hpp"
#include "extract/document.hpp"
#include "extract/markdown.hpp"

namespace ingestor::extract {

/// A Markdown file: the author's own Markdown, and where its blocks stand in it.
struct MarkdownSource {
    Document document;
    Rendered rendered;
};

/// Keeps the Markdown as it was written, but for what would run in a browser (see
/// sanitize.hpp).
/// Front matter in YAML gives title, author, date and language.
/// Errors: empty, too_large, unsupported (not text).
[[nodiscard]] Result<MarkdownSource> parse_markdown(std::string_view bytes,
                                                    const ParseLimits& limits);

/// Registers the parser's extensions, before a sandbox closes.
void warm_up_markdown();

}  // namespace ingestor::extract
