#include "extract/source/commonmark.hpp"

#include <cmark-gfm-core-extensions.h>

namespace ingestor::extract {
namespace {

struct ParserDeleter {
    void operator()(cmark_parser* parser) const { cmark_parser_free(parser); }
};

}  // namespace

CommonMark parse_commonmark(std::string_view text) {
    cmark_gfm_core_extensions_ensure_registered();
    const std::unique_ptr<cmark_parser, ParserDeleter> parser(cmark_parser_new(CMARK_OPT_DEFAULT));
    if (cmark_syntax_extension* table = cmark_find_syntax_extension("table"); table != nullptr) {
        cmark_parser_attach_syntax_extension(parser.get(), table);
    }
    cmark_parser_feed(parser.get(), text.data(), text.size());
    return CommonMark(cmark_parser_finish(parser.get()));
}

}  // namespace ingestor::extract
