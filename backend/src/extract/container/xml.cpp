#include "extract/container/xml.hpp"

#include <algorithm>
#include <limits>

#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#include "extract/text/utf8.hpp"

namespace ingestor::extract::container {
namespace {

std::string_view view(const xmlChar* text) {
    return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

struct ParserDeleter {
    void operator()(xmlParserCtxt* context) const { xmlFreeParserCtxt(context); }
};

}  // namespace

Result<XmlDoc> parse_xml(std::string_view bytes, std::string_view part) {
    if (bytes.size() > std::numeric_limits<int>::max()) {
        return fail(Errc::too_large, std::string(part) + " is larger than 2 GB");
    }
    if (const auto checked = check_attributes(bytes, part); !checked) {
        return std::unexpected(checked.error());
    }
    const std::unique_ptr<xmlParserCtxt, ParserDeleter> context(xmlNewParserCtxt());
    if (!context) return fail(Errc::internal, "no memory for an XML parser");
    constexpr int kOptions = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                             XML_PARSE_NOCDATA | XML_PARSE_COMPACT;
    XmlDoc document(xmlCtxtReadMemory(context.get(), bytes.data(), static_cast<int>(bytes.size()),
                                      nullptr, nullptr, kOptions));
    if (!document) {
        const xmlError* error = xmlCtxtGetLastError(context.get());
        const std::string_view message =
            error != nullptr && error->message != nullptr ? error->message : "";
        return std::unexpected(xml_failure(part, message));
    }
    if (document->intSubset != nullptr || document->extSubset != nullptr) {
        return fail(Errc::corrupt, std::string(part) + " has a document type, which is forbidden");
    }
    return document;
}

Result<void> check_attributes(std::string_view bytes, std::string_view part) {
    const auto behind = [&](std::string_view what, std::size_t from) {
        return std::min(bytes.find(what, from), bytes.size());
    };
    for (std::size_t at = behind("<", 0); at < bytes.size(); at = behind("<", at)) {
        const std::string_view rest = bytes.substr(at);
        if (rest.starts_with("<!--") || rest.starts_with("<![CDATA[")) {
            at = behind(rest[2] == '-' ? "-->" : "]]>", at);
            continue;
        }
        std::size_t attributes = 0;
        for (++at; at < bytes.size() && bytes[at] != '>' && bytes[at] != '<'; ++at) {
            if (bytes[at] != '"' && bytes[at] != '\'') continue;
            at = behind(bytes.substr(at, 1), at + 1);
            ++attributes;
        }
        if (attributes > kXmlAttributesMax) {
            return fail(Errc::too_large, "an element of " + std::string(part) + " has more than " +
                                             std::to_string(kXmlAttributesMax) + " attributes");
        }
    }
    return {};
}

Error xml_failure(std::string_view part, std::string_view message) {
    const std::string name(part);
    if (message.find("depth") != std::string_view::npos) {
        return {.code = Errc::too_large, .message = name + " is nested too deeply"};
    }
    if (message.find("emory") != std::string_view::npos) {
        return {.code = Errc::too_large, .message = name + " needs more memory than there is"};
    }
    return {.code = Errc::corrupt, .message = name + " is not well-formed XML"};
}

std::string_view local_name(const xmlNode* node) {
    return node != nullptr && node->type == XML_ELEMENT_NODE ? view(node->name)
                                                             : std::string_view();
}

std::string_view name_space(const xmlNode* node) {
    return node != nullptr && node->type == XML_ELEMENT_NODE && node->ns != nullptr
               ? view(node->ns->href)
               : std::string_view();
}

std::string attribute(const xmlNode* node, std::string_view name, std::size_t bytes_max) {
    if (node == nullptr || node->type != XML_ELEMENT_NODE) return {};
    for (const xmlAttr* attr = node->properties; attr != nullptr; attr = attr->next) {
        if (view(attr->name) != name) continue;
        std::string value;
        for (const xmlNode* piece = attr->children; piece != nullptr; piece = piece->next) {
            if (piece->type != XML_TEXT_NODE) continue;
            value += text::prefix(view(piece->content), bytes_max - value.size());
        }
        return value;
    }
    return {};
}

const xmlNode* child(const xmlNode* node, std::string_view name) {
    if (node == nullptr) return nullptr;
    for (const xmlNode* at = node->children; at != nullptr; at = at->next) {
        if (local_name(at) == name) return at;
    }
    return nullptr;
}

std::string_view own_text(const xmlNode* node) {
    const bool is_text = node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
    return is_text ? view(node->content) : std::string_view();
}

std::string text_of(const xmlNode* node) {
    std::string out;
    const xmlNode* at = node;
    while (at != nullptr) {
        out += own_text(at);
        if (at->type == XML_ELEMENT_NODE && at->children != nullptr) {
            at = at->children;
            continue;
        }
        while (at != node && at->next == nullptr) at = at->parent;
        if (at == node) break;
        at = at->next;
    }
    return out;
}

}  // namespace ingestor::extract::container
