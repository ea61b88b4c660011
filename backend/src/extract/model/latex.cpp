#include "extract/model/latex.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "extract/text/utf8.hpp"

namespace ingestor::extract::model {
namespace {

using namespace std::string_view_literals;

struct Sign {
    char32_t sign;
    std::string_view latex;
};

/// In the order of their code points.
constexpr auto kSigns = std::to_array<Sign>({
    {U'#', "\\#"},
    {U'$', "\\$"},
    {U'%', "\\%"},
    {U'&', "\\&"},
    {U'\\', "\\backslash"},
    {U'^', "\\hat{}"},
    {U'_', "\\_"},
    {U'{', "\\{"},
    {U'}', "\\}"},
    {U'~', "\\sim"},
    {0xA0, "~"},
    {0xAC, "\\neg"},
    {0xB0, "^\\circ"},
    {0xB1, "\\pm"},
    {0xB7, "\\cdot"},
    {0xD7, "\\times"},
    {0xF7, "\\div"},
    {0x2003, "\\quad"},
    {0x200B, ""},
    {0x2016, "\\|"},
    {0x2020, "\\dagger"},
    {0x2022, "\\bullet"},
    {0x2026, "\\ldots"},
    {0x2032, "'"},
    {0x2033, "''"},
    {0x2061, ""},
    {0x2062, ""},
    {0x2063, ""},
    {0x2064, ""},
    {0x2190, "\\leftarrow"},
    {0x2191, "\\uparrow"},
    {0x2192, "\\to"},
    {0x2193, "\\downarrow"},
    {0x2194, "\\leftrightarrow"},
    {0x21A6, "\\mapsto"},
    {0x21CC, "\\rightleftharpoons"},
    {0x21D0, "\\Leftarrow"},
    {0x21D2, "\\Rightarrow"},
    {0x21D4, "\\Leftrightarrow"},
    {0x2200, "\\forall"},
    {0x2202, "\\partial"},
    {0x2203, "\\exists"},
    {0x2205, "\\emptyset"},
    {0x2206, "\\Delta"},
    {0x2207, "\\nabla"},
    {0x2208, "\\in"},
    {0x2209, "\\notin"},
    {0x220B, "\\ni"},
    {0x220F, "\\prod"},
    {0x2210, "\\coprod"},
    {0x2211, "\\sum"},
    {0x2212, "-"},
    {0x2213, "\\mp"},
    {0x2217, "*"},
    {0x2218, "\\circ"},
    {0x2219, "\\bullet"},
    {0x221A, "\\surd"},
    {0x221D, "\\propto"},
    {0x221E, "\\infty"},
    {0x2220, "\\angle"},
    {0x2223, "\\mid"},
    {0x2225, "\\parallel"},
    {0x2227, "\\wedge"},
    {0x2228, "\\vee"},
    {0x2229, "\\cap"},
    {0x222A, "\\cup"},
    {0x222B, "\\int"},
    {0x222C, "\\iint"},
    {0x222D, "\\iiint"},
    {0x222E, "\\oint"},
    {0x2234, "\\therefore"},
    {0x2235, "\\because"},
    {0x223C, "\\sim"},
    {0x2243, "\\simeq"},
    {0x2245, "\\cong"},
    {0x2248, "\\approx"},
    {0x2260, "\\ne"},
    {0x2261, "\\equiv"},
    {0x2264, "\\le"},
    {0x2265, "\\ge"},
    {0x226A, "\\ll"},
    {0x226B, "\\gg"},
    {0x2282, "\\subset"},
    {0x2283, "\\supset"},
    {0x2286, "\\subseteq"},
    {0x2287, "\\supseteq"},
    {0x2295, "\\oplus"},
    {0x2297, "\\otimes"},
    {0x22A5, "\\perp"},
    {0x22C0, "\\bigwedge"},
    {0x22C1, "\\bigvee"},
    {0x22C2, "\\bigcap"},
    {0x22C3, "\\bigcup"},
    {0x22C5, "\\cdot"},
    {0x22EE, "\\vdots"},
    {0x22EF, "\\cdots"},
    {0x22F1, "\\ddots"},
    {0x2308, "\\lceil"},
    {0x2309, "\\rceil"},
    {0x230A, "\\lfloor"},
    {0x230B, "\\rfloor"},
    {0x27E8, "\\langle"},
    {0x27E9, "\\rangle"},
    {0x3008, "\\langle"},
    {0x3009, "\\rangle"},
});

static_assert(std::ranges::is_sorted(kSigns, {}, &Sign::sign));

/// Signs over and under a base that LaTeX has a command for: accents, bars, braces, arrows. Both
/// the combining sign, as Office has it, and the one by itself, as MathML has it.
constexpr auto kOver = std::to_array<Sign>({
    {U'^', "\\hat"},
    {U'~', "\\tilde"},
    {U'`', "\\grave"},
    {U'.', "\\dot"},
    {0xA8, "\\ddot"},
    {0xAF, "\\overline"},
    {0xB4, "\\acute"},
    {0x2C6, "\\hat"},
    {0x2C7, "\\check"},
    {0x2D8, "\\breve"},
    {0x2D9, "\\dot"},
    {0x2DC, "\\tilde"},
    {0x300, "\\grave"},
    {0x301, "\\acute"},
    {0x302, "\\hat"},
    {0x303, "\\tilde"},
    {0x304, "\\bar"},
    {0x305, "\\overline"},
    {0x306, "\\breve"},
    {0x307, "\\dot"},
    {0x308, "\\ddot"},
    {0x30A, "\\mathring"},
    {0x30C, "\\check"},
    {0x203E, "\\overline"},
    {0x20D6, "\\overleftarrow"},
    {0x20D7, "\\vec"},
    {0x20DB, "\\dddot"},
    {0x20E1, "\\overleftrightarrow"},
    {0x2190, "\\overleftarrow"},
    {0x2192, "\\overrightarrow"},
    {0x2194, "\\overleftrightarrow"},
    {0x23B4, "\\overbracket"},
    {0x23DE, "\\overbrace"},
    {0x23DC, "\\overparen"},
});
constexpr auto kUnder = std::to_array<Sign>({
    {U'_', "\\underline"},
    {0xAF, "\\underline"},
    {0x332, "\\underline"},
    {0x203E, "\\underline"},
    {0x2190, "\\underleftarrow"},
    {0x2192, "\\underrightarrow"},
    {0x2194, "\\underleftrightarrow"},
    {0x23B5, "\\underbracket"},
    {0x23DF, "\\underbrace"},
    {0x23DD, "\\underparen"},
});

/// Functions and operators that LaTeX has a command for; those with limits come first.
constexpr std::array kFunctions = {
    "lim"sv,  "limsup"sv, "liminf"sv, "max"sv,  "min"sv,    "sup"sv,    "inf"sv,    "det"sv,
    "gcd"sv,  "Pr"sv,     "sin"sv,    "cos"sv,  "tan"sv,    "cot"sv,    "sec"sv,    "csc"sv,
    "sinh"sv, "cosh"sv,   "tanh"sv,   "coth"sv, "arcsin"sv, "arccos"sv, "arctan"sv, "exp"sv,
    "log"sv,  "ln"sv,     "lg"sv,     "arg"sv,  "deg"sv,    "dim"sv,    "hom"sv,    "ker"sv};
constexpr std::size_t kFunctionsWithLimits = 10;
constexpr std::array kOperatorsWithLimits = {
    "\\sum"sv,      "\\prod"sv,     "\\coprod"sv,   "\\int"sv,    "\\iint"sv,
    "\\iiint"sv,    "\\oint"sv,     "\\bigcap"sv,   "\\bigcup"sv, "\\bigvee"sv,
    "\\bigwedge"sv, "\\bigoplus"sv, "\\bigotimes"sv};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

template <std::size_t N>
std::string_view find(const std::array<Sign, N>& table, char32_t sign) {
    const auto found = std::ranges::find(table, sign, &Sign::sign);
    return found == table.end() ? std::string_view() : found->latex;
}

/// The command of a sign that is drawn over or under a base; empty: it is none of those. Pieces are
/// LaTeX already, so that a sign may have become a command.
template <std::size_t N>
std::string_view drawn(const std::array<Sign, N>& table, std::string_view piece) {
    if (piece.empty()) return {};
    for (const auto& [sign, latex] : kSigns) {
        if (latex == piece && !latex.empty()) {
            if (const auto command = find(table, sign); !command.empty()) return command;
        }
    }
    const text::CodePoint c = text::code_point_at(piece, 0);
    return c.size == piece.size() ? find(table, c.value) : std::string_view();
}

/// True for `\name` and nothing behind it.
bool is_command(std::string_view piece) {
    return piece.size() > 1 && piece[0] == '\\' &&
           (piece.size() == 2 || std::ranges::all_of(piece.substr(1), is_letter));
}

bool is_one_sign(std::string_view piece) {
    if (piece.empty()) return false;
    return text::code_point_at(piece, 0).size == piece.size() && piece != "\\";
}

/// True where `\left` at the start ends with the `\right` at the end, and not before.
bool is_delimited(std::string_view piece) {
    if (!piece.starts_with("\\left") || piece.starts_with("\\leftarrow")) return false;
    int depth = 0;
    for (std::size_t at = 0; at < piece.size(); ++at) {
        if (piece[at] != '\\') continue;
        const std::string_view rest = piece.substr(at);
        if (rest.starts_with("\\left") && !rest.starts_with("\\lefta")) ++depth;
        if (rest.starts_with("\\right") && !rest.starts_with("\\righta") && --depth == 0) {
            // The delimiter behind it: one sign, or a command.
            const std::string_view closing = rest.substr(6);
            return is_one_sign(closing) || is_command(closing);
        }
    }
    return false;
}

/// Parentheses that close at the end and not before, with nothing that grows between them.
bool is_parenthesised(std::string_view piece) {
    if (piece.size() < 2 || piece.front() != '(' || piece.back() != ')') return false;
    int depth = 0;
    for (std::size_t at = 0; at < piece.size(); ++at) {
        if (piece[at] == '(') ++depth;
        if (piece[at] == ')' && --depth == 0) return at + 1 == piece.size();
    }
    return false;
}

/// True where the brace at the start is closed by the one at the end.
bool is_one_group(std::string_view piece) {
    if (!piece.starts_with('{')) return false;
    int depth = 0;
    for (std::size_t at = 0; at < piece.size(); ++at) {
        if (piece[at] == '\\') {
            ++at;
        } else if (piece[at] == '{') {
            ++depth;
        } else if (piece[at] == '}' && --depth == 0) {
            return at + 1 == piece.size();
        }
    }
    return false;
}

bool takes_limits(std::string_view base) {
    if (std::ranges::find(kOperatorsWithLimits, base) != kOperatorsWithLimits.end()) return true;
    if (base.starts_with("\\operatorname*{")) return true;
    const auto functions = std::span(kFunctions).first(kFunctionsWithLimits);
    return base.starts_with('\\') &&
           std::ranges::find(functions, base.substr(1)) != functions.end();
}

/// True where a row stands higher than a letter, so that what is around it has to grow.
bool is_tall(std::string_view piece) {
    return std::ranges::any_of(
        std::array{"\\frac"sv, "\\sqrt"sv, "\\begin"sv, "\\sum"sv, "\\prod"sv, "\\int"sv,
                   "\\binom"sv, "\\atop"sv, "\\overset"sv, "\\underset"sv},
        [&](std::string_view mark) { return piece.find(mark) != piece.npos; });
}

constexpr std::string_view kStackOpen = "{";
constexpr std::string_view kStackMiddle = " \\atop ";
constexpr std::string_view kLinesOpen = "\\begin{aligned}";
constexpr std::string_view kLinesClose = "\\end{aligned}";

}  // namespace

std::string latex_signs(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const text::CodePoint c = text::code_point_at(text, at);
        const auto known = std::ranges::lower_bound(kSigns, c.value, {}, &Sign::sign);
        append_latex(out, known != kSigns.end() && known->sign == c.value
                              ? known->latex
                              : text.substr(at, c.size));
        at += c.size;
    }
    return out;
}

std::string latex_prose(std::string_view text) {
    std::string out = "\\text{";
    for (const char c : text) {
        if (c == '\\') {
            out += "\\textbackslash ";
        } else if (c == '^' || c == '~') {
            out.append("\\").append(1, c).append("{}");
        } else {
            if (c == '{' || c == '}' || c == '$' || c == '%' || c == '#' || c == '&' || c == '_')
                out += '\\';
            out += c;
        }
    }
    return out + "}";
}

std::string latex_function(std::string_view name) {
    if (std::ranges::find(kFunctions, name) != kFunctions.end()) return "\\" + std::string(name);
    if (name.empty() || !std::ranges::all_of(name, is_letter)) return latex_signs(name);
    return "\\operatorname{" + std::string(name) + "}";
}

void append_latex(std::string& out, std::string_view piece) {
    if (piece.empty()) return;
    if (is_letter(piece.front()) && !out.empty() && is_letter(out.back())) {
        std::size_t begin = out.size();
        while (begin > 0 && is_letter(out[begin - 1])) --begin;
        // A backslash before it that is none itself escaped.
        std::size_t slashes = 0;
        while (slashes < begin && out[begin - 1 - slashes] == '\\') ++slashes;
        if (slashes % 2 == 1) out += ' ';
    }
    out += piece;
}

std::string latex_group(std::string_view piece) {
    piece = text::trim(piece);
    if (is_one_sign(piece) || is_command(piece)) return std::string(piece);
    return "{" + std::string(piece) + "}";
}

std::string latex_base(std::string_view piece) {
    piece = text::trim(piece);
    if (is_delimited(piece) || is_parenthesised(piece)) return std::string(piece);
    return latex_group(piece);
}

std::string latex_scripts(std::string_view base, std::string_view sub, std::string_view sup) {
    std::string out(base);
    if (!text::trim(sub).empty()) out.append("_").append(latex_group(sub));
    if (!text::trim(sup).empty()) {
        // Primes are scripts already.
        const bool primes = sup.find_first_not_of('\'') == sup.npos;
        out.append(primes ? "" : "^").append(primes ? std::string(sup) : latex_group(sup));
    }
    return out;
}

std::string latex_under_over(std::string_view base, std::string_view under, std::string_view over) {
    base = text::trim(base);
    under = text::trim(under);
    over = text::trim(over);
    if (takes_limits(base)) return latex_scripts(base, under, over);
    // What a brace holds has its label outside.
    const bool braced = base.starts_with("\\overbrace") || base.starts_with("\\underbrace");
    if (braced && (under.empty() || over.empty())) return latex_scripts(base, under, over);
    std::string out(base);
    if (!over.empty()) {
        const auto command = drawn(kOver, over);
        out = command.empty() ? "\\overset{" + std::string(over) + "}{" + out + "}"
                              : std::string(command) + "{" + out + "}";
    }
    if (!under.empty()) {
        const auto command = drawn(kUnder, under);
        out = command.empty() ? "\\underset{" + std::string(under) + "}{" + out + "}"
                              : std::string(command) + "{" + out + "}";
    }
    return out;
}

std::string latex_fraction(std::string_view numerator, std::string_view denominator) {
    return "\\frac{" + std::string(text::trim(numerator)) + "}{" +
           std::string(text::trim(denominator)) + "}";
}

std::string latex_stack(std::string_view above, std::string_view below) {
    return std::string(kStackOpen)
        .append(latex_group(above))
        .append(kStackMiddle)
        .append(latex_group(below))
        .append("}");
}

std::string latex_root(std::string_view radicand, std::string_view degree) {
    degree = text::trim(degree);
    const std::string power = degree.empty() ? "" : "[" + std::string(degree) + "]";
    return "\\sqrt" + power + "{" + std::string(text::trim(radicand)) + "}";
}

std::string latex_delimited(std::string_view open, std::string_view inside,
                            std::string_view close) {
    inside = text::trim(inside);
    const std::size_t middle = inside.find(kStackMiddle);
    const bool stack = is_one_group(inside) && middle != inside.npos &&
                       inside.find(kStackMiddle, middle + 1) == inside.npos;
    if (open == "(" && close == ")" && stack) {
        const auto braced = [](std::string_view piece) {
            return piece.starts_with('{') ? std::string(piece) : "{" + std::string(piece) + "}";
        };
        return "\\binom" + braced(inside.substr(1, middle - 1)) +
               braced(inside.substr(middle + kStackMiddle.size(),
                                    inside.size() - middle - kStackMiddle.size() - 1));
    }
    if (open == "\\{" && close.empty() && inside.starts_with(kLinesOpen) &&
        inside.ends_with(kLinesClose)) {
        inside.remove_prefix(kLinesOpen.size());
        inside.remove_suffix(kLinesClose.size());
        return "\\begin{cases}" + std::string(inside) + "\\end{cases}";
    }
    std::string out;
    if (!is_tall(inside)) {
        append_latex(out, open);
        append_latex(out, inside);
        append_latex(out, close);
        return out;
    }
    out.append("\\left").append(open.empty() ? "." : open);
    append_latex(out, inside);
    out.append("\\right").append(close.empty() ? "." : close);
    return out;
}

std::string latex_matrix(const LatexRows& rows) {
    std::string out = "\\begin{matrix}";
    for (const auto& row : rows) {
        if (&row != rows.data()) out += " \\\\ ";
        for (const std::string& cell : row) {
            if (&cell != row.data()) out += " & ";
            out += text::trim(cell);
        }
    }
    return out + "\\end{matrix}";
}

std::string latex_lines(const std::vector<std::string>& lines) {
    std::string out(kLinesOpen);
    for (const std::string& line : lines) {
        if (&line != lines.data()) out += " \\\\ ";
        out += text::trim(line);
    }
    return out.append(kLinesClose);
}

}  // namespace ingestor::extract::model
