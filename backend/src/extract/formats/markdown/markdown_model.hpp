#pragma once

#include <string_view>

#include <cmark-gfm.h>

#include "extract/model/document.hpp"

namespace ingestor::extract::markdown {

/// The structure that a Markdown text has, from its whole tree (see CommonMarkParser::finish). Raw
/// HTML gives its text.
[[nodiscard]] model::Blocks blocks_of(cmark_node* tree);

}  // namespace ingestor::extract::markdown
