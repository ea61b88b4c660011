#include "extract/formats/docx/math.hpp"

#include <string_view>

#include "extract/formats/docx/wordml.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::docx {
namespace {

/// Deeper than this, structure is left out and text kept.
constexpr int kDepthMax = 64;

std::string read(const xmlNode* node, int depth);

std::string read_children(const xmlNode* node, int depth) {
    std::string out;
    for (const xmlNode* at = node == nullptr ? nullptr : node->children; at != nullptr;
         at = at->next) {
        out += read(at, depth);
    }
    return out;
}

/// Parentheses around what is more than one sign, so that it stays one operand.
std::string grouped(const std::string& text) {
    const bool one = text::count_code_points(text) <= 1;
    const bool word = text.find_first_of(" +-*/=^_,()") == std::string::npos;
    return one || word ? text : "(" + text + ")";
}

std::string part(const xmlNode* node, std::string_view name, int depth) {
    return read_children(child(node, name), depth);
}

std::string read(const xmlNode* node, int depth) {
    const std::string_view name = local_name(node);
    if (name.empty() || depth > kDepthMax) return {};
    ++depth;
    if (name == "t") return text_of(node);
    if (name == "del" || name == "moveFrom" || name.ends_with("Pr")) return {};
    if (name == "f")
        return grouped(part(node, "num", depth)) + "/" + grouped(part(node, "den", depth));
    if (name == "sSup") return part(node, "e", depth) + "^" + grouped(part(node, "sup", depth));
    if (name == "sSub") return part(node, "e", depth) + "_" + grouped(part(node, "sub", depth));
    if (name == "sSubSup") {
        return part(node, "e", depth) + "_" + grouped(part(node, "sub", depth)) + "^" +
               grouped(part(node, "sup", depth));
    }
    if (name == "rad") {
        const std::string degree = part(node, "deg", depth);
        return (degree.empty() ? "" : degree) + "\u221A(" + part(node, "e", depth) + ")";
    }
    if (name == "nary") {
        const std::string sign = attribute(child(child(node, "naryPr"), "chr"), "val");
        std::string out = sign.empty() ? "\u222B" : sign;
        if (const std::string low = part(node, "sub", depth); !low.empty())
            out += "_" + grouped(low);
        if (const std::string high = part(node, "sup", depth); !high.empty())
            out += "^" + grouped(high);
        return out + " " + part(node, "e", depth);
    }
    if (name == "d") {
        const xmlNode* properties = child(node, "dPr");
        const xmlNode* begin = child(properties, "begChr");
        const xmlNode* end = child(properties, "endChr");
        std::string inside;
        for (const xmlNode* at = node->children; at != nullptr; at = at->next) {
            if (local_name(at) != "e") continue;
            if (!inside.empty()) inside += ", ";
            inside += read_children(at, depth);
        }
        return (begin == nullptr ? "(" : attribute(begin, "val")) + inside +
               (end == nullptr ? ")" : attribute(end, "val"));
    }
    if (name == "mr") return read_children(node, depth) + "; ";
    return read_children(node, depth);
}

}  // namespace

std::string math_text(const xmlNode* math) {
    return read(math, 0);
}

}  // namespace ingestor::extract::docx
