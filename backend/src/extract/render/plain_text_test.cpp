#include "extract/render/plain_text.hpp"

#include <gtest/gtest.h>

#include "extract/model/cells.hpp"
#include "extract/model/inline_builder.hpp"

namespace ingestor::extract::render {
namespace {

using namespace model;

Block paragraph(Inlines text) {
    return {.content = Paragraph{.text = std::move(text)}};
}

TEST(PlainText, HasNoMarksButThoseThatAreReadAloud) {
    Blocks blocks = {
        {.content = Heading{.level = 2, .text = plain("Results")}},
        paragraph({{.text = "All "}, {.text = "bold_*", .style = {.bold = true, .link = "x"}}}),
        paragraph(plain("# no heading"))};
    EXPECT_EQ(plain_text(blocks), "Results\n\nAll bold_*\n\n# no heading\n");
}

TEST(PlainText, ExponentsStayApartFromTheirBase) {
    EXPECT_EQ(plain_text(
                  Inlines{{.text = "2"}, {.text = "30", .style = {.script = Script::superscript}}}),
              "2³⁰");
    EXPECT_EQ(plain_text(
                  Inlines{{.text = "10"}, {.text = "Q", .style = {.script = Script::superscript}}}),
              "10^Q");
}

TEST(PlainText, ItemsStandBelowOneAnother) {
    ListItem task{.checked = false};
    task.blocks.push_back(paragraph(plain("to do")));
    task.blocks.push_back(
        {.content = List{.ordered = true,
                         .items = {{.number = 4, .blocks = {paragraph(plain("within"))}}}}});
    List list;
    list.items.push_back(std::move(task));
    EXPECT_EQ(plain_text(Blocks{{.content = std::move(list)}, paragraph(plain("after"))}),
              "• ☐ to do\n  4. within\n\nafter\n");
}

TEST(PlainText, ARowIsALine) {
    Cell lines;
    lines.content = Blocks{paragraph(plain("one")), paragraph(plain("two"))};
    Cell plain_cell;
    set_text(plain_cell, plain("a\tb"));
    Table table;
    table.rows.push_back({std::move(lines), std::move(plain_cell)});
    EXPECT_EQ(plain_text(Blocks{{.content = std::move(table)}}), "one two\ta b\n");
}

}  // namespace
}  // namespace ingestor::extract::render
