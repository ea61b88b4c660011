#pragma once

#include <string>

#include "base/result.hpp"
#include "extract/document.hpp"
#include "extract/formats/html/budget.hpp"
#include "extract/formats/html/dom.hpp"

namespace ingestor::extract::html {

/// What a page whose body has no text holds as data: the article that it has for machines, or else
/// the prose of its state. Its words are added to `source_text`. Empty where there is none; its
/// author and what to know about it go into `document`. Errors: too_large.
[[nodiscard]] Result<model::Blocks> data_blocks(const Node& root, const ParseLimits& limits,
                                                HtmlBudget& budget, Document& document,
                                                std::string& source_text);

}  // namespace ingestor::extract::html
