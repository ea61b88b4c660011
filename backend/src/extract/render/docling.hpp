#pragma once

#include <string>
#include <string_view>

#include "extract/model/document.hpp"

namespace ingestor::extract::render {

/// What a DoclingDocument says of the file that it was made of.
struct DoclingOrigin {
    std::string_view filename;
    std::string_view content_type;
    std::string_view sha256;  ///< 64 hexadecimal digits.
};

/// The document as JSON of a DoclingDocument, schema 1.10.0 (docling-core, module
/// `docling_core.types.doc`), which that package loads as it is.
///
/// A heading of level 1 is a `title`, deeper ones are a `section_header` of a level less, so that
/// its Markdown has the levels of ours. A paragraph in several styles is a group `inline` of texts;
/// as its readers part those with a blank, a style that changes within a word is let go. Boxes are
/// in points from the page's top left.
[[nodiscard]] std::string docling(const model::Document& document, const DoclingOrigin& origin);

}  // namespace ingestor::extract::render
