#pragma once

#include "base/result.hpp"
#include "extract/document.hpp"
#include "extract/formats/pdf/draft.hpp"

namespace ingestor::extract::pdf {

/// Makes blocks of the draft's lines: joins lines to paragraphs over columns and pages, undoes
/// hyphenation, nests lists, keeps code as it stands. Errors: too_large (blocks_max).
[[nodiscard]] Result<model::Blocks> make_blocks(const Draft& draft, const ParseLimits& limits);

}  // namespace ingestor::extract::pdf
