#pragma once

#include <vector>

#include "base/result.hpp"
#include "extract/document.hpp"
#include "extract/formats/html/budget.hpp"
#include "extract/formats/html/dom.hpp"

namespace ingestor::extract::html {

class MainContent;

/// The blocks of an element and all within, in order; what stands around the main content by
/// `content` (may be nullptr: nothing does) is left out, and hidden elements always; the text of
/// both goes to `left_out`. Errors: too_large.
[[nodiscard]] Result<model::Blocks> html_blocks(const Node* element, const MainContent* content,
                                                const ParseLimits& limits, HtmlBudget& budget,
                                                std::vector<model::LeftOut>& left_out);

}  // namespace ingestor::extract::html
