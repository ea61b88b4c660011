#include "extract/html/math.hpp"

#include <string_view>

#include "extract/utf8.hpp"
#include "extract/xml.hpp"

namespace ingestor::extract {
namespace {

/// Elements around a formula, beyond which it is no formula's wrapper.
constexpr int kWrappersMax = 4;

/// The LaTeX beside the signs, in an annotation.
const xmlNode* annotation_of(const xmlNode* math) {
    const xmlNode* at = math->children;
    while (at != nullptr && at != math) {
        if (local_name(at) == "annotation" &&
            attribute(at, "encoding").find("tex") != std::string::npos) {
            return at;
        }
        if (at->type == XML_ELEMENT_NODE && at->children != nullptr) {
            at = at->children;
            continue;
        }
        while (at != math && at->next == nullptr) at = at->parent;
        if (at != math) at = at->next;
    }
    return nullptr;
}

/// Without the group that only sets the size of the type.
std::string_view without_style(std::string_view latex) {
    latex = trim(latex);
    for (const std::string_view style : {"{\\displaystyle", "{\\textstyle"}) {
        if (latex.starts_with(style) && latex.ends_with('}')) {
            return trim(latex.substr(style.size(), latex.size() - style.size() - 1));
        }
    }
    return latex;
}

}  // namespace

MathText math_of(const xmlNode* math) {
    MathText out;
    out.display = attribute(math, "display") == "block";
    const xmlNode* const annotation = annotation_of(math);
    const std::string latex =
        annotation != nullptr ? text_of(annotation) : attribute(math, "alttext");
    out.latex = !trim(latex).empty();
    out.text = out.latex ? std::string(without_style(latex)) : text_of(math);
    return out;
}

const xmlNode* hidden_math(const xmlNode* hidden) {
    const std::string_view tag = local_name(hidden);
    if (tag != "span" && tag != "div") return nullptr;
    const xmlNode* at = hidden;
    for (int i = 0; i < kWrappersMax && at != nullptr; ++i) {
        if (const xmlNode* math = child(at, "math")) return math;
        at = at->children;
        while (at != nullptr && at->type != XML_ELEMENT_NODE) at = at->next;
    }
    return nullptr;
}

}  // namespace ingestor::extract
