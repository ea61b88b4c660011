#include "extract/markdown.hpp"

#include <gtest/gtest.h>

namespace ingestor::extract {
namespace {

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

Block block(BlockKind kind, std::string text, int level = 0, int number = 0) {
    return {.kind = kind, .level = level, .number = number, .text = std::move(text)};
}

std::string rendered(std::vector<Block> blocks) {
    return render(Document{.blocks = std::move(blocks)}).text;
}

TEST(Render, BlankLinesPartBlocks) {
    EXPECT_EQ(rendered({block(BlockKind::heading, "Title", 1), block(BlockKind::paragraph, "One."),
                        block(BlockKind::rule, ""), block(BlockKind::paragraph, "Two.")}),
              "# Title\n\nOne.\n\n---\n\nTwo.\n");
}

TEST(Render, ProseNeverStartsABlock) {
    for (const char* line : {"# a", "> a", "- a", "+ a", "1. a", "12) a", "---", "===", "- - -"}) {
        const std::string text = rendered({block(BlockKind::paragraph, line)});
        EXPECT_NE(text.find('\\'), std::string::npos) << line;
    }
    EXPECT_EQ(rendered({block(BlockKind::paragraph, "1999 was -1")}), "1999 was -1\n");
    EXPECT_EQ(rendered({block(BlockKind::paragraph, "#tag")}), "#tag\n");
    EXPECT_EQ(rendered({block(BlockKind::paragraph, "2024.")}), "2024\\.\n");
}

TEST(Render, NestedItemsStandUnderTheirParents) {
    EXPECT_EQ(
        rendered({block(BlockKind::list_item, "a", 0, 10), block(BlockKind::list_item, "b", 1),
                  block(BlockKind::list_item, "c", 2, 1), block(BlockKind::list_item, "d", 0, 11)}),
        "10. a\n    - b\n      1. c\n11. d\n");
}

TEST(Render, AnItemWithoutParentIsNotCode) {
    EXPECT_EQ(rendered({block(BlockKind::list_item, "deep", 5)}), "- deep\n");
}

TEST(Render, ANewCountStartsANewList) {
    EXPECT_EQ(
        rendered({block(BlockKind::list_item, "a", 0, 1), block(BlockKind::list_item, "b", 0, 2),
                  block(BlockKind::list_item, "c", 0, 1)}),
        "1. a\n2. b\n1) c\n");
}

TEST(Render, TablesAreRectangularAndPipesEscaped) {
    Block table{.kind = BlockKind::table, .rows = {{"a", "b|c"}, {"d  \ne"}, {"", "f", "g"}}};
    EXPECT_EQ(rendered({std::move(table)}),
              "| a | b\\|c | |\n| --- | --- | --- |\n| d<br>e | | |\n| | f | g |\n");
}

TEST(Render, AFenceIsLongerThanAnyFenceInTheCode) {
    Block code{.kind = BlockKind::code, .text = "```\nx\n```", .language = "c++"};
    EXPECT_EQ(rendered({std::move(code)}), "````c++\n```\nx\n```\n````\n");
}

TEST(Render, QuotesOfOneLevelStayTogether) {
    EXPECT_EQ(rendered({block(BlockKind::quote, "a"), block(BlockKind::quote, "b  \nc")}),
              "> a\n>\n> b  \n> c\n");
}

TEST(Render, HardBreaksStayInParagraphsOnly) {
    EXPECT_EQ(rendered({block(BlockKind::paragraph, "a  \n# b")}), "a  \n\\# b\n");
    EXPECT_EQ(rendered({block(BlockKind::heading, "a  \nb #", 2)}), "## a b \\#\n");
}

TEST(Render, EveryBlockHasItsPlace) {
    const Document document{.blocks = {block(BlockKind::heading, "Title", 1),
                                       block(BlockKind::paragraph, "  "),
                                       block(BlockKind::paragraph, "Text")}};
    const Rendered out = render(document);
    ASSERT_EQ(out.blocks.size(), 3U);
    EXPECT_EQ(out.text.substr(0, out.blocks[0].end), "# Title");
    EXPECT_EQ(out.blocks[1].begin, out.blocks[1].end);
    EXPECT_EQ(out.text.substr(out.blocks[2].begin), "Text\n");
}

TEST(Render, NothingGivesNothing) {
    EXPECT_EQ(rendered({}), "");
}

}  // namespace
}  // namespace ingestor::extract
