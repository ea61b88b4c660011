#include "extract/formats/html/tree_builder.hpp"

#include <string>

#include <gtest/gtest.h>

namespace ingestor::extract::html {
namespace {

constexpr std::size_t kDepth = 256;

/// The body as `p(a b(c))`, texts between blanks.
void write(std::string& out, const Node& node) {
    if (node.is_text()) {
        out += node.text;
        return;
    }
    out += node.text;
    out += '(';
    for (const Node* at = node.first; at != nullptr; at = at->next) {
        if (at != node.first) out += ' ';
        write(out, *at);
    }
    out += ')';
}

std::string body_of(std::string_view page) {
    const ParsedPage parsed = build_tree(page, kDepth);
    const Node* const body = child(&parsed.tree->root(), Tag::body);
    std::string out;
    for (const Node* at = body == nullptr ? nullptr : body->first; at != nullptr; at = at->next) {
        if (at != body->first) out += ' ';
        write(out, *at);
    }
    return out;
}

struct TreeCase {
    const char* name;
    const char* page;
    const char* body;
};

class HtmlTree : public testing::TestWithParam<TreeCase> {};

TEST_P(HtmlTree, IsWhatBrowsersBuild) {
    EXPECT_EQ(body_of(GetParam().page), GetParam().body);
}

constexpr TreeCase kTrees[] = {
    {"ParagraphsEndOneAnother", "<p>a<p>b<div>c", "p(a) p(b) div(c)"},
    {"AParagraphEndsThatWasNotBegun", "a</p>b", "a p() b"},
    {"ItemsEndOneAnother", "<ul><li>a<ul><li>b</ul><li>c", "ul(li(a ul(li(b))) li(c))"},
    {"TermsAndDefinitions", "<dl><dt>a<dd>b<dt>c", "dl(dt(a) dd(b) dt(c))"},
    {"RowsAndCellsAreImplied", "<table><td>a<td>b<tr><td>c",
     "table(tbody(tr(td(a) td(b)) tr(td(c))))"},
    {"WhatATableCannotHoldStandsBefore", "<table><tr><p>a</p>b<td>c</table>d",
     "p(a) b table(tbody(tr(td(c)))) d"},
    {"TablesInCells", "<table><tr><td><table><tr><td>a</table>b</table>c",
     "table(tbody(tr(td(table(tbody(tr(td(a)))) b)))) c"},
    {"FormattingLeftOpenGoesOn", "<p><b>a<p>c", "p(b(a)) p(b(c))"},
    {"FormattingMisnested", "<b>a<i>b</b>c</i>", "b(a i(b)) i(c)"},
    {"FormattingAroundBlocks", "<b>a<p>b</b>c", "b(a) p(b(b) c)"},
    {"LinksDoNotNest", "<a>a<a>b", "a(a) a(b)"},
    {"HeadingsEndHeadings", "<h1>a<h2>b", "h1(a) h2(b)"},
    {"StrayEndTags", "</div></b>a</td></table>", "a"},
    {"OptionsEndOneAnother", "<select><option>a<option>b</select>c",
     "select(option(a) option(b)) c"},
    {"TemplatesHoldRows", "a<template><tr><td>b</template>c", "a template(tr(td(b))) c"},
    {"Ruby", "<ruby>a<rp>(<rt>b<rp>)</ruby>c", "ruby(a rp(() rt(b) rp())) c"},
    {"ForeignContent", "<svg><title>a<p>b</p></title><g/>c</svg>d", "svg(title(a p(b)) g() c) d"},
    {"HtmlEndsForeignContent", "<math><mi>x</mi><p>a", "math(mi(x)) p(a)"},
    {"CdataInForeignContentOnly", "<math><mi><![CDATA[a<b]]></mi></math><![CDATA[c]]>d",
     "math(mi(a<b)) d"},
    {"CdataIsText", "<svg><![CDATA[a<b]]></svg>", "svg(a<b)"},
    {"ScriptsHoldNoMarkup", "a<script><!--<script><b></script>--></script>c",
     "a script(<!--<script><b></script>-->) c"},
    {"TextFieldsHoldNoMarkup", "<textarea>\n<b>&amp;</textarea>", "textarea(<b>&)"},
    {"CommentsOfAllKinds", "a<!-->b<!--->c<!-- x --!>d<!x>e<?y>f</ z>g", "a b c d e f g"},
    {"FramesArePassedOver", "<frameset><frame><noframes><p>a</noframes></frameset>",
     "noframes(p(a))"},
    {"ASecondBody", "<body>a<body>b</body>c</html>d", "a b c d"},
    {"ATitleInTheBody", "a<title>b<i></title>c", "a title(b<i>) c"},
    {"BlanksBeforeTheBody", " <head> </head> <p>a", "p(a)"},
    {"HeadElementsBehindTheHead", "<head></head><style>a</style><body>b", "b"},
    {"CaptionsEndAtRows", "<table><caption><b>a<tr><td>b</table>",
     "table(caption(b(a)) tbody(tr(td(b))))"},
    {"CaptionsEndWithTheTable", "<table><caption>a</table>b", "table(caption(a)) b"},
    {"ColumnsAreGrouped", "<table><col><col><tr><td>a</table>",
     "table(colgroup(col() col()) tbody(tr(td(a))))"},
    {"ColumnGroupsEndAtText", "<table><colgroup>a<td>b</table>",
     "a table(colgroup() tbody(tr(td(b))))"},
    {"RowGroupsEndOneAnother", "<table><thead><th>a<tbody><td>b<tfoot><td>c</table>",
     "table(thead(tr(th(a))) tbody(tr(td(b))) tfoot(tr(td(c))))"},
    {"CellsEndRowsAndTables", "<table><td><b>a</tbody><td>b</table>c",
     "table(tbody(tr(td(b(a)))) tbody(tr(td(b)))) c"},
    {"TablesEndTables", "<table><tr><table><tr><td>a</table>b",
     "table(tbody(tr())) table(tbody(tr(td(a)))) b"},
    {"FormattingDoesNotLeaveCells", "<table><td><b>a<td>b</table>c",
     "table(tbody(tr(td(b(a)) td(b)))) c"},
    {"FormsInTablesHoldNothing", "<table><form><tr><td>a</table>",
     "table(form() tbody(tr(td(a))))"},
    {"HiddenFieldsStayInTables", "<table><input type=hidden><td>a</table>",
     "table(input() tbody(tr(td(a))))"},
    {"CellsEndWithinForeignContent", "<table><td><svg><foreignObject><span></td>a",
     "a table(tbody(tr(td(svg(foreignobject(span()))))))"},
    {"ButtonsEndButtons", "<button>a<button>b</button>c", "button(a) button(b) c"},
    {"ObjectsKeepFormattingApart", "<b><object>a</b>b</object>c", "b(object(a b) c)"},
    {"FormsDoNotNest", "<form>a<form>b</form>c", "form(a b) c"},
    {"ParagraphsDoNotEndOutsideOfButtons", "<p>a<button>b</p>c</button>", "p(a button(b p() c))"},
    {"AdoptionThroughSeveral", "<a>1<i>2<p>3</a>4", "a(1 i(2)) i(p(a(3) 4))"},
    {"PlaintextNeverEnds", "a<plaintext>b</plaintext><p>c", "a plaintext(b</plaintext><p>c)"},
    {"LineFeedsBehindPre", "<pre>\n\na</pre>", "pre(\na)"},
    {"TemplatesLeftOpen", "<body>a<template><div>b", "a template(div(b))"},
    {"LineEndsInCdata", "<svg><![CDATA[a\r\nb]]></svg>", "svg(a\nb)"},
    {"AnnotationsHoldHtml",
     "<math><annotation-xml encoding='text/html'><p>a</p></annotation-xml></math>b",
     "math(annotation-xml(p(a))) b"},
    {"FontsWithColourEndForeignContent", "<svg><font>a</font><font color=red>b",
     "svg(font(a)) font(b)"},
    {"NoscriptInTheBody", "a<noscript><p>b</noscript>", "a noscript(p(b))"},
};
INSTANTIATE_TEST_SUITE_P(Html, HtmlTree, testing::ValuesIn(kTrees),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(HtmlTreeLimits, ElementsBeyondTheDepthStandBeside) {
    std::string page;
    for (int i = 0; i < 5'000; ++i) page += "<div>a";
    const ParsedPage parsed = build_tree(page, 64);
    EXPECT_TRUE(parsed.flattened);
    std::size_t depth = 0, deepest = 0, letters = 0;
    walk(
        &parsed.tree->root(),
        [&](const Node* node) {
            deepest = std::max(deepest, ++depth);
            letters += node->is_text() ? node->text.size() : 0;
            return true;
        },
        [&](const Node*) { --depth; });
    EXPECT_LE(deepest, 65U);
    EXPECT_EQ(letters, 5'000U);
}

/// What makes browsers copy elements without end makes a bounded number here.
TEST(HtmlTreeLimits, TheTreeGrowsWithThePage) {
    std::string formatting;
    for (int i = 0; i < 3'000; ++i) formatting += "<p><b a=" + std::to_string(i) + ">x";
    const std::string pages[] = {formatting, [] {
                                     std::string page;
                                     for (int i = 0; i < 9'000; ++i) page += "<a><b><div></a>x";
                                     return page;
                                 }()};
    for (const std::string& page : pages) {
        EXPECT_LT(build_tree(page, kDepth).tree->size(), 300'000U);
        EXPECT_LT(build_tree(page + page, kDepth).tree->size(), 500'000U);
    }
}

TEST(HtmlTreeLimits, AttributesBeyondCountingGo) {
    std::string tag = "<p";
    for (std::size_t i = 0; i < 2 * kAttributesMax; ++i) tag += " a" + std::to_string(i) + "=1";
    const ParsedPage parsed = build_tree(tag + ">x", kDepth);
    EXPECT_TRUE(parsed.attributes_cut);
    const Node* const p = child(child(&parsed.tree->root(), Tag::body), Tag::p);
    ASSERT_NE(p, nullptr);
    EXPECT_EQ(p->attributes.size(), kAttributesMax);
}

TEST(HtmlTreeLimits, AnOpenTagAtTheEndIsCounted) {
    EXPECT_EQ(build_tree("<p>a<a href='b>c", kDepth).bytes_in_open_tag, 12U);
    EXPECT_EQ(build_tree("<p>a", kDepth).bytes_in_open_tag, 0U);
}

}  // namespace
}  // namespace ingestor::extract::html
