#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <libxml/tree.h>

#include "base/result.hpp"

namespace ingestor::extract::container {

struct XmlDocDeleter {
    void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
using XmlDoc = std::unique_ptr<xmlDoc, XmlDocDeleter>;

/// Reads one XML part of a package. Nothing is fetched, no entity expanded; a part with a document
/// type, which packages forbid, is refused.
/// Errors: corrupt, too_large (nested too deeply, too many attributes), each naming the part.
[[nodiscard]] Result<XmlDoc> parse_xml(std::string_view bytes, std::string_view part);

/// Attributes that an element of a part may have. libxml2 compares each with all before it.
inline constexpr std::size_t kXmlAttributesMax = 1'000;

/// Errors: too_large, naming the part, where an element has more than kXmlAttributesMax attributes.
/// For parts that are read otherwise than by parse_xml.
[[nodiscard]] Result<void> check_attributes(std::string_view bytes, std::string_view part);

/// What the library's message means for a part that was not read: nesting and memory are limits,
/// everything else is damage.
[[nodiscard]] Error xml_failure(std::string_view part, std::string_view message);

/// The name without its prefix; empty for what is no element.
[[nodiscard]] std::string_view local_name(const xmlNode* node);
/// The namespace's URI; empty if none.
[[nodiscard]] std::string_view name_space(const xmlNode* node);
/// The value of the attribute of this local name, whatever its namespace, or its beginning; empty
/// if absent.
[[nodiscard]] std::string attribute(const xmlNode* node, std::string_view name,
                                    std::size_t bytes_max = std::string::npos);
/// The first child element of this local name, or nullptr.
[[nodiscard]] const xmlNode* child(const xmlNode* node, std::string_view name);
/// All text inside the node.
[[nodiscard]] std::string text_of(const xmlNode* node);
/// Text and CDATA nodes' own text.
[[nodiscard]] std::string_view own_text(const xmlNode* node);

}  // namespace ingestor::extract::container
