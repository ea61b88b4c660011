#pragma once

#include <string>
#include <string_view>
#include <vector>

/// LaTeX of formulas, for parsers whose source has them as trees (Office math, MathML). Letters of
/// every alphabet stay as they are, as readers of LaTeX take them; signs become commands.
namespace ingestor::extract::model {

/// Signs of a formula as they stand in it, what is markup in LaTeX escaped.
[[nodiscard]] std::string latex_signs(std::string_view text);
/// Prose within a formula: `\text{…}`.
[[nodiscard]] std::string latex_prose(std::string_view text);
/// The name of a function, upright: `\sin`, or `\operatorname{…}` where LaTeX has none of it.
[[nodiscard]] std::string latex_function(std::string_view name);

/// Puts a piece behind another, with a blank where a command would run into a letter.
void append_latex(std::string& out, std::string_view piece);
/// As one operand: in braces unless it is a single sign or command.
[[nodiscard]] std::string latex_group(std::string_view piece);
/// What a script hangs on: in braces unless it is a single sign, command or pair of delimiters.
[[nodiscard]] std::string latex_base(std::string_view piece);
/// `base_{sub}^{sup}`; an empty script is none.
[[nodiscard]] std::string latex_scripts(std::string_view base, std::string_view sub,
                                        std::string_view sup);
/// What stands under and over a base: as limits of an operator that takes them, else `\underset`
/// and `\overset`; accents, braces and bars as the commands that draw them.
[[nodiscard]] std::string latex_under_over(std::string_view base, std::string_view under,
                                           std::string_view over);
[[nodiscard]] std::string latex_fraction(std::string_view numerator, std::string_view denominator);
/// One above the other without a line between them, as in binomials.
[[nodiscard]] std::string latex_stack(std::string_view above, std::string_view below);
/// An empty degree is a square root.
[[nodiscard]] std::string latex_root(std::string_view radicand, std::string_view degree);
/// Between delimiters, which grow with what they hold; an empty one is none. A stack in parentheses
/// is a binomial, an array behind a brace alone are cases.
[[nodiscard]] std::string latex_delimited(std::string_view open, std::string_view inside,
                                          std::string_view close);

using LatexRows = std::vector<std::vector<std::string>>;
[[nodiscard]] std::string latex_matrix(const LatexRows& rows);
/// Lines of an array; within them `&` parts columns.
[[nodiscard]] std::string latex_lines(const std::vector<std::string>& lines);

}  // namespace ingestor::extract::model
