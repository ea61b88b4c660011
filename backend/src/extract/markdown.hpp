#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "extract/document.hpp"

namespace ingestor::extract {

/// Escapes what Markdown would take for markup within a line, and nothing more: prose stays
/// readable (an underscore inside a word, a lone asterisk between blanks, `1 < 2` stay as they
/// are).
[[nodiscard]] std::string escape_inline(std::string_view text);

/// `[text](url)` with the URL made safe to stand there; just the text for schemes other than http,
/// https, mailto, ftp and relative references (a document's link must not run anything).
[[nodiscard]] std::string link(std::string_view inline_text, std::string_view url);

/// Inline Markdown as plain text: marks, escapes and the targets of links taken away.
[[nodiscard]] std::string plain_text(std::string_view inline_markdown);

/// Where a block stands in the Markdown, in bytes: [begin, end), without the blank line between.
struct Placed {
    std::size_t begin = 0;
    std::size_t end = 0;
};

struct Rendered {
    std::string text;            ///< CommonMark with GFM tables; ends in one line break.
    std::vector<Placed> blocks;  ///< One for each block of the document.
};

/// ATX headings, `-` and `1.` lists, GFM tables with escaped pipes, fenced code, blank lines
/// between.
[[nodiscard]] Rendered render(const Document& document);

}  // namespace ingestor::extract
