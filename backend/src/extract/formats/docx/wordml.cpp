#include "extract/formats/docx/wordml.hpp"

#include <charconv>

#include "extract/text/utf8.hpp"

namespace ingestor::extract::docx {

Vocabulary vocabulary_of(const xmlNode* element) {
    const std::string_view uri = name_space(element);
    if (uri == "http://schemas.openxmlformats.org/wordprocessingml/2006/main" ||
        uri == "http://purl.oclc.org/ooxml/wordprocessingml/main") {
        return Vocabulary::word;
    }
    if (uri == "http://schemas.openxmlformats.org/officeDocument/2006/math" ||
        uri == "http://purl.oclc.org/ooxml/officeDocument/math") {
        return Vocabulary::math;
    }
    if (uri == "http://schemas.openxmlformats.org/markup-compatibility/2006") {
        return Vocabulary::compatibility;
    }
    return Vocabulary::other;
}

bool is_word(const xmlNode* node, std::string_view name) {
    return local_name(node) == name && vocabulary_of(node) == Vocabulary::word;
}

std::optional<bool> on_off(const xmlNode* properties, std::string_view name) {
    const xmlNode* element = child(properties, name);
    if (element == nullptr) return std::nullopt;
    const std::string value = text::to_lower_ascii(attribute(element, "val"));
    return value != "0" && value != "false" && value != "off" && value != "none";
}

std::optional<int> int_attribute(const xmlNode* node, std::string_view name) {
    const std::string text = attribute(node, name);
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

const xmlNode* chosen_branch(const xmlNode* alternate) {
    const xmlNode* choice = child(alternate, "Choice");
    return choice != nullptr ? choice : child(alternate, "Fallback");
}

std::string spaced_text(const xmlNode* node) {
    std::string out;
    const xmlNode* at = node->children;
    while (at != nullptr && at != node) {
        const std::string_view name = local_name(at);
        if (name == "t" || name == "delText") out += text_of(at);
        if (name == "p" || name == "tc" || name == "tab" || name == "br") out += '\n';
        if (at->type == XML_ELEMENT_NODE && at->children != nullptr && name != "t") {
            at = at->children;
            continue;
        }
        while (at != node && at->next == nullptr) at = at->parent;
        if (at != node) at = at->next;
    }
    return out;
}

}  // namespace ingestor::extract::docx
