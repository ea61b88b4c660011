#pragma once

#include <string>
#include <vector>

#include "extract/formats/html/dom.hpp"

namespace ingestor::extract::html {

/// True for an element that is never text, whatever page it stands in: scripts, styles, what the
/// page hides, controls that say nothing. Holds within articles, too.
[[nodiscard]] bool is_hidden(const Node* element);
/// True where its attributes hide it, whatever element it is.
[[nodiscard]] bool hides_itself(const Node* element);

/// The declarations of the `style` attribute, in small letters and without blanks.
[[nodiscard]] std::string inline_style(const Node* element);

/// The words of class and id, parted at anything but letters and digits, and at capitals, in small
/// letters.
[[nodiscard]] std::vector<std::string> words_of_names(const Node* element);

/// Makes `noscript` elements seen where they hold more text than the rest of the body: scripts
/// would have to build the page, and no script is run.
void show_noscript(Tree& tree);

}  // namespace ingestor::extract::html
