#include <algorithm>

#include "extract/formats/html/tree_builder.hpp"

namespace ingestor::extract::html {
namespace {

/// Start tags that end SVG and MathML, since nobody means them to stand there.
bool breaks_out(const Token& token) {
    using enum Tag;
    if (heading_level(token.tag) > 0) return true;
    if (token.tag == font) {
        return std::ranges::any_of(token.attributes, [](const Attribute& attribute) {
            return attribute.name == "color" || attribute.name == "face" ||
                   attribute.name == "size";
        });
    }
    return is_any(token.tag, b, big, blockquote, body, br, center, code, dd, div, dl, dt, em, embed,
                  head, hr, i, img, li, listing, menu, meta, nobr, ol, p, pre, ruby, s) ||
           is_any(token.tag, small, span, strong, strike, sub, sup, table, tt, u, ul, var);
}

}  // namespace

/// The "tree construction dispatcher".
bool TreeBuilder::takes_html_rules(const Token& token) const {
    const Node& node = open_.current();
    if (node.space == Namespace::html || token.kind == TokenKind::end_of_page) return true;
    const bool start = token.kind == TokenKind::start_tag;
    const bool text = token.kind == TokenKind::text;
    if (is_mathml_text_integration_point(node)) {
        if (text || (start && !is_any(token.tag, Tag::mglyph, Tag::malignmark))) return true;
    }
    if (node.space == Namespace::mathml && node.tag == Tag::annotation_xml && start &&
        token.tag == Tag::svg) {
        return true;
    }
    return is_html_integration_point(node) && (start || text);
}

void TreeBuilder::in_foreign(const Token& token) {
    if (token.kind == TokenKind::text) return insert_text(token.text);
    const bool end = token.kind == TokenKind::end_tag;
    if ((!end && breaks_out(token)) || (end && is_any(token.tag, Tag::br, Tag::p))) {
        open_.clear_back_to([](const Node& node) {
            return node.space == Namespace::html || is_html_integration_point(node) ||
                   is_mathml_text_integration_point(node);
        });
        return process_by_mode(token);
    }
    if (!end) {
        const Namespace space = open_.current().space;
        if (token.self_closing) return insert_void(token, space);
        insert_element(token, space);
        return;
    }
    for (std::size_t i = open_.size(); i-- > 1;) {
        const Node& node = open_[i];
        if (node.space == Namespace::html) return process_by_mode(token);
        if (node.text == token.text) return open_.resize(i);
    }
}

}  // namespace ingestor::extract::html
