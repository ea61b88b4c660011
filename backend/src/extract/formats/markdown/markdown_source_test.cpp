#include "extract/formats/markdown/markdown_source.hpp"

#include <gtest/gtest.h>

#include "extract/formats/markdown/sanitize.hpp"

namespace ingestor::extract::markdown {
namespace {

TEST(MarkdownSource, TheAuthorsMarkdownStays) {
    const std::string text =
        "Title\n=====\n\n* a\n    * b\n\n~~~c\n<script>x</script>\n~~~\n\n| a | b |\n|---|---|\n| "
        "1 | 2 |\n\n"
        "<table><tr><td>cell</td></tr></table>\n\nText with `<b onclick=x>` and ![i](a.png "
        "\"t\").\n";
    const auto source = parse_markdown(text, ParseLimits{});
    ASSERT_TRUE(source);
    EXPECT_EQ(source->markdown.text, text);
}

TEST(MarkdownSource, BlocksAreFound) {
    const auto source = parse_markdown(
        "# A *b* #\n\ntext\n\n- x\n- y\n\n> q\n\n---\n\n```\nc\n```\n\n|a|\n|-|\n|1|\n",
        ParseLimits{});
    ASSERT_TRUE(source);
    using render::PieceKind;
    std::vector<PieceKind> kinds;
    for (const render::Piece& piece : source->markdown.pieces) kinds.push_back(piece.kind);
    const std::vector<PieceKind> expected = {PieceKind::heading, PieceKind::prose, PieceKind::prose,
                                             PieceKind::prose,   PieceKind::prose, PieceKind::prose,
                                             PieceKind::code,    PieceKind::table};
    EXPECT_EQ(kinds, expected);
    EXPECT_EQ(source->markdown.pieces[0].title, "A b");
    EXPECT_EQ(source->markdown.pieces[0].level, 1);
}

TEST(MarkdownSource, TheStructureIsRead) {
    const std::string text =
        "# A *b*\n\n- x\n- y `z`\n  1. deep\n\n> q\n\n```c\nd\n```\n\n| a | b |\n| --- | --- |\n"
        "| 1 | [l](u) |\n\n2<sup>30</sup> <!-- gone -->![p](q)\n";
    const auto source = parse_markdown(text, ParseLimits{});
    ASSERT_TRUE(source);
    EXPECT_EQ(
        render::markdown(source->document).text,
        "# A *b*\n\n- x\n- y `z`\n  1. deep\n\n> q\n\n```c\nd\n```\n\n| a | b |\n| --- | --- |\n"
        "| 1 | [l](u) |\n\n2\u00b3\u2070 ![p](q)\n");
}

TEST(MarkdownSource, DeepNestingIsReadAsText) {
    std::string text;
    for (int i = 0; i < 2'000; ++i) text += "> ";
    const auto source = parse_markdown(text + "deep\n", ParseLimits{});
    ASSERT_TRUE(source);
    EXPECT_NE(render::markdown(source->document).text.find("deep"), std::string::npos);
}

TEST(MarkdownSource, FrontMatterIsSafeForThoseWhoDoNotKnowIt) {
    const auto markdown_of = [](std::string_view text) {
        return parse_markdown(text, ParseLimits{}).value().markdown.text;
    };
    EXPECT_EQ(markdown_of("---\ntitle: a <b@c.org>\n---\nx"), "---\ntitle: a <b@c.org>\n---\nx\n");
    EXPECT_EQ(markdown_of("---\na: <script src=//b>\n---\nx\n"),
              "---\na: &lt;script src=//b>\n---\nx\n");
    EXPECT_EQ(markdown_of("---\na: [b](javascript:c)\n---\nx\n"),
              "---\na: [b]\\(javascript:c)\n---\nx\n");
    // The fence that the front matter opens is closed by the one that opens the code.
    EXPECT_EQ(markdown_of("---\na:\n```\n---\n```\n<script>\n```\n"),
              "---\na:\n```\n---\n```\n&lt;script>\n```\n");
    // And what the front matter makes code is none without it.
    EXPECT_EQ(markdown_of("---\na:\n```\n---\n<script>\n"), "---\na:\n```\n---\n&lt;script>\n");
}

TEST(MarkdownSource, FrontMatterIsNoHeading) {
    const std::string text =
        "---\ntitle: \"T\"\nauthor: A\ndate: 2020-01-02\nlang: fr\n---\n\nbody\n";
    const auto source = parse_markdown(text, ParseLimits{});
    ASSERT_TRUE(source);
    EXPECT_EQ(source->markdown.text, text);
    EXPECT_EQ(source->document.title, "T");
    EXPECT_EQ(source->document.author, "A");
    EXPECT_EQ(source->document.created, "2020-01-02T00:00:00Z");
    EXPECT_EQ(source->document.language, "fr");
    ASSERT_EQ(source->markdown.pieces.size(), 2U);
    EXPECT_EQ(source->markdown.pieces[1].kind, render::PieceKind::prose);
}

TEST(MarkdownSource, BoxesOfTasksAreStates) {
    const auto source =
        parse_markdown("- [x] done\n- [ ] *open*\n- [y] none\n- x [ ] y\n", ParseLimits{});
    ASSERT_TRUE(source);
    const auto& items = std::get<model::List>(source->document.blocks.at(0).content).items;
    ASSERT_EQ(items.size(), 4U);
    EXPECT_EQ(items[0].checked, true);
    EXPECT_EQ(std::get<model::Paragraph>(items[0].blocks.at(0).content).text.at(0).text, "done");
    EXPECT_EQ(items[1].checked, false);
    EXPECT_TRUE(std::get<model::Paragraph>(items[1].blocks.at(0).content).text.at(0).style.italic);
    EXPECT_EQ(items[2].checked, std::nullopt);
    EXPECT_EQ(items[3].checked, std::nullopt);
}

TEST(MarkdownSource, NothingIsEmpty) {
    EXPECT_EQ(parse_markdown(" \n\n", ParseLimits{}).error().code, Errc::empty);
    EXPECT_EQ(parse_markdown("abcdef", {.text_bytes_max = 5}).error().code, Errc::too_large);
}

struct HarmCase {
    const char* name;
    const char* markdown;
    const char* sanitized;
};

class Sanitized : public testing::TestWithParam<HarmCase> {};

TEST_P(Sanitized, MatchesTable) {
    EXPECT_EQ(sanitize_markdown(GetParam().markdown).text, GetParam().sanitized);
}

constexpr HarmCase kHarms[] = {
    {"ScriptsBecomeText", "<script>alert(1)</script>\n", "&lt;script>alert(1)&lt;/script>\n"},
    {"WithinProseToo", "a <iframe src=x></iframe> b\n", "a &lt;iframe src=x>&lt;/iframe> b\n"},
    {"HandlersGo", "<p onclick=\"x()\" align=left>a</p>\n", "<p align=left>a</p>\n"},
    {"SourcesThatActGo", "<a href=\"javascript:x\" title=t>a</a>\n", "<a title=t>a</a>\n"},
    {"ReferencesHideNothing", "<a href=\"java&#115;cript:x\">a</a>\n", "<a>a</a>\n"},
    {"CodeStays", "`<script>` and\n\n    <script>\n", "`<script>` and\n\n    <script>\n"},
    {"AnEscapedBacktickOpensNoCode", "\\`<script>`\n", "\\`&lt;script>`\n"},
    {"NoCodeSpansInHtmlBlocks", "<div>\n`<script>`\n</div>\n", "<div>\n`&lt;script>`\n</div>\n"},
    {"AutolinksStay", "<https://a.org> <a@b.org>\n", "<https://a.org> <a@b.org>\n"},
    {"CommentsStay", "<!-- a -->\n", "<!-- a -->\n"},
    {"CommentsOfManyLinesStay", "a\n\n<!-- b\n# c\n-->\n\nd\n", "a\n\n<!-- b\n# c\n-->\n\nd\n"},
    {"CommentsWithinListsStay", "- a\n\n  <!-- b\n  # c\n  -->\n- d\n",
     "- a\n\n  <!-- b\n  # c\n  -->\n- d\n"},
    {"CommentedTagsStay", "a <!-- <b>x</b> -->\n", "a <!-- <b>x</b> -->\n"},
    {"ACommentEndsWithItsParagraph", "a <!-- b\n\nc <script>x</script> -->\n",
     "a &lt;!-- b\n\nc &lt;script>x&lt;/script> -->\n"},
    {"BlanksDoNotHideTheEndOfAParagraph", "a `b\n \nc <script>x</script> `\n",
     "a `b\n \nc &lt;script>x&lt;/script> `\n"},
    {"OddCommentsBecomeText", "<!--> <script>x</script> -->\n",
     "&lt;!--> &lt;script>x&lt;/script> -->\n"},
    {"ACommentThatGoesBringsNoLinkToLife", "[a]:javascript:\n<!--[a]-->\n- ~~~\n<x><\n",
     "[a]\\:javascript:\n&lt;!--[a]-->\n- ~~~\n&lt;x>&lt;\n"},
    {"ComparisonsStay", "a < b, x <y\n", "a < b, x <y\n"},
    {"LinksThatActLoseTheirMarks", "[a](javascript:x)\n", "[a]\\(javascript:x)\n"},
    {"ObfuscatedLinksToo", "[a](j&#97;vascript&colon;x)\n", "[a]\\(j&#97;vascript&colon;x)\n"},
    {"DefinitionsToo", "[a]\n\n[a]: javascript:x\n", "[a]\n\n[a]\\: javascript:x\n"},
};
INSTANTIATE_TEST_SUITE_P(MarkdownSource, Sanitized, testing::ValuesIn(kHarms),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace ingestor::extract::markdown
