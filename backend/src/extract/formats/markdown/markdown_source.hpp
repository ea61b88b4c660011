#pragma once

#include <string_view>

#include "base/result.hpp"
#include "extract/document.hpp"
#include "extract/render/markdown.hpp"

namespace ingestor::extract::markdown {

/// A Markdown file: its structure, and the author's own Markdown with the places of its blocks.
struct MarkdownSource {
    Document document;
    render::Markdown markdown;
};

/// Keeps the Markdown as it was written, but for what would run in a browser (see
/// sanitize.hpp).
/// Front matter in YAML gives title, author, date and language.
/// Errors: empty, too_large, unsupported (not text).
[[nodiscard]] Result<MarkdownSource> parse_markdown(std::string_view bytes,
                                                    const ParseLimits& limits);

/// Registers the parser's extensions, before a sandbox closes.
void warm_up_markdown();

}  // namespace ingestor::extract::markdown
