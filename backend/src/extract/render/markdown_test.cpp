#include "extract/render/markdown.hpp"

#include <gtest/gtest.h>

#include "extract/model/inline_builder.hpp"
#include "extract/model/lists.hpp"
#include "extract/render/markdown_inline.hpp"

namespace ingestor::extract::render {
namespace {

using namespace model;

Block paragraph(Inlines text) {
    return {.content = Paragraph{.text = std::move(text)}};
}

Block paragraph(const char* text) {
    return paragraph(plain(text));
}

Block heading(const char* text, int level) {
    return {.content = Heading{.level = level, .text = plain(text)}};
}

ListItem item(Blocks blocks, int number = 0) {
    return {.number = number, .blocks = std::move(blocks)};
}

/// Items as the formats have them that know depth and number alone.
struct FlatItem {
    const char* text = "";
    int depth = 0;
    int number = 0;
};

Blocks lists(std::initializer_list<FlatItem> items) {
    Blocks blocks;
    for (const FlatItem& flat : items)
        add_item(blocks, flat.depth, item({paragraph(flat.text)}, flat.number));
    return blocks;
}

Cell cell(Blocks blocks, std::uint16_t columns = 1, std::uint16_t rows = 1) {
    return {.content = std::move(blocks), .columns = columns, .rows = rows};
}

Cell cell(const char* text, std::uint16_t columns = 1, std::uint16_t rows = 1) {
    return *text == '\0' ? Cell{} : cell(Blocks{paragraph(text)}, columns, rows);
}

std::string rendered(Blocks blocks) {
    return markdown(Document{.blocks = std::move(blocks)}).text;
}

TEST(Render, NothingInAFormulaIsATagOrALink) {
    const std::pair<const char*, const char*> cases[] = {
        {"a<b", "$a\\lt b$"},
        {"a < b", "$a < b$"},
        {"<script>x</script>", "$\\lt script>x\\lt /script>$"},
        {"[a](javascript:x)", "$[a] (javascript:x)$"},
        {"\\$ 5", "$\\$ 5$"}};
    for (const auto& [latex, markdown] : cases) {
        EXPECT_EQ(inline_markdown({{.kind = InlineKind::formula, .text = latex}}), markdown);
    }
}

TEST(Render, BlankLinesPartBlocks) {
    EXPECT_EQ(
        rendered({heading("Title", 1), paragraph("One."), {.content = Rule{}}, paragraph("Two.")}),
        "# Title\n\nOne.\n\n---\n\nTwo.\n");
}

TEST(Render, ProseNeverStartsABlock) {
    for (const char* line : {"# a", "> a", "- a", "+ a", "1. a", "12) a", "---", "===", "- - -"}) {
        const std::string text = rendered({paragraph(line)});
        EXPECT_NE(text.find('\\'), std::string::npos) << line;
    }
    EXPECT_EQ(rendered({paragraph("1999 was -1")}), "1999 was -1\n");
    EXPECT_EQ(rendered({paragraph("#tag")}), "#tag\n");
    EXPECT_EQ(rendered({paragraph("2024.")}), "2024\\.\n");
}

TEST(Render, NestedItemsStandUnderTheirParents) {
    EXPECT_EQ(rendered(lists({{"a", 0, 10}, {"b", 1}, {"c", 2, 1}, {"d", 0, 11}})),
              "10. a\n    - b\n      1. c\n11. d\n");
}

TEST(Render, AnItemWithoutParentIsNotCode) {
    EXPECT_EQ(rendered(lists({{"deep", 5}})), "- deep\n");
}

TEST(Render, ANewCountStartsANewList) {
    EXPECT_EQ(rendered(lists({{"a", 0, 1}, {"b", 0, 2}, {"c", 0, 1}})), "1. a\n2. b\n\n1) c\n");
    List list{.ordered = true, .items = {item({paragraph("a")}, 1), item({paragraph("b")}, 7)}};
    EXPECT_EQ(rendered({{.content = std::move(list)}}), "1. a\n7) b\n");
}

TEST(Render, AnItemHoldsBlocks) {
    List list;
    list.items.push_back(item({paragraph("a"), {.content = Code{.text = "x\n\ny"}}}));
    list.items.push_back(item({paragraph("b"), paragraph("c")}));
    list.items.push_back({.checked = true, .blocks = {paragraph("done")}});
    EXPECT_EQ(rendered({{.content = std::move(list)}}),
              "- a\n\n  ```\n  x\n  \n  y\n  ```\n- b\n\n  c\n- [x] done\n");
}

TEST(Render, TablesAreRectangularAndPipesEscaped) {
    Table table;
    table.rows.push_back({cell("a"), cell("b|c")});
    Inlines broken = plain("d");
    broken.push_back({.kind = InlineKind::line_break});
    broken.push_back({.text = "e"});
    table.rows.push_back({cell(Blocks{paragraph(broken)})});
    table.rows.push_back({cell(""), cell("f"), cell("g")});
    EXPECT_EQ(rendered({{.content = std::move(table)}}),
              "| a | b\\|c | |\n| --- | --- | --- |\n| d<br>e | | |\n| | f | g |\n");
}

TEST(Render, BlocksInACellStandOnItsLine) {
    Blocks blocks = lists({{"one", 0, 1}, {"two", 0, 2}});
    blocks.insert(blocks.begin(), paragraph("a"));
    blocks.push_back({.content = Code{.text = "x\ny"}});
    Table table;
    table.rows.push_back({cell("head"), cell(std::move(blocks))});
    EXPECT_EQ(rendered({{.content = std::move(table)}}),
              "| head | a<br>1. one<br>2. two<br>`x y` |\n| --- | --- |\n");
}

TEST(Render, ATableWhoseCellsSpanIsHtml) {
    Table table;
    table.rows.push_back({cell("both", 2)});
    table.rows.push_back({cell("a"), cell("*b*")});
    EXPECT_EQ(rendered({{.content = std::move(table)}}),
              "<table>\n<thead>\n<tr><th colspan=\"2\">both</th></tr>\n</thead>\n"
              "<tr><td>a</td><td>*b*</td></tr>\n</table>\n");
}

TEST(Render, AFenceIsLongerThanAnyFenceInTheCode) {
    EXPECT_EQ(rendered({{.content = Code{.text = "```\nx\n```", .language = "c++"}}}),
              "````c++\n```\nx\n```\n````\n");
}

TEST(Render, AQuoteHoldsBlocks) {
    Inlines broken = plain("b");
    broken.push_back({.kind = InlineKind::line_break});
    broken.push_back({.text = "c"});
    Quote quote{.blocks = {paragraph("a"), paragraph(broken)}};
    for (Block& block : lists({{"d"}})) quote.blocks.push_back(std::move(block));
    EXPECT_EQ(rendered({{.content = std::move(quote)}}), "> a\n>\n> b  \n> c\n>\n> - d\n");
}

TEST(Render, HardBreaksStayInParagraphsOnly) {
    const auto broken = [](const char* first, const char* second) {
        return Inlines{{.text = first}, {.kind = InlineKind::line_break}, {.text = second}};
    };
    EXPECT_EQ(rendered({paragraph(broken("a", "# b"))}), "a  \n\\# b\n");
    EXPECT_EQ(rendered({{.content = Heading{.level = 2, .text = broken("a", "b #")}}}),
              "## a b \\#\n");
}

TEST(Render, PicturesFormulasAndNotesStandOnTheirOwn) {
    EXPECT_EQ(rendered({{.content = Picture{.words = "a duck", .caption = plain("Figure 1")}},
                        {.content = Formula{.text = "x^2"}},
                        {.content = Footnote{.label = "1",
                                             .blocks = {paragraph("one"), paragraph("two")}}}}),
              "![a duck]()\n\nFigure 1\n\n$$x^2$$\n\n[^1]: one\n\n    two\n");
}

TEST(Render, PiecesSayWhereEachBlockStands) {
    const Document document{
        .blocks = {heading("Title", 1),
                   paragraph("  "),
                   {.content = Paragraph{.text = plain("Text")}, .place = {.page = 3}},
                   {.content = Quote{.blocks = {paragraph("quoted")}}}}};
    const Markdown out = markdown(document);
    ASSERT_EQ(out.pieces.size(), 3U);
    EXPECT_EQ(out.text.substr(0, out.pieces[0].end), "# Title");
    EXPECT_EQ(out.pieces[0].title, "Title");
    EXPECT_EQ(out.pieces[0].level, 1);
    EXPECT_EQ(out.pieces[1].place.page, 3U);
    EXPECT_EQ(out.text.substr(out.pieces[2].begin), "> quoted\n");
}

TEST(Render, NestingIsShownToABoundAndTakesLittleText) {
    Blocks blocks = {paragraph("deep")};
    for (int i = 0; i < 200; ++i) blocks = {{.content = Quote{.blocks = std::move(blocks)}}};
    EXPECT_LT(rendered(std::move(blocks)).size(), 100U);
}

TEST(Render, NothingGivesNothing) {
    EXPECT_EQ(rendered({}), "");
}

}  // namespace
}  // namespace ingestor::extract::render
