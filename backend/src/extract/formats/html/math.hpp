#pragma once

#include <string>

#include "extract/formats/html/dom.hpp"

namespace ingestor::extract::html {

/// What a `math` element says.
struct MathText {
    std::string latex;     ///< As the page gives it, else made of its markup.
    bool display = false;  ///< On a line of its own.
};

[[nodiscard]] MathText math_of(const Node* math);

/// The formula that a hidden element was put there for, or nullptr: pages show a picture of it, and
/// hide the text from the eye.
[[nodiscard]] const Node* hidden_math(const Node* hidden);

}  // namespace ingestor::extract::html
