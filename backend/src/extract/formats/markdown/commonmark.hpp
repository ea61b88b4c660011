#pragma once

#include <memory>
#include <string_view>

#include <cmark-gfm.h>

struct cmark_parser;

namespace ingestor::extract::markdown {

struct CommonMarkDeleter {
    void operator()(cmark_node* node) const { cmark_node_free(node); }
};
using CommonMark = std::unique_ptr<cmark_node, CommonMarkDeleter>;

/// Parses a Markdown text, GFM tables included, in two steps: the blocks at once, which takes time
/// in proportion to block_steps(); what stands within their lines only where it is asked for, since
/// that may take far longer (see reading_cost.hpp).
class CommonMarkParser {
public:
    explicit CommonMarkParser(std::string_view text);

    /// The tree of blocks, whose inline text is not read yet. Lines count from 1.
    [[nodiscard]] cmark_node* blocks() const;
    /// The whole tree, inlines included. The parser is empty afterwards.
    [[nodiscard]] CommonMark finish();

private:
    struct Deleter {
        void operator()(cmark_parser* parser) const;
    };
    std::unique_ptr<cmark_parser, Deleter> parser_;
};

/// A C string of the library, which may be null.
[[nodiscard]] inline std::string_view view_of(const char* text) {
    return text == nullptr ? std::string_view() : text;
}

/// The last line of a block. Of raw HTML that ends within a line (a comment, a script) the library
/// counts one too few.
[[nodiscard]] int last_line(cmark_node* block);

}  // namespace ingestor::extract::markdown
