#include "extract/html/source_text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "extract/xml.hpp"

namespace ingestor::extract {
namespace {

/// Elements whose ends may lie within a word (HTML, 4.5).
constexpr std::array<std::string_view, 31> kWithinWords = {
    "a",      "abbr",   "acronym", "b",   "bdi", "bdo",  "big", "cite", "code", "del",   "dfn",
    "em",     "font",   "i",       "ins", "kbd", "mark", "q",   "s",    "samp", "small", "span",
    "strike", "strong", "sub",     "sup", "tt",  "u",    "var", "wbr",  "nobr"};

bool is_code(const xmlNode* element) {
    const std::string_view tag = local_name(element);
    return tag == "script" || tag == "style";
}

}  // namespace

std::string page_text(const xmlNode* body) {
    std::string out;
    if (is_code(body)) return out;
    const auto part = [&](const xmlNode* element) {
        const bool parts =
            element->type == XML_ELEMENT_NODE &&
            std::ranges::find(kWithinWords, local_name(element)) == kWithinWords.end();
        if (parts && !out.empty() && !out.ends_with('\n')) out += '\n';
    };
    const xmlNode* at = body->children;
    while (at != nullptr && at != body) {
        out += own_text(at);
        part(at);
        if (at->type == XML_ELEMENT_NODE && at->children != nullptr && !is_code(at)) {
            at = at->children;
            continue;
        }
        while (at != body && at->next == nullptr) {
            at = at->parent;
            if (at != body) part(at);
        }
        if (at != body) at = at->next;
    }
    return out;
}

}  // namespace ingestor::extract
