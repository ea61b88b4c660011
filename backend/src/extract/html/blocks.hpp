#pragma once

#include <vector>

#include <libxml/tree.h>

#include "base/result.hpp"
#include "extract/document.hpp"
#include "extract/html/budget.hpp"

namespace ingestor::extract {

class Boilerplate;

/// The blocks of an element and all within, in order; what `boilerplate` (may be nullptr) tells to
/// stand around the article is left out, and hidden elements always; the text of both goes to
/// `left_out`. Errors: too_large.
[[nodiscard]] Result<model::Blocks> html_blocks(const xmlNode* element,
                                                const Boilerplate* boilerplate,
                                                const ParseLimits& limits, HtmlBudget& budget,
                                                std::vector<model::LeftOut>& left_out);

}  // namespace ingestor::extract
