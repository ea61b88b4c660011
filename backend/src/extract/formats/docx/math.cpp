#include "extract/formats/docx/math.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "extract/formats/docx/wordml.hpp"
#include "extract/model/latex.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::docx {
namespace {

using namespace model;

/// Deeper than this, structure is left out and text kept.
constexpr int kDepthMax = 64;

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_word(std::string_view text) {
    return std::ranges::all_of(text, is_letter);
}

class MathReader {
public:
    /// All that stands in an element, one behind the other.
    std::string children(const xmlNode* node) {
        std::string out;
        for (const xmlNode* at = node == nullptr ? nullptr : node->children; at != nullptr;
             at = at->next) {
            append_latex(out, read(at));
        }
        return out;
    }

private:
    std::string read(const xmlNode* node) {
        const std::string_view name = local_name(node);
        if (name.empty() || name == "del" || name == "moveFrom" || name.ends_with("Pr")) return {};
        if (depth_ >= kDepthMax) return latex_signs(text_of(node));
        ++depth_;
        std::string out = element(node, name);
        --depth_;
        return out;
    }

    std::string part(const xmlNode* node, std::string_view name) {
        return children(child(node, name));
    }

    /// The value of a property: of its element's attribute, or what it is where that says nothing.
    static std::string property(const xmlNode* node, std::string_view group, std::string_view name,
                                std::string_view otherwise) {
        const xmlNode* const found = child(child(node, group), name);
        return found == nullptr ? std::string(otherwise) : attribute(found, "val");
    }

    static bool flag(const xmlNode* node, std::string_view group, std::string_view name) {
        const xmlNode* const found = child(child(node, group), name);
        if (found == nullptr) return false;
        const std::string value = attribute(found, "val");
        return value.empty() || value == "1" || value == "on" || value == "true";
    }

    std::vector<std::string> parts(const xmlNode* node, std::string_view name) {
        std::vector<std::string> out;
        for (const xmlNode* at = node->children; at != nullptr; at = at->next) {
            if (local_name(at) == name) out.push_back(children(at));
        }
        return out;
    }

    std::string element(const xmlNode* node, std::string_view name) {
        if (name == "r") return run(node);
        if (name == "t") return signs(text_of(node));
        if (name == "f") return fraction(node);
        if (name == "sSup" || name == "sSub" || name == "sSubSup") {
            return latex_scripts(latex_base(part(node, "e")), part(node, "sub"), part(node, "sup"));
        }
        if (name == "sPre") {
            std::string out = latex_scripts("{}", part(node, "sub"), part(node, "sup"));
            append_latex(out, latex_base(part(node, "e")));
            return out;
        }
        if (name == "rad") {
            const bool square = flag(node, "radPr", "degHide");
            return latex_root(part(node, "e"), square ? std::string() : part(node, "deg"));
        }
        if (name == "nary") return n_ary(node);
        if (name == "d") return delimited(node);
        if (name == "m") return matrix(node);
        if (name == "eqArr") return equations(node);
        if (name == "acc") {
            return latex_under_over(part(node, "e"), {}, property(node, "accPr", "chr", "\u0302"));
        }
        if (name == "bar") {
            const bool top = property(node, "barPr", "pos", "bot") == "top";
            return (top ? "\\overline{" : "\\underline{") + part(node, "e") + "}";
        }
        if (name == "groupChr") return grouped(node);
        if (name == "borderBox") return "\\boxed{" + part(node, "e") + "}";
        if (name == "func") return function(node);
        if (name == "limLow") return latex_under_over(limited(node), part(node, "lim"), {});
        if (name == "limUpp") return latex_under_over(limited(node), {}, part(node, "lim"));
        // Boxes, phantoms, insertions, and whatever is put around parts of a formula.
        return children(node);
    }

    std::string signs(const std::string& text) const {
        if (!aligned_) return latex_signs(text);
        std::string out;
        for (std::size_t begin = 0; begin <= text.size();) {
            const std::size_t end = std::min(text.find('&', begin), text.size());
            append_latex(out, latex_signs(std::string_view(text).substr(begin, end - begin)));
            if (end < text.size()) out += '&';
            begin = end + 1;
        }
        return out;
    }

    std::string run(const xmlNode* node) {
        std::string text;
        for (const xmlNode* at = node->children; at != nullptr; at = at->next) {
            if (local_name(at) == "t") text += text_of(at);
        }
        if (text.empty()) return {};
        if (flag(node, "rPr", "nor") || flag(node, "rPr", "lit")) {
            const bool prose = std::ranges::any_of(
                text, [](char c) { return is_letter(c) || static_cast<unsigned char>(c) >= 0x80; });
            return prose ? latex_prose(text) : signs(text);
        }
        const std::string latex = signs(text);
        if (text::trim(latex).empty()) return latex;
        const std::string alphabet = property(node, "rPr", "scr", "roman");
        const std::string style = property(node, "rPr", "sty", "i");
        std::string_view command;
        if (alphabet == "double-struck") {
            command = "\\mathbb";
        } else if (alphabet == "script") {
            command = "\\mathcal";
        } else if (alphabet == "fraktur") {
            command = "\\mathfrak";
        } else if (alphabet == "sans-serif") {
            command = "\\mathsf";
        } else if (alphabet == "monospace") {
            command = "\\mathtt";
        } else if (style == "b") {
            command = "\\mathbf";
        } else if (style == "bi") {
            command = "\\boldsymbol";
        } else if (style == "p" && is_word(text)) {
            return text.size() > 1 ? latex_upright(text) : "\\mathrm{" + text + "}";
        }
        return command.empty() ? latex : std::string(command) + "{" + latex + "}";
    }

    /// Upright letters are the name of a function, or a word that is none.
    static std::string latex_upright(const std::string& text) {
        const std::string function = latex_function(text);
        return function.starts_with("\\operatorname") ? "\\mathrm{" + text + "}" : function;
    }

    std::string fraction(const xmlNode* node) {
        const std::string kind = property(node, "fPr", "type", "bar");
        const std::string above = part(node, "num");
        const std::string below = part(node, "den");
        if (kind == "noBar") return latex_stack(above, below);
        if (kind == "lin" || kind == "skw") return latex_base(above) + "/" + latex_base(below);
        return latex_fraction(above, below);
    }

    std::string n_ary(const xmlNode* node) {
        const std::string sign = property(node, "naryPr", "chr", "\u222B");
        const std::string sub = flag(node, "naryPr", "subHide") ? std::string() : part(node, "sub");
        const std::string sup = flag(node, "naryPr", "supHide") ? std::string() : part(node, "sup");
        std::string out = latex_scripts(latex_signs(sign), sub, sup);
        const std::string operand = part(node, "e");
        if (!out.empty() && !operand.empty()) out += ' ';
        return out + operand;
    }

    std::string delimited(const xmlNode* node) {
        const std::vector<std::string> operands = parts(node, "e");
        const std::string separator = latex_signs(property(node, "dPr", "sepChr", "|"));
        std::string inside;
        for (const std::string& operand : operands) {
            if (&operand != operands.data()) append_latex(inside, separator);
            append_latex(inside, operand);
        }
        return latex_delimited(latex_signs(property(node, "dPr", "begChr", "(")), inside,
                               latex_signs(property(node, "dPr", "endChr", ")")));
    }

    std::string matrix(const xmlNode* node) {
        LatexRows rows;
        for (const xmlNode* at = node->children; at != nullptr; at = at->next) {
            if (local_name(at) == "mr") rows.push_back(parts(at, "e"));
        }
        return latex_matrix(rows);
    }

    /// A `&` in such a line is where it meets the others.
    std::string equations(const xmlNode* node) {
        const bool outer = std::exchange(aligned_, true);
        const std::string out = latex_lines(parts(node, "e"));
        aligned_ = outer;
        return out;
    }

    std::string grouped(const xmlNode* node) {
        const std::string sign = property(node, "groupChrPr", "chr", "\u23DF");
        const bool top = property(node, "groupChrPr", "pos", "bot") == "top";
        const std::string inside = part(node, "e");
        return top ? latex_under_over(inside, {}, sign) : latex_under_over(inside, sign, {});
    }

    std::string function(const xmlNode* node) {
        std::string out = function_name(part(node, "fName"));
        const std::string argument = part(node, "e");
        if (!out.empty() && !argument.empty()) out += ' ';
        return out + argument;
    }

    std::string limited(const xmlNode* node) { return function_name(part(node, "e")); }

    static std::string function_name(const std::string& name) {
        const std::string_view bare = text::trim(name);
        const bool letters = bare.size() > 1 && is_word(bare);
        if (letters) return latex_function(bare);
        constexpr std::string_view kUpright = "\\mathrm{";
        if (bare.starts_with(kUpright) &&
            bare.find_first_of("\\{}", kUpright.size()) == bare.size() - 1) {
            return latex_function(bare.substr(kUpright.size(), bare.size() - kUpright.size() - 1));
        }
        return std::string(bare);
    }

    int depth_ = 0;
    bool aligned_ = false;
};

}  // namespace

std::string math_latex(const xmlNode* math) {
    return std::string(text::trim(MathReader().children(math)));
}

}  // namespace ingestor::extract::docx
