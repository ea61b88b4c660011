#pragma once

#include <optional>
#include <string>

#include "extract/formats/html/dom.hpp"

namespace ingestor::extract::html {

/// What a page says of its article for machines: the first object with an `articleBody` in a script
/// of JSON-LD (schema.org, CreativeWork).
struct LinkedArticle {
    std::string headline = {};
    std::string body = {};  ///< Plain text, or HTML.
    std::string author = {};
};

[[nodiscard]] std::optional<LinkedArticle> linked_article(const Node& root);

}  // namespace ingestor::extract::html
