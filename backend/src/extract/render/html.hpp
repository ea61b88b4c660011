#pragma once

#include <string>
#include <vector>

#include "extract/model/document.hpp"

namespace ingestor::extract::render {

/// The document as a page of HTML5 without styles and scripts; links are those that Markdown would
/// keep.
[[nodiscard]] std::string html(const model::Document& document);

/// A table as lines of HTML without a blank one among them, so that it can stand in Markdown: a
/// line for each row, and one for each tag around them. All header rows stand in a `thead`.
[[nodiscard]] std::vector<std::string> html_table_lines(const model::Table& table);

}  // namespace ingestor::extract::render
