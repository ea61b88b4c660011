#include "extract/render/html.hpp"

#include <gtest/gtest.h>

#include "extract/model/cells.hpp"
#include "extract/model/inline_builder.hpp"

namespace ingestor::extract::render {
namespace {

using namespace model;

Block paragraph(Inlines text) {
    return {.content = Paragraph{.text = std::move(text)}};
}

Cell cell(const char* text, std::uint16_t columns = 1, std::uint16_t rows = 1) {
    Cell out{.columns = columns, .rows = rows};
    set_text(out, plain(text));
    return out;
}

std::string body_of(Blocks blocks) {
    const std::string page = html(Document{.blocks = std::move(blocks)});
    const std::size_t begin = page.find("<body>\n") + 7;
    return page.substr(begin, page.find("</body>") - begin);
}

TEST(Html, TextIsEscapedAndStyled) {
    EXPECT_EQ(body_of({paragraph({{.text = "a < b & "}, {.text = "c", .style = {.bold = true}}})}),
              "<p>a &lt; b &amp; <strong>c</strong></p>\n");
}

TEST(Html, ScriptsAreNoLinks) {
    EXPECT_EQ(body_of({paragraph({{.text = "a", .style = {.link = "javascript:x()"}}})}),
              "<p>a</p>\n");
    EXPECT_EQ(body_of({paragraph({{.text = "a", .style = {.link = "x?a=1&b=\"2"}}})}),
              "<p><a href=\"x?a=1&amp;b=&quot;2\">a</a></p>\n");
}

TEST(Html, ListsKeepTheirNumbers) {
    List list{.ordered = true};
    for (const int number : {1, 2, 7}) {
        ListItem item{.number = number};
        item.blocks.push_back(paragraph(plain("x")));
        list.items.push_back(std::move(item));
    }
    EXPECT_EQ(body_of({{.content = std::move(list)}}),
              "<ol>\n<li><p>x</p>\n</li>\n<li><p>x</p>\n</li>\n<li value=\"7\"><p>x</p>\n</li>\n"
              "</ol>\n");
}

TEST(Html, NotesAreLinkedFromTheirMarks) {
    Footnote note{.label = "2"};
    note.blocks.push_back(paragraph(plain("why")));
    EXPECT_EQ(body_of({paragraph({{.text = "so"},
                                  {.kind = InlineKind::footnote_reference, .text = "2"},
                                  {.kind = InlineKind::footnote_reference, .text = "\">"}}),
                       {.content = std::move(note)}}),
              "<p>so<sup><a href=\"#note-2\">[2]</a></sup><sup>[&quot;&gt;]</sup></p>\n"
              "<aside id=\"note-2\">[2] <p>why</p>\n</aside>\n");
}

TEST(Html, AListingNamesItsLanguage) {
    EXPECT_EQ(body_of({{.content = Code{.text = "a<b", .language = "c++"}}}),
              "<pre><code class=\"language-c++\">a&lt;b</code></pre>\n");
}

TEST(HtmlTable, SpansAndHeadersSurvive) {
    Table table{.header_rows = 1};
    table.rows.push_back({cell("both", 2)});
    table.rows.push_back({cell("tall", 1, 2), cell("b")});
    table.rows.push_back({cell("c")});
    EXPECT_EQ(
        html_table_lines(table),
        (std::vector<std::string>{"<table>", "<thead>", "<tr><th colspan=\"2\">both</th></tr>",
                                  "</thead>", "<tr><td rowspan=\"2\">tall</td><td>b</td></tr>",
                                  "<tr><td>c</td></tr>", "</table>"}));
}

TEST(HtmlTable, NoLineOfItIsBlankOrBroken) {
    Cell code;
    code.content = Blocks{
        {.content = Code{.text = "a\n\nb"}}, paragraph(plain("one")), paragraph(plain("two"))};
    Table table{.header_rows = 0};
    table.rows.push_back({std::move(code)});
    EXPECT_EQ(html_table_lines(table)[1],
              "<tr><td><pre><code>a<br><br>b</code></pre>one<br>two</td></tr>");
}

}  // namespace
}  // namespace ingestor::extract::render
