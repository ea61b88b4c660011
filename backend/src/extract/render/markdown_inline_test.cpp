#include "extract/render/markdown_inline.hpp"

#include <gtest/gtest.h>

#include "extract/model/inline_builder.hpp"

namespace ingestor::extract::render {
namespace {

using namespace model;

struct EscapeCase {
    const char* name;
    const char* plain;
    const char* escaped;
};

class EscapeInline : public testing::TestWithParam<EscapeCase> {};

TEST_P(EscapeInline, MatchesTable) {
    EXPECT_EQ(escape_inline(GetParam().plain), GetParam().escaped);
}

constexpr EscapeCase kEscapes[] = {
    {"ProseStaysAsItIs", "It's 5 * 3 < 20 (see [1], a_b & c).",
     "It's 5 * 3 < 20 (see [1], a_b & c)."},
    {"EmphasisMarksAreLiteral", "*bold* and _slanted_", "\\*bold\\* and \\_slanted\\_"},
    {"CodeMarksAreLiteral", "`code`", "\\`code\\`"},
    {"TagsAreLiteral", "a <b> and </b> and <!-- x", "a \\<b> and \\</b> and \\<!-- x"},
    {"LinksAreLiteral", "[a](b) [c]: d [e][f]", "[a\\](b) [c\\]: d [e][f]"},
    {"ReferencesAreLiteral", "&amp; &#65; R&D; AT&T", "\\&amp; \\&#65; R\\&D; AT&T"},
    {"ABackslashBeforePunctuationIsDoubled", "C:\\dir \\*", "C:\\dir \\\\\\*"},
    {"OneTildeIsProse", "~5 km", "~5 km"},
    {"TwoTildesMayPair", "~~no~~", "\\~\\~no\\~\\~"},
    {"UnderscoresBetweenUmlautsStay", "gr\u00fc\u00df_\u00e4", "gr\u00fc\u00df_\u00e4"},
};
INSTANTIATE_TEST_SUITE_P(Markdown, EscapeInline, testing::ValuesIn(kEscapes),
                         [](const auto& row) { return std::string(row.param.name); });

struct LinkCase {
    const char* name;
    const char* text;
    const char* url;
    const char* markdown;
};

class Link : public testing::TestWithParam<LinkCase> {};

TEST_P(Link, MatchesTable) {
    EXPECT_EQ(link(GetParam().text, GetParam().url), GetParam().markdown);
}

constexpr LinkCase kLinks[] = {
    {"AbsoluteLinksStay", "a", "https://x.org/a?b=c", "[a](https://x.org/a?b=c)"},
    {"RelativeLinksStay", "a", "../b#c", "[a](../b#c)"},
    {"ScriptsAreNoLinks", "a", "javascript:alert(1)", "a"},
    {"HiddenScriptsAreNoLinks", "a", " java\tscript:alert(1)", "a"},
    {"DataIsNoLink", "a", "DATA:text/html,x", "a"},
    {"FilesAreNoLinks", "a", "file:///etc/passwd", "a"},
    {"BalancedParenthesesStay", "a", "x_(y)", "[a](x_(y))"},
    {"OtherParenthesesAreEncoded", "a", "x)(y", "[a](x%29%28y)"},
    {"BlanksAndAnglesAreEncoded", "a", "x y<z>", "[a](x%20y%3Cz%3E)"},
    {"BracketsInTheTextAreLiteral", "a]b[c", "x", "[a\\]b\\[c](x)"},
    {"BlanksStayOutside", " a ", "x", " [a](x) "},
    {"NoTextIsNoLink", "", "x", ""},
};
INSTANTIATE_TEST_SUITE_P(Markdown, Link, testing::ValuesIn(kLinks),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(InlineMarkdown, EmphasisIsMarkedWhereItIsReadBack) {
    EXPECT_EQ(inline_markdown({{.text = "a "}, {.text = "b", .style = {.bold = true}}}), "a **b**");
    EXPECT_EQ(inline_markdown({{.text = "a"}, {.text = "(b)", .style = {.bold = true}}}), "a(b)");
    EXPECT_EQ(inline_markdown({{.text = "b ", .style = {.italic = true}}, {.text = "c"}}), "*b* c");
}

TEST(InlineMarkdown, RunsUnderOneLinkAreOneLink) {
    EXPECT_EQ(inline_markdown({{.text = "see "},
                               {.text = "a ", .style = {.link = "x"}},
                               {.text = "b", .style = {.bold = true, .link = "x"}},
                               {.text = "."}}),
              "see [a **b**](x).");
}

struct ScriptCase {
    const char* name;
    const char* before;
    const char* text;
    Script script;
    const char* markdown;
};

class InlineScript : public testing::TestWithParam<ScriptCase> {};

TEST_P(InlineScript, MatchesTable) {
    const auto& row = GetParam();
    EXPECT_EQ(inline_markdown(
                  {{.text = row.before}, {.text = row.text, .style = {.script = row.script}}}),
              row.markdown);
}

constexpr ScriptCase kScripts[] = {
    {"Exponent", "2", "30", Script::superscript, "2\u00b3\u2070"},
    {"NegativeExponent", "10", "-9", Script::superscript, "10\u207b\u2079"},
    {"MinusSignOfMathematics", "10", "\u22129", Script::superscript, "10\u207b\u2079"},
    {"Letters", "e", "kx", Script::superscript, "e<sup>kx</sup>"},
    {"MarkupInIt", "e", "a<b", Script::superscript, "e<sup>a\\<b</sup>"},
    {"Ordinal", "the 4", "th", Script::superscript, "the 4th"},
    {"LettersBehindALetter", "x", "th", Script::superscript, "x<sup>th</sup>"},
    {"FootnoteMark", "duck", "[12]", Script::superscript, "duck[12]"},
    {"ChemicalFormula", "H", "2", Script::subscript, "H\u2082"},
    {"Index", "x", "max", Script::subscript, "x<sub>max</sub>"},
};
INSTANTIATE_TEST_SUITE_P(Markdown, InlineScript, testing::ValuesIn(kScripts),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(InlineMarkdown, WhatIsNoTextIsWrittenAsMarkdownHasIt) {
    EXPECT_EQ(inline_markdown({{.text = "a "},
                               {.kind = InlineKind::picture, .text = "a [duck]", .source = "d.png"},
                               {.kind = InlineKind::picture, .text = "pond", .source = "data:x"},
                               {.kind = InlineKind::formula, .text = "x^2 $"},
                               {.kind = InlineKind::footnote_reference, .text = "3"}}),
              "a ![a \\[duck\\]](d.png)![pond]()$x^2 \\$$[^3]");
}

}  // namespace
}  // namespace ingestor::extract::render
