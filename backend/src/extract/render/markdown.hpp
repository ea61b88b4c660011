#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "extract/model/document.hpp"

namespace ingestor::extract::render {

/// Escapes what Markdown would take for markup within a line, and nothing more: prose stays
/// readable (an underscore inside a word, a lone asterisk between blanks, `1 < 2` stay as they
/// are).
[[nodiscard]] std::string escape_inline(std::string_view text);

/// `[text](url)` with the URL made safe to stand there; just the text for schemes other than http,
/// https, mailto, ftp and relative references (a document's link must not run anything).
[[nodiscard]] std::string link(std::string_view inline_text, std::string_view url);

/// Runs as inline Markdown, hard breaks as "  \n". Emphasis that CommonMark would not read back
/// (within words, beside punctuation) is left out rather than shown as stars.
[[nodiscard]] std::string inline_markdown(const model::Inlines& inlines);

enum class PieceKind { heading, prose, code, table };

/// A stretch of the Markdown that holds together, as a chunker sees it: [begin, end) in bytes,
/// without the blank line behind it.
struct Piece {
    std::size_t begin = 0;
    std::size_t end = 0;
    PieceKind kind = PieceKind::prose;
    int level = 0;                  ///< Of a heading.
    std::string title = {};         ///< Of a heading, as plain text.
    std::uint32_t header_rows = 1;  ///< Of a table, from 1: what it begins with.
    model::Provenance place = {};
};

struct Markdown {
    std::string text;           ///< CommonMark with GFM tables; ends in one line break.
    std::vector<Piece> pieces;  ///< In order; they do not overlap.
};

/// ATX headings, `-` and `1.` lists, fenced code, blank lines between; GFM tables with escaped
/// pipes, and HTML tables where cells span; raised and lowered signs in Unicode, or in `<sup>` and
/// `<sub>`. Linear in the size of the document.
[[nodiscard]] Markdown markdown(const model::Document& document);

}  // namespace ingestor::extract::render
