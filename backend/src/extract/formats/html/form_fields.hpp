#pragma once

#include <string>

#include "extract/formats/html/dom.hpp"

namespace ingestor::extract::html {

/// An `input`, `select` or `textarea`, which shows text that is no child of its own.
[[nodiscard]] bool is_field(const Node* node);
/// An `input` of type checkbox or radio.
[[nodiscard]] bool is_box(const Node* node);

/// What the field shows: a typed text, the chosen options, the sign of a box that something names.
/// Empty of buttons, passwords and what is hidden.
[[nodiscard]] std::string field_text(const Node* field);
/// The words in the attributes of an `input` that a reader sees, its label as a button among them.
[[nodiscard]] std::string_view input_words(const Node* input);

}  // namespace ingestor::extract::html
