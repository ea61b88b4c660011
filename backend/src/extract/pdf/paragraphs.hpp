#pragma once

#include "extract/document.hpp"
#include "extract/pdf/draft.hpp"

namespace ingestor::extract::pdf {

/// Makes blocks of the draft's lines: joins lines to paragraphs over columns and pages, undoes
/// hyphenation, nests lists, keeps code as it stands. Errors: too_large (blocks_max).
[[nodiscard]] Result<std::vector<Block>> make_blocks(const Draft& draft, const ParseLimits& limits);

}  // namespace ingestor::extract::pdf
