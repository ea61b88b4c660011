#include "awsapi/xml_document.hpp"

#include <algorithm>
#include <memory>

#include <libxml/parser.h>
#include <libxml/tree.h>

namespace ingestor::awsapi {
namespace {

struct FreeDocument {
    void operator()(xmlDoc* document) const { ::xmlFreeDoc(document); }
};

const char* text_of(const xmlChar* text) {
    return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

/// False: over a limit, or something that no request has.
bool read_element(const xmlNode* node, XmlElement& element, std::size_t depth, std::size_t& count) {
    if (depth > kXmlDepthMax || ++count > kXmlElementsMax) return false;
    element.name = text_of(node->name);
    for (const auto* child = node->children; child != nullptr; child = child->next) {
        if (child->type == XML_COMMENT_NODE) continue;
        if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) {
            element.text += text_of(child->content);
        } else if (child->type != XML_ELEMENT_NODE ||
                   !read_element(child, element.children.emplace_back(), depth + 1, count)) {
            return false;
        }
    }
    return true;
}

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
    const auto place = std::ranges::find(children, wanted, &XmlElement::name);
    return place == children.end() ? nullptr : &*place;
}

std::string_view XmlElement::text_of(std::string_view wanted) const {
    const auto* found = child(wanted);
    return found == nullptr ? std::string_view() : std::string_view(found->text);
}

Result<XmlElement> parse_xml(std::string_view text) {
    constexpr int kOptions = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    const std::unique_ptr<xmlDoc, FreeDocument> document(
        ::xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr, kOptions));
    XmlElement root;
    std::size_t count = 0;
    const auto* node = document ? ::xmlDocGetRootElement(document.get()) : nullptr;
    if (node == nullptr || document->intSubset != nullptr || document->extSubset != nullptr ||
        !read_element(node, root, 1, count)) {
        return fail(Errc::invalid_argument, "the document is not well-formed XML, or too large");
    }
    return root;
}

}  // namespace ingestor::awsapi
