#include "document_properties.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <memory>
#include <string>

#include <boost/json.hpp>
#include <cmark-gfm.h>
#include <libxml/HTMLparser.h>

#include "base/encoding.hpp"
#include "extract/formats/markdown/commonmark.hpp"
#include "extract/pipeline/chunker.hpp"
#include "extract/pipeline/ledger/ledger.hpp"
#include "extract/pipeline/sidecar.hpp"
#include "extract/render/html.hpp"
#include "extract/render/plain_text.hpp"
#include "extract/text/utf8.hpp"
#include "fuzz.hpp"

namespace ingestor::fuzz {

using namespace extract;
using namespace extract::pipeline;

namespace {

void check_chunks(const Document& document, const render::Markdown& rendered,
                  std::uint32_t tokens_max) {
    const ChunkerSettings settings{.tokens_max = tokens_max};
    const auto chunks = chunk(rendered, settings);
    std::size_t end = 0;
    std::size_t char_end = 0;
    for (const auto& piece : chunks) {
        require(piece.begin == end && piece.end > end, "chunks follow one another");
        require(piece.end <= rendered.text.size(), "chunks lie within the Markdown");
        const auto slice =
            std::string_view(rendered.text).substr(piece.begin, piece.end - piece.begin);
        require(piece.text == piece.repeated_header + std::string(slice), "a chunk is its slice");
        require(piece.tokens <= tokens_max, "no chunk is over the limit");
        require(is_utf8(piece.text), "a chunk is UTF-8");
        require(piece.char_begin == char_end, "characters are counted on");
        require(piece.char_end - piece.char_begin == text::count_code_points(slice), "and rightly");
        require(std::ranges::is_sorted(piece.pages), "pages rise");
        end = piece.end;
        char_end = piece.char_end;
    }
    require(end == rendered.text.size(), "chunks joined are the whole Markdown");

    const SidecarFacts facts{.filename = "a",
                             .source_uri = "s3://b/k",
                             .content_type = "text/plain",
                             .sha256 = std::string(64, '0'),
                             .account = ledger::account(document, rendered.text),
                             .version = "0",
                             .chunks_key = {},
                             .chunker = settings};
    static_cast<void>(boost::json::parse(write_sidecar(facts, document, chunks.size())));
    const auto records = write_chunks(facts, chunks);
    std::size_t lines = 0;
    for (std::string_view rest = records; !rest.empty(); ++lines) {
        const auto line_end = rest.find('\n');
        require(line_end != rest.npos, "a record ends in a line feed");
        static_cast<void>(boost::json::parse(rest.substr(0, line_end)));
        rest.remove_prefix(line_end + 1);
    }
    require(lines == chunks.size(), "a record a chunk");
}

std::string lower(const xmlChar* text) {
    return text::to_lower_ascii(reinterpret_cast<const char*>(text));
}

bool runs(std::string_view url) {
    std::string scheme;
    for (const char c : url) {
        if (c == ':') return scheme == "javascript" || scheme == "vbscript";
        if (static_cast<unsigned char>(c) > 0x20) scheme += c;
    }
    return false;
}

void check_element(const xmlNode& element) {
    constexpr std::array<std::string_view, 13> kActing = {
        "script", "iframe", "object", "embed", "style", "svg",  "math",
        "form",   "input",  "button", "base",  "meta",  "link",
    };
    require(std::ranges::find(kActing, lower(element.name)) == kActing.end(),
            "no element acts by itself");
    for (const auto* attribute = element.properties; attribute != nullptr;
         attribute = attribute->next) {
        require(!lower(attribute->name).starts_with("on"), "no attribute is a script");
        const std::unique_ptr<xmlChar, decltype(xmlFree)> value(
            xmlNodeListGetString(element.doc, attribute->children, 1), xmlFree);
        if (value) require(!runs(lower(value.get())), "no link is a script");
    }
}

void check_elements(const xmlNode* first) {
    for (const auto* node = first; node != nullptr; node = node->next) {
        if (node->type == XML_ELEMENT_NODE) check_element(*node);
        if (node->type == XML_ELEMENT_NODE) check_elements(node->children);
    }
}

/// Nothing in a page runs but what a list of safe tags allows.
void check_page(std::string_view text) {
    if (text.empty()) return;
    constexpr int kQuiet =
        HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET;
    const std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> page(
        htmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, "UTF-8", kQuiet),
        xmlFreeDoc);
    if (page) check_elements(xmlDocGetRootElement(page.get()));
}

}  // namespace

ParseLimits small_limits() {
    return {.pages_max = 20,
            .text_bytes_max = std::uint64_t{1} << 20,
            .unpacked_bytes_max = std::uint64_t{4} << 20,
            .nesting_max = 64,
            .blocks_max = 10'000,
            .table_columns_max = 256};
}

void check_sanitized(std::string_view markdown) {
    const auto tree = markdown::CommonMarkParser(markdown).finish();
    const std::unique_ptr<char, decltype(&std::free)> html(
        cmark_render_html(tree.get(), CMARK_OPT_UNSAFE, nullptr), std::free);
    check_page(html.get());
}

void check(const Error& error) {
    const bool is_the_documents = error.code == Errc::empty || error.code == Errc::corrupt ||
                                  error.code == Errc::encrypted || error.code == Errc::too_large ||
                                  error.code == Errc::unsupported;
    require(is_the_documents, "an error is one of the document");
    require(!error.message.empty() && is_utf8(error.message), "and says what is wrong");
}

void check(const Document& document, const render::Markdown& rendered) {
    require(is_utf8(rendered.text), "Markdown is UTF-8");
    require(is_utf8(document.title) && is_utf8(document.author), "a title is UTF-8");
    require(rendered.text.empty() || rendered.text.ends_with('\n'), "Markdown ends in a line feed");
    std::size_t end = 0;
    for (const auto& place : rendered.pieces) {
        require(place.begin >= end && place.end >= place.begin, "blocks stand in order");
        end = place.end;
    }
    require(end <= rendered.text.size(), "blocks lie within the Markdown");
    check_chunks(document, rendered, 512);
    check_chunks(document, rendered, 16 + static_cast<std::uint32_t>(rendered.text.size() % 64));
    check_sanitized(rendered.text);
    require(is_utf8(render::plain_text(document)), "plain text is UTF-8");
    const std::string page = render::html(document);
    check_page(std::string_view(page).substr(page.find("<body>")));
}

void check(const Result<Document>& parsed) {
    if (!parsed) return check(parsed.error());
    check(*parsed, render::markdown(*parsed));
}

}  // namespace ingestor::fuzz
