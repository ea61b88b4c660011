#include "extract/formats/docx/math.hpp"

#include <gtest/gtest.h>

#include "extract/container/xml.hpp"

namespace ingestor::extract::docx {
namespace {

std::string latex(const std::string& inside) {
    const auto document = container::parse_xml(
        "<m:oMath xmlns:m=\"http://schemas.openxmlformats.org/officeDocument/2006/math\" "
        "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">" +
            inside + "</m:oMath>",
        "math");
    EXPECT_TRUE(document) << (document ? "" : document.error().message);
    return document ? math_latex(xmlDocGetRootElement(document->get())) : std::string();
}

std::string run(const std::string& text, const std::string& properties = "") {
    return "<m:r>" + (properties.empty() ? "" : "<m:rPr>" + properties + "</m:rPr>") + "<m:t>" +
           text + "</m:t></m:r>";
}

std::string part(const std::string& name, const std::string& inside) {
    return "<m:" + name + ">" + inside + "</m:" + name + ">";
}

std::string property(const std::string& name, const std::string& value) {
    return "<m:" + name + " m:val=\"" + value + "\"/>";
}

std::string fraction(const std::string& above, const std::string& below,
                     const std::string& type = "bar") {
    return part("f", part("fPr", property("type", type)) + part("num", above) + part("den", below));
}

const std::string kX = part("e", run("x"));

struct MathCase {
    const char* name;
    std::string inside;
    const char* latex;
};

/// Each construct as Word 365 and pandoc write it.
const MathCase kCases[] = {
    {"Fraction", fraction(run("a+b"), run("2")), "\\frac{a+b}{2}"},
    {"FractionInLine", fraction(run("a+b"), run("c"), "lin"), "{a+b}/c"},
    {"SkewedFraction", fraction(run("1"), run("2"), "skw"), "1/2"},
    {"Binomial", part("d", part("e", fraction(run("n"), run("k"), "noBar"))), "\\binom{n}{k}"},
    {"PowerOfAFraction",
     part("sSup",
          part("e", part("d", part("e", fraction(run("u"), run("v"))))) + part("sup", run("2"))),
     "\\left(\\frac{u}{v}\\right)^2"},
    {"Superscript", part("sSup", kX + part("sup", run("2"))), "x^2"},
    {"Subscript", part("sSub", kX + part("sub", run("i+1"))), "x_{i+1}"},
    {"Both", part("sSubSup", kX + part("sub", run("i")) + part("sup", run("2"))), "x_i^2"},
    {"ScriptsBefore",
     part("sPre", part("sub", run("6")) + part("sup", run("14")) + part("e", run("C"))),
     "{}_6^{14}C"},
    {"SquareRoot", part("rad", part("radPr", property("degHide", "1")) + part("deg", "") + kX),
     "\\sqrt{x}"},
    {"CubeRoot", part("rad", part("deg", run("3")) + kX), "\\sqrt[3]{x}"},
    {"Integral",
     part("nary", part("naryPr", property("limLoc", "subSup")) + part("sub", run("0")) +
                      part("sup", run("1")) + part("e", run("x dx"))),
     "\\int_0^1 x dx"},
    {"Sum",
     part("nary", part("naryPr", property("chr", "∑")) + part("sub", run("i=1")) +
                      part("sup", run("n")) + part("e", run("i"))),
     "\\sum_{i=1}^n i"},
    {"SumWithoutLimits",
     part("nary", part("naryPr",
                       property("chr", "∏") + property("subHide", "1") + property("supHide", "1")) +
                      part("sub", "") + part("sup", "") + kX),
     "\\prod x"},
    {"Delimiters", part("d", part("dPr", property("begChr", "[") + property("endChr", ")")) + kX),
     "[x)"},
    {"SeveralOperands", part("d", part("dPr", property("sepChr", ",")) + kX + part("e", run("y"))),
     "(x,y)"},
    {"OperandsByDefault", part("d", kX + part("e", run("y"))), "(x|y)"},
    {"OneSided",
     part("d", part("dPr", property("begChr", "") + property("endChr", "|")) +
                   part("e", fraction(run("1"), run("x")))),
     "\\left.\\frac{1}{x}\\right|"},
    {"Matrix",
     part("d", part("dPr", property("begChr", "[") + property("endChr", "]")) +
                   part("e", part("m", part("mPr", "") +
                                           part("mr", part("e", run("1")) + part("e", run("2"))) +
                                           part("mr", part("e", run("3")) + part("e", run("4")))))),
     "\\left[\\begin{matrix}1 & 2 \\\\ 3 & 4\\end{matrix}\\right]"},
    {"Cases",
     part("d",
          part("dPr", property("begChr", "{") + property("endChr", "")) +
              part("e", part("eqArr", part("e", run("x&amp;,a")) + part("e", run("y&amp;,b"))))),
     "\\begin{cases}x&,a \\\\ y&,b\\end{cases}"},
    {"Equations", part("eqArr", part("e", run("a&amp;=b")) + part("e", run("c&amp;=d"))),
     "\\begin{aligned}a&=b \\\\ c&=d\\end{aligned}"},
    {"AmpersandOutsideOfAnArray", run("a&amp;b"), "a\\&b"},
    {"AccentByDefault", part("acc", kX), "\\hat{x}"},
    {"Vector", part("acc", part("accPr", property("chr", "\u20D7")) + kX), "\\vec{x}"},
    {"BarBelow", part("bar", kX), "\\underline{x}"},
    {"BarAbove", part("bar", part("barPr", property("pos", "top")) + kX), "\\overline{x}"},
    {"BraceBelow", part("groupChr", part("e", run("a+b"))), "\\underbrace{a+b}"},
    {"BraceWithItsLabel",
     part("limLow", part("e", part("groupChr", part("e", run("a+b")))) + part("lim", run("n"))),
     "\\underbrace{a+b}_n"},
    {"BraceAbove",
     part("groupChr", part("groupChrPr", property("chr", "⏞") + property("pos", "top")) +
                          part("e", run("a+b"))),
     "\\overbrace{a+b}"},
    {"Function", part("func", part("fName", run("sin", property("sty", "p"))) + kX), "\\sin x"},
    {"FunctionOfOurOwn",
     part("func", part("fName", run("tr", property("sty", "p"))) + part("e", run("A"))),
     "\\operatorname{tr} A"},
    {"Limit",
     part("func", part("fName", part("limLow", part("e", run("lim", property("sty", "p"))) +
                                                   part("lim", run("x→0")))) +
                      kX),
     "\\lim_{x\\to0} x"},
    {"UpperLimit", part("limUpp", part("e", run("=")) + part("lim", run("def"))),
     "\\overset{def}{=}"},
    {"Boxed", part("borderBox", kX), "\\boxed{x}"},
    {"PhantomsAndBoxesGiveWhatTheyHold",
     part("box", kX) + part("phant", part("phantPr", property("show", "0")) + part("e", run("y"))),
     "xy"},
    {"Prose", run("if ", property("nor", "1")) + run("x"), "\\text{if }x"},
    {"Alphabets", run("R", property("scr", "double-struck")) + run("v", property("sty", "b")),
     "\\mathbb{R}\\mathbf{v}"},
    {"DeletedIsLeftOut",
     run("a") + "<w:del>" + run("b") + "</w:del><w:ins>" + run("c") + "</w:ins>", "ac"},
    {"MarkupIsEscaped", run("50% {a} \\frac"), "50\\% \\{a\\} \\backslash frac"},
};

class Math : public testing::TestWithParam<MathCase> {};

TEST_P(Math, IsLatexWithItsGrouping) {
    EXPECT_EQ(latex(GetParam().inside), GetParam().latex);
}

INSTANTIATE_TEST_SUITE_P(Docx, Math, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(MathDepth, IsBoundedAndKeepsTheText) {
    std::string inside = run("deep");
    for (int i = 0; i < 100; ++i) inside = part("sSup", part("e", inside) + part("sup", run("2")));
    EXPECT_NE(latex(inside).find("deep"), std::string::npos);
}

}  // namespace
}  // namespace ingestor::extract::docx
