#include "extract/formats/html/source_text.hpp"

#include "extract/formats/html/form_fields.hpp"

namespace ingestor::extract::html {
namespace {

/// Elements whose ends may lie within a word (HTML, 4.5).
bool is_within_words(const Node* node) {
    using enum Tag;
    if (node->space != Namespace::html) return false;
    return is_any(node->tag, a, abbr, acronym, b, bdi, bdo, big, cite, code, del, dfn, em, font, i,
                  ins, kbd, mark, nobr, q, s, samp, small, span, strike, strong, sub) ||
           is_any(node->tag, sup, tt, u, var, wbr);
}

bool is_code(const Node* node) {
    return node->is_element() && is_any(node->tag, Tag::script, Tag::style);
}

}  // namespace

std::string page_text(const Node* body) {
    std::string out;
    if (is_code(body)) return out;
    const auto part = [&](const Node* node) {
        if (node->is_element() && !is_within_words(node) && !out.empty() && !out.ends_with('\n'))
            out += '\n';
    };
    walk(
        body,
        [&](const Node* node) {
            if (node->is_text()) out += node->text;
            if (node != body) part(node);
            out += input_words(node);
            return !is_code(node);
        },
        [&](const Node* node) {
            if (node != body) part(node);
        });
    return out;
}

}  // namespace ingestor::extract::html
