#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "extract/model/document.hpp"

namespace ingestor::extract::render {

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
