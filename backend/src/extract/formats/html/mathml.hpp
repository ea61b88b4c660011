#pragma once

#include <string>

#include "extract/formats/html/dom.hpp"

namespace ingestor::extract::html {

/// Presentation markup of a `math` element as LaTeX (MathML Core and the elements of MathML 3 that
/// pages still have): fractions, scripts, roots, limits, tables, accents, fences. What is not known
/// gives what stands in it.
[[nodiscard]] std::string mathml_latex(const Node* math);

}  // namespace ingestor::extract::html
