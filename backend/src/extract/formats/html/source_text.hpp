#pragma once

#include <string>

#include "extract/formats/html/dom.hpp"

namespace ingestor::extract::html {

/// All text below an element in the page's order, seen or hidden, but for scripts and style sheets,
/// and what fields of forms show: what the ledger holds the output against.
[[nodiscard]] std::string page_text(const Node* body);

}  // namespace ingestor::extract::html
