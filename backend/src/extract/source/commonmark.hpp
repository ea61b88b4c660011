#pragma once

#include <memory>
#include <string_view>

#include <cmark-gfm.h>

namespace ingestor::extract {

struct CommonMarkDeleter {
    void operator()(cmark_node* node) const { cmark_node_free(node); }
};
using CommonMark = std::unique_ptr<cmark_node, CommonMarkDeleter>;

/// The tree of a Markdown text, GFM tables included.
[[nodiscard]] CommonMark parse_commonmark(std::string_view text);

/// A C string of the library, which may be null.
[[nodiscard]] inline std::string_view view_of(const char* text) {
    return text == nullptr ? std::string_view() : text;
}

}  // namespace ingestor::extract
