#pragma once

#include <string>

#include "extract/model/document.hpp"

namespace ingestor::extract::render {

/// Runs without any mark; a break is a line feed, a raised figure in Unicode or behind a caret.
[[nodiscard]] std::string plain_text(const model::Inlines& inlines);

/// The text of a cell on one line.
[[nodiscard]] std::string plain_line(const model::Cell& cell);

/// The text of a document for people and for search: blank lines between blocks, marks only where
/// they are read aloud (a list's bullet or number), cells of a row parted by tabs.
[[nodiscard]] std::string plain_text(const model::Document& document);
[[nodiscard]] std::string plain_text(const model::Blocks& blocks);

}  // namespace ingestor::extract::render
