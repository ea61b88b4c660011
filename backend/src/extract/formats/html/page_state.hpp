#pragma once

#include <string>
#include <vector>

#include "extract/formats/html/dom.hpp"

namespace ingestor::extract::html {

/// A passage of prose in the data of a page.
struct StatePassage {
    std::string title = {};  ///< What stands beside it as its title; plain text.
    std::string text;        ///< Plain text, or HTML.
};

/// The prose in the state that a framework puts into a page for the script that builds it: JSON in
/// a script of type application/json (Next.js, Nuxt, Gatsby, Apollo), or given to a member of the
/// window as an object or by JSON.parse. In the order of the data, each passage once. What is prose
/// is told from the text: a string of several words that is no address and no program.
[[nodiscard]] std::vector<StatePassage> page_state(const Node& root);

}  // namespace ingestor::extract::html
