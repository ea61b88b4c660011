#include "extract/model/latex.hpp"

#include <gtest/gtest.h>

namespace ingestor::extract::model {
namespace {

TEST(Latex, SignsAreCommandsAndLettersThemselves) {
    EXPECT_EQ(latex_signs("a≤b"), "a\\le b");
    EXPECT_EQ(latex_signs("α→∞"), "α\\to\\infty");
    EXPECT_EQ(latex_signs("50% {x_1} \\ 3"), "50\\% \\{x\\_1\\} \\backslash 3");
    EXPECT_EQ(latex_prose("if 5 % {of} \\n"), "\\text{if 5 \\% \\{of\\} \\textbackslash n}");
}

TEST(Latex, ACommandDoesNotRunIntoALetter) {
    std::string out;
    for (const char* piece : {"\\sum", "x", "\\le", "2", "\\\\", "a"}) append_latex(out, piece);
    EXPECT_EQ(out, "\\sum x\\le2\\\\a");
}

TEST(Latex, OneSignNeedsNoBraces) {
    EXPECT_EQ(latex_scripts(latex_base("x"), "1", "2"), "x_1^2");
    EXPECT_EQ(latex_scripts(latex_base("ä"), {}, "-1"), "ä^{-1}");
    EXPECT_EQ(latex_scripts(latex_base("ab"), {}, "\\prime"), "{ab}^\\prime");
    EXPECT_EQ(latex_scripts(latex_base("f"), {}, "''"), "f''");
    EXPECT_EQ(latex_scripts(latex_base("x^2"), {}, "3"), "{x^2}^3");
    EXPECT_EQ(latex_scripts(latex_base("(a+b)"), {}, "2"), "(a+b)^2");
    EXPECT_EQ(latex_scripts(latex_base("(a)(b)"), {}, "2"), "{(a)(b)}^2");
    EXPECT_EQ(latex_scripts(latex_base("\\left(\\frac{a}{b}\\right)"), {}, "2"),
              "\\left(\\frac{a}{b}\\right)^2");
    EXPECT_EQ(latex_scripts(latex_base("\\left(\\frac{a}{b}\\right)c"), {}, "2"),
              "{\\left(\\frac{a}{b}\\right)c}^2");
}

TEST(Latex, OperatorsTakeLimitsAndOthersCarrySigns) {
    EXPECT_EQ(latex_under_over("\\sum", "i=1", "n"), "\\sum_{i=1}^n");
    EXPECT_EQ(latex_under_over("\\lim", "x\\to0", {}), "\\lim_{x\\to0}");
    EXPECT_EQ(latex_under_over("x", {}, "\u0302"), "\\hat{x}");
    EXPECT_EQ(latex_under_over("v", {}, "\u20D7"), "\\vec{v}");
    EXPECT_EQ(latex_under_over("AB", {}, "\\to"), "\\overrightarrow{AB}");
    EXPECT_EQ(latex_under_over("a+b", "\u23DF", {}), "\\underbrace{a+b}");
    EXPECT_EQ(latex_under_over("\\underbrace{a+b}", "n", {}), "\\underbrace{a+b}_n");
    EXPECT_EQ(latex_under_over("=", {}, "def"), "\\overset{def}{=}");
}

TEST(Latex, DelimitersGrowWithWhatIsTall) {
    EXPECT_EQ(latex_delimited("(", "a+b", ")"), "(a+b)");
    EXPECT_EQ(latex_delimited("(", latex_fraction("u", "v"), ")"), "\\left(\\frac{u}{v}\\right)");
    EXPECT_EQ(latex_delimited("[", latex_fraction("u", "v"), {}), "\\left[\\frac{u}{v}\\right.");
    EXPECT_EQ(latex_delimited("\\langle", "x", "\\rangle"), "\\langle x\\rangle");
    EXPECT_EQ(latex_delimited("(", latex_stack("n", "k+1"), ")"), "\\binom{n}{k+1}");
    EXPECT_EQ(latex_delimited("[", latex_stack("n", "k"), "]"), "\\left[{n \\atop k}\\right]");
    EXPECT_EQ(latex_delimited("\\{", latex_lines({"x&y", "z&0"}), {}),
              "\\begin{cases}x&y \\\\ z&0\\end{cases}");
}

TEST(Latex, RowsArePartedAndCellsToo) {
    EXPECT_EQ(latex_matrix({{"1", "2"}, {"3", "4"}}),
              "\\begin{matrix}1 & 2 \\\\ 3 & 4\\end{matrix}");
}

TEST(Latex, FunctionsStandUpright) {
    EXPECT_EQ(latex_function("sin"), "\\sin");
    EXPECT_EQ(latex_function("tr"), "\\operatorname{tr}");
}

}  // namespace
}  // namespace ingestor::extract::model
