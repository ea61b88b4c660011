#pragma once

#include <string>

#include <libxml/tree.h>

namespace ingestor::extract::docx {

/// An `m:oMath` as LaTeX, with its grouping: `\frac{a+b}{2}`, `x^2`, `\sqrt{y}`. Elements as in
/// ECMA-376 Part 1, 22.1.2; what was deleted by a tracked change is left out.
[[nodiscard]] std::string math_latex(const xmlNode* math);

}  // namespace ingestor::extract::docx
