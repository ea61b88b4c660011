#include "extract/formats/markdown/commonmark.hpp"

#include <algorithm>

#include <cmark-gfm-core-extensions.h>
// The parser's own structure: the public interface gives no tree of which only the blocks are read.
#include <cmark-gfm/parser.h>

namespace ingestor::extract::markdown {

void CommonMarkParser::Deleter::operator()(cmark_parser* parser) const {
    cmark_parser_free(parser);
}

CommonMarkParser::CommonMarkParser(std::string_view text) {
    cmark_gfm_core_extensions_ensure_registered();
    parser_.reset(cmark_parser_new(CMARK_OPT_DEFAULT));
    if (cmark_syntax_extension* table = cmark_find_syntax_extension("table"); table != nullptr) {
        cmark_parser_attach_syntax_extension(parser_.get(), table);
    }
    cmark_parser_feed(parser_.get(), text.data(), text.size());
    // A blank line ends the last paragraph, and with it the definitions in it.
    cmark_parser_feed(parser_.get(), "\n\n", 2);
    // What is still open (lists, code without an end) ends with the text.
    for (cmark_node* node = parser_->root; node != nullptr; node = node->last_child) {
        if ((node->flags & CMARK_NODE__OPEN) != 0) node->end_line = parser_->line_number;
    }
}

cmark_node* CommonMarkParser::blocks() const {
    return parser_->root;
}

CommonMark CommonMarkParser::finish() {
    return CommonMark(cmark_parser_finish(parser_.get()));
}

int last_line(cmark_node* block) {
    const int last = cmark_node_get_end_line(block);
    if (cmark_node_get_type(block) != CMARK_NODE_HTML_BLOCK) return last;
    const std::string_view lines = view_of(cmark_node_get_literal(block));
    const auto count = static_cast<int>(std::ranges::count(lines, '\n'));
    return std::max(last, cmark_node_get_start_line(block) + count - 1);
}

}  // namespace ingestor::extract::markdown
