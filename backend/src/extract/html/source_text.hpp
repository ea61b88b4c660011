#pragma once

#include <string>

#include <libxml/tree.h>

namespace ingestor::extract {

/// All text below an element in the page's order, seen or hidden, but for scripts and style sheets:
/// what the ledger holds the output against.
[[nodiscard]] std::string page_text(const xmlNode* body);

}  // namespace ingestor::extract
