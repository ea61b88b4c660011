#include "extract/formats/html/form_fields.hpp"

#include <algorithm>

#include "extract/text/utf8.hpp"

namespace ingestor::extract::html {
namespace {

std::string type_of(const Node* input) {
    return text::to_lower_ascii(attribute(input, "type"));
}

bool has_words(const Node* node) {
    bool found = false;
    walk(node, [&](const Node* at) {
        found = found || (at->is_text() && !text::trim(at->text).empty());
        return !found;
    });
    return found;
}

/// True where words stand beside the node and within its line.
bool has_words_beside(const Node* node) {
    /// Nodes on either side that are looked at, so that rows of empty boxes cost no more.
    constexpr int kBesideMax = 4;
    int left = kBesideMax;
    for (const Node* at = node->next; at != nullptr && !is_box(at) && left > 0;
         at = at->next, --left)
        if (has_words(at)) return true;
    left = kBesideMax;
    for (const Node* at = node->previous; at != nullptr && !is_box(at) && left > 0;
         at = at->previous, --left)
        if (has_words(at)) return true;
    return false;
}

/// Pages use boxes that nothing names to remember whether a menu is open. In a table the row and
/// the column name them.
bool is_named(const Node* box) {
    using enum Tag;
    for (const Node* at = box; at != nullptr; at = at->parent) {
        if (at->is(td) || at->is(th)) return true;
        const bool phrase = at == box || (at->space == Namespace::html &&
                                          is_any(at->tag, a, b, em, font, i, label, span, strong));
        if (!phrase) return false;
        if (has_words_beside(at)) return true;
    }
    return false;
}

}  // namespace

bool is_field(const Node* node) {
    return node->is(Tag::input) || node->is(Tag::select) || node->is(Tag::textarea);
}

bool is_box(const Node* node) {
    if (!node->is(Tag::input)) return false;
    const std::string type = type_of(node);
    return type == "checkbox" || type == "radio";
}

std::string field_text(const Node* field) {
    if (field->is(Tag::textarea)) return text_of(field);
    if (field->is(Tag::select)) {
        std::string out;
        walk(field, [&](const Node* at) {
            if (!at->is(Tag::option)) return true;
            if (has_attribute(at, "selected")) {
                if (!out.empty()) out += ", ";
                out += text::trim(text_of(at));
            }
            return false;
        });
        return out;
    }
    if (is_box(field)) {
        if (!is_named(field)) return {};
        const bool checked = has_attribute(field, "checked");
        if (type_of(field) == "radio") return checked ? "\u25C9" : "\u25CB";
        return checked ? "\u2611" : "\u2610";
    }
    const std::string type = type_of(field);
    if (type == "submit" || type == "button" || type == "reset") return {};
    return std::string(input_words(field));
}

std::string_view input_words(const Node* input) {
    if (!input->is(Tag::input) || is_box(input)) return {};
    const std::string type = type_of(input);
    const bool unseen = type == "hidden" || type == "password" || type == "file" ||
                        type == "image" || type == "color";
    return unseen ? std::string_view() : text::trim(attribute(input, "value"));
}

}  // namespace ingestor::extract::html
