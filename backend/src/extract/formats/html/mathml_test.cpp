#include "extract/formats/html/mathml.hpp"

#include <gtest/gtest.h>

#include "extract/formats/html/html.hpp"
#include "extract/render/markdown.hpp"

namespace ingestor::extract::html {
namespace {

/// The formula of a page that has no other text in its paragraph.
std::string latex(std::string_view inside) {
    const std::string page = "<p>So: <math>" + std::string(inside) + "</math></p>";
    const auto document = parse_html(page, ParseLimits{});
    EXPECT_TRUE(document) << (document ? "" : document.error().message);
    if (!document) return {};
    const auto& paragraph = std::get<model::Paragraph>(document->blocks.at(0).content);
    return paragraph.text.back().kind == model::InlineKind::formula ? paragraph.text.back().text
                                                                    : "";
}

struct MathCase {
    const char* name;
    const char* inside;
    const char* latex;
};

constexpr MathCase kCases[] = {
    {"Row", "<mi>E</mi><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup>", "E=mc^2"},
    {"Fraction", "<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac>",
     "\\frac{a+b}{2}"},
    {"Binomial",
     "<mrow><mo>(</mo><mfrac linethickness='0'><mi>n</mi><mi>k</mi></mfrac><mo>)</mo></mrow>",
     "\\binom{n}{k}"},
    {"ThickFraction", "<mfrac linethickness='2px'><mi>n</mi><mi>k</mi></mfrac>", "\\frac{n}{k}"},
    {"PowerOfAFraction",
     "<msup><mrow><mo>(</mo><mfrac><mi>u</mi><mi>v</mi></mfrac><mo>)</mo></mrow><mn>2</mn></msup>",
     "\\left(\\frac{u}{v}\\right)^2"},
    {"Scripts",
     "<msubsup><mi>x</mi><mrow><mi>i</mi><mo>+</mo><mn>1</mn></mrow><mn>2</mn></msubsup>",
     "x_{i+1}^2"},
    {"Roots", "<msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt><mroot><mi>y</mi><mn>3</mn></mroot>",
     "\\sqrt{x+1}\\sqrt[3]{y}"},
    {"Sum",
     "<munderover><mo>&sum;</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></"
     "munderover><mi>i</mi>",
     "\\sum_{i=1}^ni"},
    {"Limit",
     "<munder><mo>lim</mo><mrow><mi>x</mi><mo>&rarr;</mo><mn>0</mn></mrow></munder><mi>f</mi>",
     "\\lim_{x\\to0}f"},
    {"Accents",
     "<mover><mi>x</mi><mo>^</mo></mover><mover "
     "accent='true'><mi>v</mi><mo>&rarr;</mo></mover><mover><mi>y</mi><mo>&macr;</mo></mover>",
     "\\hat{x}\\overrightarrow{v}\\overline{y}"},
    {"Braces",
     "<munder><munder><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mo>&UnderBrace;</mo></"
     "munder><mi>n</mi></munder>",
     "\\underbrace{a+b}_n"},
    {"Matrix",
     "<mrow><mo>[</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></"
     "mtr><mtr><mtd><mn>3</mn></mtd><mtd><mn>4</mn></mtd></mtr></mtable><mo>]</mo></mrow>",
     "\\left[\\begin{matrix}1 & 2 \\\\ 3 & 4\\end{matrix}\\right]"},
    {"Cases",
     "<mrow><mo>{</mo><mtable><mtr><mtd><mi>a</mi></mtd><mtd><mtext>if "
     "so</mtext></mtd></mtr><mtr><mtd><mi>b</mi></mtd><mtd><mtext>else</mtext></mtd></mtr></"
     "mtable></mrow>",
     "\\begin{cases}a & \\text{if so} \\\\ b & \\text{else}\\end{cases}"},
    {"Fenced", "<mfenced open='[' close=')' separators=';'><mi>a</mi><mi>b</mi></mfenced>",
     "[a;b)"},
    {"FencedByDefault", "<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a,b)"},
    {"Functions", "<mi>sin</mi><mo>&#x2061;</mo><mi>x</mi>", "\\sin x"},
    {"Variants", "<mi mathvariant='double-struck'>R</mi><mi mathvariant='bold'>v</mi>",
     "\\mathbb{R}\\mathbf{v}"},
    {"Semantics",
     "<semantics><mrow><mi>a</mi></mrow><annotation "
     "encoding='text/plain'>words</annotation></semantics>",
     "a"},
    {"Multiscripts", "<mmultiscripts><mi>C</mi><mprescripts/><mn>6</mn><mn>14</mn></mmultiscripts>",
     "{}_6^{14}C"},
    {"MultiscriptsBehind",
     "<mmultiscripts><mi>R</mi><mi>i</mi><none/><mi>j</mi><mi>k</mi></mmultiscripts>", "R_i{}_j^k"},
    {"Enclosed", "<menclose notation='box'><mi>x</mi></menclose>", "\\boxed{x}"},
    {"StyleAndSpace",
     "<mstyle><mi>a</mi><mspace width='1em'/><mpadded><mi>b</mi></mpadded></mstyle>", "a b"},
    {"Unknown", "<mwhatever><mi>a</mi></mwhatever>", "a"},
};

class MathMl : public testing::TestWithParam<MathCase> {};

TEST_P(MathMl, IsLatexWithItsGrouping) {
    EXPECT_EQ(latex(GetParam().inside), GetParam().latex);
}

INSTANTIATE_TEST_SUITE_P(Html, MathMl, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(MathMlPage, ABlockStandsOnItsOwn) {
    const auto document =
        parse_html("<p>a<math display=block><mi>x</mi></math>b</p>", ParseLimits{});
    ASSERT_TRUE(document);
    EXPECT_EQ(render::markdown(*document).text, "a\n\n$$x$$\n\nb\n");
}

TEST(MathMlPage, DepthIsBoundedAndKeepsTheText) {
    std::string inside = "<mi>deep</mi>";
    for (int i = 0; i < 100; ++i) inside = "<mrow>" + inside + "</mrow>";
    EXPECT_NE(latex(inside).find("deep"), std::string::npos);
}

}  // namespace
}  // namespace ingestor::extract::html
