#include "extract/formats/html/mathml.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "extract/model/latex.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::html {
namespace {

using namespace model;

/// Deeper than this, structure is left out and text kept.
constexpr int kDepthMax = 64;

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string trimmed_text(const Node* node) {
    return std::string(text::trim(text_of(node)));
}

bool is_fence(std::string_view sign, std::string_view fences) {
    return !sign.empty() && fences.find(sign) != fences.npos;
}

class MathReader {
public:
    std::string children(const Node* node) { return row(elements(node)); }

private:
    static std::vector<const Node*> elements(const Node* node) {
        std::vector<const Node*> out;
        for (const Node* at = node->first; at != nullptr; at = at->next) {
            const bool text = at->is_text() && !text::trim(at->text).empty();
            if (text ||
                (at->is_element() && at->text != "annotation" && at->text != "annotation-xml"))
                out.push_back(at);
        }
        return out;
    }

    /// A row; where it is in fences, what it holds between them decides how they stand.
    std::string row(const std::vector<const Node*>& nodes) {
        if (nodes.size() >= 3 && is_operator(nodes.front()) && is_operator(nodes.back())) {
            const std::string open = trimmed_text(nodes.front());
            const std::string close = trimmed_text(nodes.back());
            if (is_fence(open, "([{|⟨⌈⌊‖") && is_fence(close, ")]}|⟩⌉⌋‖")) {
                return latex_delimited(latex_signs(open),
                                       joined({nodes.begin() + 1, nodes.end() - 1}),
                                       latex_signs(close));
            }
        }
        if (nodes.size() == 2 && is_operator(nodes.front()) && trimmed_text(nodes.front()) == "{" &&
            holds_table(nodes.back())) {
            return latex_delimited("\\{", table_lines(nodes.back()), {});
        }
        return joined(nodes);
    }

    std::string joined(const std::vector<const Node*>& nodes) {
        std::string out;
        for (const Node* node : nodes) append_latex(out, read(node));
        return out;
    }

    static bool is_operator(const Node* node) { return node->is_element() && node->text == "mo"; }

    static const Node* table_in(const Node* node) {
        while (node != nullptr && node->is_element() && node->text != "mtable") {
            const auto inner = elements(node);
            if (inner.size() != 1) return nullptr;
            node = inner.front();
        }
        return node != nullptr && node->is_element() ? node : nullptr;
    }

    static bool holds_table(const Node* node) { return table_in(node) != nullptr; }

    std::string table_lines(const Node* node) {
        std::vector<std::string> lines;
        for (const auto& cells : rows(table_in(node))) {
            std::string line;
            for (const std::string& cell : cells) {
                if (&cell != cells.data()) line += " & ";
                line += cell;
            }
            lines.push_back(std::move(line));
        }
        return latex_lines(lines);
    }

    std::string read(const Node* node) {
        if (node->is_text()) return latex_signs(text::trim(node->text));
        if (depth_ >= kDepthMax) return latex_signs(trimmed_text(node));
        ++depth_;
        std::string out = element(node, node->text);
        --depth_;
        return out;
    }

    std::string element(const Node* node, std::string_view name) {
        if (name == "mi") return identifier(node);
        if (name == "mn") return latex_signs(trimmed_text(node));
        if (name == "mo") return operator_of(node);
        if (name == "mtext" || name == "ms") return prose(node);
        if (name == "mspace") return " ";
        if (name == "mtable") return latex_matrix(rows(node));
        if (name == "mfenced") return fenced(node);
        if (name == "semantics" || name == "maction") {
            const auto inner = elements(node);
            return inner.empty() ? std::string() : read(inner.front());
        }
        if (name == "msqrt") return latex_root(children(node), {});
        if (name == "menclose") return enclosed(node);
        if (name == "mmultiscripts") return multiscripts(node);
        return of_parts(node, name);
    }

    /// Elements whose children have roles by their order.
    std::string of_parts(const Node* node, std::string_view name) {
        const auto inner = elements(node);
        const auto part = [&](std::size_t i) {
            return i < inner.size() ? read(inner[i]) : std::string();
        };
        if (name == "mfrac") {
            const std::string_view line = attribute(node, "linethickness");
            const bool none = !line.empty() && line.find_first_not_of("0.pxemt%") == line.npos;
            return none ? latex_stack(part(0), part(1)) : latex_fraction(part(0), part(1));
        }
        if (name == "mroot") return latex_root(part(0), part(1));
        if (name == "msub") return latex_scripts(latex_base(part(0)), part(1), {});
        if (name == "msup") return latex_scripts(latex_base(part(0)), {}, part(1));
        if (name == "msubsup") return latex_scripts(latex_base(part(0)), part(1), part(2));
        if (name == "munder") return latex_under_over(limited(part(0)), part(1), {});
        if (name == "mover") return latex_under_over(limited(part(0)), {}, part(1));
        if (name == "munderover") return latex_under_over(limited(part(0)), part(1), part(2));
        return row(inner);
    }

    static std::string limited(const std::string& base) {
        const bool name = base.size() > 1 && std::ranges::all_of(base, is_letter);
        return name ? latex_function(base) : base;
    }

    /// Names of one letter are slanted, longer ones upright; a variant says otherwise.
    static std::string identifier(const Node* node) {
        const std::string name = trimmed_text(node);
        const std::string_view variant = attribute(node, "mathvariant");
        const std::pair<std::string_view, std::string_view> kVariants[] = {
            {"double-struck", "\\mathbb"},   {"script", "\\mathcal"},
            {"fraktur", "\\mathfrak"},       {"bold", "\\mathbf"},
            {"bold-italic", "\\boldsymbol"}, {"sans-serif", "\\mathsf"},
            {"monospace", "\\mathtt"}};
        for (const auto& [known, command] : kVariants) {
            if (variant == known) return std::string(command) + "{" + latex_signs(name) + "}";
        }
        const bool word = name.size() > 1 && std::ranges::all_of(name, is_letter);
        if (word && variant != "italic") {
            const std::string function = latex_function(name);
            return function.starts_with("\\operatorname") ? "\\mathrm{" + name + "}" : function;
        }
        return latex_signs(name);
    }

    static std::string operator_of(const Node* node) {
        const std::string name = trimmed_text(node);
        const bool word = name.size() > 1 && std::ranges::all_of(name, is_letter);
        return word ? latex_function(name) : latex_signs(name);
    }

    static std::string prose(const Node* node) {
        const std::string words = text_of(node);
        return text::trim(words).empty() ? std::string(" ") : latex_prose(words);
    }

    LatexRows rows(const Node* table) {
        LatexRows out;
        for (const Node* line : elements(table)) {
            if (!line->is_element()) continue;
            auto& cells = out.emplace_back();
            auto inner = elements(line);
            // The first of a labelled row is the number of the equation.
            if (line->text == "mlabeledtr" && inner.size() > 1)
                std::ranges::rotate(inner, inner.begin() + 1);
            for (const Node* cell : inner)
                cells.push_back(cell->is_element() ? children(cell) : read(cell));
        }
        return out;
    }

    std::string fenced(const Node* node) {
        const auto value = [&](std::string_view name, std::string_view otherwise) {
            return has_attribute(node, name) ? std::string(text::trim(attribute(node, name)))
                                             : std::string(otherwise);
        };
        const std::string separators = value("separators", ",");
        std::string inside;
        std::size_t at = 0;
        for (const Node* part : elements(node)) {
            if (at > 0 && !separators.empty()) {
                inside += latex_signs(std::string_view(separators)
                                          .substr(std::min(at - 1, separators.size() - 1), 1));
            }
            append_latex(inside, read(part));
            ++at;
        }
        return latex_delimited(latex_signs(value("open", "(")), inside,
                               latex_signs(value("close", ")")));
    }

    std::string enclosed(const Node* node) {
        const std::string_view notation = attribute(node, "notation");
        const std::string inside = children(node);
        if (notation.find("radical") != notation.npos) return latex_root(inside, {});
        if (notation.find("box") != notation.npos) return "\\boxed{" + inside + "}";
        if (notation.find("top") != notation.npos) return "\\overline{" + inside + "}";
        if (notation.find("bottom") != notation.npos) return "\\underline{" + inside + "}";
        return inside;
    }

    /// The base, pairs of lower and upper scripts behind it, and after a `mprescripts` those
    /// before.
    std::string multiscripts(const Node* node) {
        const auto inner = elements(node);
        std::string before;
        std::string behind = inner.empty() ? std::string() : latex_base(read(inner.front()));
        bool leading = false;
        for (std::size_t i = 1; i < inner.size();) {
            if (inner[i]->text == "mprescripts") {
                leading = true;
                ++i;
                continue;
            }
            const auto script = [&](std::size_t at) {
                const bool none = at >= inner.size() || inner[at]->text == "none" ||
                                  inner[at]->text == "mprescripts";
                return none ? std::string() : read(inner[at]);
            };
            const std::string scripts = latex_scripts({}, script(i), script(i + 1));
            if (leading) {
                before += "{}" + scripts;
            } else {
                // A second pair hangs on nothing, since a base takes one.
                behind += (i > 1 ? "{}" : "") + scripts;
            }
            i += i + 1 < inner.size() && inner[i + 1]->text == "mprescripts" ? 1 : 2;
        }
        append_latex(before, behind);
        return before;
    }

    int depth_ = 0;
};

}  // namespace

std::string mathml_latex(const Node* math) {
    return std::string(text::trim(MathReader().children(math)));
}

}  // namespace ingestor::extract::html
