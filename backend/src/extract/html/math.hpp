#pragma once

#include <string>

#include <libxml/tree.h>

namespace ingestor::extract {

/// What a `math` element says.
struct MathText {
    std::string text;
    bool latex = false;    ///< The page gives the formula in LaTeX; else the signs in a row.
    bool display = false;  ///< On a line of its own.
};

[[nodiscard]] MathText math_of(const xmlNode* math);

/// The formula that a hidden element was put there for, or nullptr: pages show a picture of it, and
/// hide the text from the eye.
[[nodiscard]] const xmlNode* hidden_math(const xmlNode* hidden);

}  // namespace ingestor::extract
