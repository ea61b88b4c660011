#include "extract/html/html.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include <libxml/HTMLparser.h>
#include <libxml/xmlerror.h>

#include "base/time.hpp"
#include "extract/html/attributes.hpp"
#include "extract/html/blocks.hpp"
#include "extract/html/boilerplate.hpp"
#include "extract/html/source_text.hpp"
#include "extract/text_encoding.hpp"
#include "extract/utf8.hpp"
#include "extract/xml.hpp"

namespace ingestor::extract {
namespace {

struct HtmlParserDeleter {
    void operator()(htmlParserCtxt* context) const { htmlFreeParserCtxt(context); }
};

/// The encoding that a page names in its head; empty if none.
std::string declared_encoding(std::string_view bytes) {
    const std::string head = to_lower_ascii(bytes.substr(0, 4096));
    for (std::size_t at = head.find("charset"); at != std::string::npos;
         at = head.find("charset", at + 1)) {
        std::size_t i = at + 7;
        while (i < head.size() &&
               (head[i] == ' ' || head[i] == '=' || head[i] == '"' || head[i] == '\''))
            ++i;
        std::size_t end = i;
        while (end < head.size() && (std::isalnum(static_cast<unsigned char>(head[end])) != 0 ||
                                     head[end] == '-' || head[end] == '_' || head[end] == ':')) {
            ++end;
        }
        if (end > i) return head.substr(i, end - i);
    }
    return {};
}

const xmlNode* find_element(const xmlNode* parent, std::string_view name) {
    for (const xmlNode* at = parent == nullptr ? nullptr : parent->children; at != nullptr;
         at = at->next) {
        if (local_name(at) == name) return at;
    }
    return nullptr;
}

std::string collapsed(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = code_point_at(text, at);
        if (!is_space(c.value)) {
            out.append(text.substr(at, c.size));
        } else if (!out.empty() && !out.ends_with(' ')) {
            out += ' ';
        }
        at += c.size;
    }
    while (out.ends_with(' ')) out.pop_back();
    return out;
}

void read_head(const xmlNode* html, Document& document) {
    document.language = attribute(html, "lang");
    const xmlNode* head = find_element(html, "head");
    if (head == nullptr) return;
    for (const xmlNode* at = head->children; at != nullptr; at = at->next) {
        const std::string_view tag = local_name(at);
        if (tag == "title" && document.title.empty()) document.title = collapsed(text_of(at));
        if (tag != "meta") continue;
        const std::string name = to_lower_ascii(attribute(at, "name") + attribute(at, "property"));
        const std::string content = collapsed(attribute(at, "content"));
        if (name == "author" && document.author.empty()) document.author = content;
        const bool date =
            name == "article:published_time" || name == "date" || name == "dcterms.created";
        if (!date || !document.created.empty()) continue;
        if (const auto time = parse_rfc3339(content)) document.created = to_rfc3339_seconds(*time);
    }
}

Result<XmlDoc> parse(std::string_view text) {
    if (text.size() > std::numeric_limits<int>::max()) {
        return fail(Errc::too_large, "the page is larger than 2 GB");
    }
    const std::unique_ptr<htmlParserCtxt, HtmlParserDeleter> context(htmlNewParserCtxt());
    if (!context) return fail(Errc::internal, "no memory for an HTML parser");
    constexpr int kOptions = HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                             HTML_PARSE_NONET | HTML_PARSE_COMPACT | HTML_PARSE_IGNORE_ENC;
    XmlDoc page(htmlCtxtReadMemory(context.get(), text.data(), static_cast<int>(text.size()),
                                   nullptr, "UTF-8", kOptions));
    const xmlError* error = xmlCtxtGetLastError(context.get());
    if (error != nullptr && error->code == XML_ERR_NO_MEMORY) {
        return fail(Errc::too_large, "the page needs more memory than there is");
    }
    // The parser stops where elements are nested too deeply, and nowhere else.
    if (context->disableSAX != 0) {
        return fail(Errc::too_large, "the page's elements are nested too deeply (nesting_max)");
    }
    if (!page) return fail(Errc::empty, "the page has no text");
    return page;
}

/// The page without the tags that only change how text looks. Old pages leave them open by the
/// hundred, and each would be nested in the one before.
std::string without_formatting(std::string_view text) {
    constexpr std::array<std::string_view, 14> kTags = {"a",     "b", "big",    "center", "em",
                                                        "font",  "i", "s",      "span",   "tt",
                                                        "small", "u", "strong", "ins"};
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '<') {
            std::size_t begin = at + 1;
            if (begin < text.size() && text[begin] == '/') ++begin;
            std::size_t end = begin;
            while (end < text.size() && end - begin < 8 &&
                   std::isalpha(static_cast<unsigned char>(text[end])) != 0)
                ++end;
            const std::string name = to_lower_ascii(text.substr(begin, end - begin));
            const bool ends =
                end < text.size() && (text[end] == '>' || text[end] == ' ' || text[end] == '\n');
            if (ends && std::ranges::find(kTags, name) != kTags.end()) {
                at = std::min(text.find('>', end), text.size() - 1) + 1;
                continue;
            }
        }
        out += text[at++];
    }
    return out;
}

/// What stands in the body beside the article, and beside all that it stands in.
void leave_out_around(const xmlNode* article, const xmlNode* body,
                      std::vector<model::LeftOut>& left_out) {
    for (const xmlNode* inner = article; inner != body && inner != nullptr; inner = inner->parent) {
        if (inner->parent == nullptr) return;
        for (const xmlNode* at = inner->parent->children; at != nullptr; at = at->next) {
            if (at == inner) continue;
            const auto reason = at->type == XML_ELEMENT_NODE && Boilerplate::is_hidden(at)
                                    ? model::LeftOutReason::hidden
                                    : model::LeftOutReason::boilerplate;
            std::string text =
                at->type == XML_ELEMENT_NODE ? page_text(at) : std::string(own_text(at));
            if (!trim(text).empty())
                left_out.push_back({.reason = reason, .text = std::move(text)});
        }
    }
}

}  // namespace

Result<Document> parse_html(std::string_view bytes, const ParseLimits& limits) {
    if (bytes.size() > limits.unpacked_bytes_max) {
        return fail(Errc::too_large, "the page is larger than unpacked_bytes_max");
    }
    const auto decoded = decode_text(bytes, declared_encoding(bytes));
    if (!decoded) return std::unexpected(decoded.error());
    const auto bounded = without_excess_attributes(decoded->text);
    const std::string& text = bounded ? *bounded : decoded->text;
    auto page = parse(text);
    const bool too_deep = !page && page.error().code == Errc::too_large;
    if (too_deep) page = parse(without_formatting(text));
    if (!page) return std::unexpected(page.error());
    const xmlNode* html = xmlDocGetRootElement(page->get());
    if (html == nullptr) return fail(Errc::empty, "the page has no text");

    Document document;
    read_head(html, document);
    const xmlNode* body = find_element(html, "body");
    if (body == nullptr) body = html;
    const Boilerplate boilerplate(body);
    HtmlBudget budget;
    auto blocks =
        html_blocks(boilerplate.article(), &boilerplate, limits, budget, document.left_out);
    if (blocks && blocks->empty()) {
        document.left_out.clear();
        blocks = html_blocks(body, nullptr, limits, budget, document.left_out);
    } else {
        leave_out_around(boilerplate.article(), body, document.left_out);
    }
    if (!blocks) return std::unexpected(blocks.error());
    if (blocks->empty()) return fail(Errc::empty, "the page has no text");

    // Some pages keep the article's title beside the article, in a header of the page.
    const bool has_title = std::ranges::any_of(*blocks, [](const model::Block& block) {
        const auto* const heading = std::get_if<model::Heading>(&block.content);
        return heading != nullptr && heading->level == 1;
    });
    if (const xmlNode* title = boilerplate.title_heading(); title != nullptr && !has_title) {
        auto heading = html_blocks(title, nullptr, limits, budget, document.left_out);
        if (heading) blocks->insert(blocks->begin(), heading->begin(), heading->end());
    }
    document.blocks = std::move(*blocks);
    document.source_text = page_text(body);
    if (too_deep) {
        document.warnings.emplace_back(
            "links and emphasis are missing: their elements were nested too deeply");
    }
    if (bounded) {
        document.warnings.emplace_back("a tag has more than " + std::to_string(kAttributesMax) +
                                       " attributes; the others were left out");
    }
    if (budget.spans_cut) {
        document.warnings.emplace_back(
            "cells of tables that span too many columns or rows were taken for single ones");
    }
    if (budget.links_cut) {
        document.warnings.emplace_back(
            "long links around many pieces of text were left out; the text is there");
    }
    if (!decoded->warning.empty()) document.warnings.push_back(decoded->warning);
    return document;
}

void warm_up_html() {
    (void)parse_html("<p>a</p>", ParseLimits{});
}

}  // namespace ingestor::extract
