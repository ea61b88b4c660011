#include "extract/formats/html/html.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

#include "base/time.hpp"
#include "extract/formats/html/blocks.hpp"
#include "extract/formats/html/data_blocks.hpp"
#include "extract/formats/html/main_content.hpp"
#include "extract/formats/html/source_text.hpp"
#include "extract/formats/html/tree_builder.hpp"
#include "extract/formats/html/visibility.hpp"
#include "extract/text/encoding.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::html {
namespace {

/// The encoding that a page names in its head; empty if none.
std::string declared_encoding(std::string_view bytes) {
    const std::string head = text::to_lower_ascii(bytes.substr(0, 4096));
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

std::string collapsed(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const text::CodePoint c = text::code_point_at(text, at);
        if (!text::is_space(c.value)) {
            out.append(text.substr(at, c.size));
        } else if (!out.empty() && !out.ends_with(' ')) {
            out += ' ';
        }
        at += c.size;
    }
    while (out.ends_with(' ')) out.pop_back();
    return out;
}

void read_head(const Node& html, Document& document) {
    document.language = attribute(&html, "lang");
    const Node* const head = child(&html, Tag::head);
    if (head == nullptr) return;
    for (const Node* at = head->first; at != nullptr; at = at->next) {
        if (at->is(Tag::title) && document.title.empty()) document.title = collapsed(text_of(at));
        if (!at->is(Tag::meta)) continue;
        const std::string name = text::to_lower_ascii(attribute(at, "name")) +
                                 text::to_lower_ascii(attribute(at, "property"));
        const std::string content = collapsed(attribute(at, "content"));
        if (name == "author" && document.author.empty()) document.author = content;
        const bool date =
            name == "article:published_time" || name == "date" || name == "dcterms.created";
        if (!date || !document.created.empty()) continue;
        if (const auto time = parse_rfc3339(content)) document.created = to_rfc3339_seconds(*time);
    }
}

bool has_scripts(const Node& root) {
    bool found = false;
    walk(&root, [&](const Node* node) {
        found = found || node->is(Tag::script);
        return !found;
    });
    return found;
}

}  // namespace

Result<Document> parse_html(std::string_view bytes, const ParseLimits& limits) {
    if (bytes.size() > limits.unpacked_bytes_max) {
        return fail(Errc::too_large, "the page is larger than unpacked_bytes_max");
    }
    const auto decoded = text::decode_text(bytes, declared_encoding(bytes));
    if (!decoded) return std::unexpected(decoded.error());
    // Browsers have such a bound, too: what is deeper stands beside.
    const ParsedPage page = build_tree(decoded->text, limits.nesting_max);
    show_noscript(*page.tree);
    const Node& root = page.tree->root();
    const Node* const found = child(&root, Tag::body);
    const Node* const body = found == nullptr ? &root : found;

    Document document;
    read_head(root, document);
    const MainContent content(*page.tree, body);
    HtmlBudget budget;
    auto blocks = html_blocks(body, &content, limits, budget, document.left_out);
    if (blocks && blocks->empty()) {
        document.left_out.clear();
        blocks = html_blocks(body, nullptr, limits, budget, document.left_out);
    }
    if (!blocks) return std::unexpected(blocks.error());
    std::string data_text;
    if (blocks->empty()) {
        blocks = data_blocks(root, limits, budget, document, data_text);
        if (!blocks) return std::unexpected(blocks.error());
    }
    if (blocks->empty()) {
        return fail(Errc::empty, has_scripts(root) ? "the page has no text: a script builds it"
                                                   : "the page has no text");
    }

    // Some pages keep the article's title beside the article, in a header of the page.
    const bool has_title = std::ranges::any_of(*blocks, [](const model::Block& block) {
        const auto* const heading = std::get_if<model::Heading>(&block.content);
        return heading != nullptr && heading->level == 1;
    });
    if (const Node* title = content.title_heading(); title != nullptr && !has_title) {
        auto heading = html_blocks(title, nullptr, limits, budget, document.left_out);
        if (heading) blocks->insert(blocks->begin(), heading->begin(), heading->end());
    }
    document.blocks = std::move(*blocks);
    document.source_text = page_text(body) + data_text;
    if (page.flattened) {
        document.warnings.emplace_back("elements nested deeper than " +
                                       std::to_string(limits.nesting_max) +
                                       " (nesting_max) were put beside one another");
    }
    if (page.attributes_cut) {
        document.warnings.emplace_back("a tag has more than " + std::to_string(kAttributesMax) +
                                       " attributes; the others were left out");
    }
    if (page.bytes_in_open_tag > 0) {
        document.warnings.emplace_back("the page ends within a tag: its last " +
                                       std::to_string(page.bytes_in_open_tag) +
                                       " bytes are no text");
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
    (void)parse_html("<p>a &amp; &hellip;</p>", ParseLimits{});
}

}  // namespace ingestor::extract::html
