#include "extract/pipeline/parsers.hpp"

#include <array>
#include <cstddef>
#include <utility>

#include "extract/formats/csv/csv.hpp"
#include "extract/formats/docx/docx.hpp"
#include "extract/formats/html/html.hpp"
#include "extract/formats/markdown/markdown_source.hpp"
#include "extract/formats/pdf/pdf.hpp"
#include "extract/formats/plain_text/plain_text.hpp"
#include "extract/text/encoding.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::pipeline {
namespace {

using formats::Format;

Result<Parsed> rendered(Result<Document> document) {
    if (!document) return std::unexpected(document.error());
    render::Markdown markdown = render::markdown(*document);
    if (text::trim(markdown.text).empty()) return fail(Errc::empty, "the document has no text");
    return Parsed{.document = std::move(*document), .markdown = std::move(markdown)};
}

Result<Parsed> parse_pdf(std::string_view bytes, const ParseLimits& limits,
                         const Progress& progress) {
    return rendered(pdf::parse_pdf(bytes, limits, progress));
}

Result<Parsed> parse_markdown(std::string_view bytes, const ParseLimits& limits, const Progress&) {
    auto source = markdown::parse_markdown(bytes, limits);
    if (!source) return std::unexpected(source.error());
    return Parsed{.document = std::move(source->document), .markdown = std::move(source->markdown)};
}

template <auto parse>
Result<Parsed> parse_at_once(std::string_view bytes, const ParseLimits& limits, const Progress&) {
    return rendered(parse(bytes, limits));
}

void nothing_to_load() {}

constexpr std::array kParsers = {
    Parser{Format::pdf, parse_pdf, pdf::warm_up_pdf},
    Parser{Format::docx, parse_at_once<docx::parse_docx>, docx::warm_up_docx},
    Parser{Format::html, parse_at_once<html::parse_html>, html::warm_up_html},
    Parser{Format::markdown, parse_markdown, markdown::warm_up_markdown},
    Parser{Format::csv, parse_at_once<csv::parse_csv>, nothing_to_load},
    Parser{Format::text, parse_at_once<plain_text::parse_text>, nothing_to_load},
};

consteval bool parsers_stand_in_order() {
    for (std::size_t i = 0; i < kParsers.size(); ++i) {
        if (std::to_underlying(kParsers[i].format) != i) return false;
    }
    return kParsers.size() == std::to_underlying(Format::text) + std::size_t{1};
}
static_assert(parsers_stand_in_order(), "every format of the table has its parser, in its order");

}  // namespace

const Parser& parser_of(Format format) {
    return kParsers[std::to_underlying(format)];
}

void warm_up_parsers() {
    text::warm_up_text_encoding();
    for (const Parser& parser : kParsers) parser.warm_up();
}

}  // namespace ingestor::extract::pipeline
