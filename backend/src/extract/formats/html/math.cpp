#include "extract/formats/html/math.hpp"

#include <string_view>

#include "extract/formats/html/mathml.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::html {
namespace {

/// Elements around a formula, beyond which it is no formula's wrapper.
constexpr int kWrappersMax = 4;

/// `application/x-tex`, and what pages write in its place.
bool is_tex(std::string_view encoding) {
    const std::string name = text::to_lower_ascii(text::trim(encoding));
    return name == "tex" || name.ends_with("/tex") || name.ends_with("x-tex") ||
           name.ends_with("latex");
}

/// The LaTeX beside the signs, in an annotation.
const Node* annotation_of(const Node* math) {
    const Node* found = nullptr;
    walk(math, [&](const Node* at) {
        if (found == nullptr && at->is_element() && at->tag == Tag::annotation &&
            is_tex(attribute(at, "encoding"))) {
            found = at;
        }
        return found == nullptr;
    });
    return found;
}

/// Without the group that only sets the size of the type.
std::string_view without_style(std::string_view latex) {
    latex = text::trim(latex);
    for (const std::string_view style : {"{\\displaystyle", "{\\textstyle"}) {
        if (latex.starts_with(style) && latex.ends_with('}')) {
            return text::trim(latex.substr(style.size(), latex.size() - style.size() - 1));
        }
    }
    return latex;
}

}  // namespace

MathText math_of(const Node* math) {
    MathText out;
    out.display = attribute(math, "display") == "block";
    const Node* const annotation = annotation_of(math);
    const std::string latex =
        annotation != nullptr ? text_of(annotation) : std::string(attribute(math, "alttext"));
    out.latex = text::trim(latex).empty() ? mathml_latex(math) : std::string(without_style(latex));
    return out;
}

const Node* hidden_math(const Node* hidden) {
    if (!hidden->is(Tag::span) && !hidden->is(Tag::div)) return nullptr;
    const Node* at = hidden;
    for (int i = 0; i < kWrappersMax && at != nullptr; ++i) {
        for (const Node* inner = at->first; inner != nullptr; inner = inner->next) {
            if (inner->space == Namespace::mathml && inner->tag == Tag::math) return inner;
        }
        at = at->first;
        while (at != nullptr && !at->is_element()) at = at->next;
    }
    return nullptr;
}

}  // namespace ingestor::extract::html
