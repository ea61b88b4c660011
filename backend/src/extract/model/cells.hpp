#pragma once

#include "extract/model/document.hpp"

namespace ingestor::extract::model {

[[nodiscard]] bool is_empty(const Cell& cell);

/// A line of text as a cell's content: plain where it has one look and no link.
void set_text(Cell& cell, Inlines text);

/// The cell's content as blocks, to which more may be added.
[[nodiscard]] Blocks& blocks_of(Cell& cell);

}  // namespace ingestor::extract::model
