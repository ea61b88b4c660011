#pragma once

#include <string>

#include <libxml/tree.h>

namespace ingestor::extract::docx {

/// Office math as one line of plain text: `(a+b)/2`, `x^2`, `√(y)`.
[[nodiscard]] std::string math_text(const xmlNode* math);

}  // namespace ingestor::extract::docx
