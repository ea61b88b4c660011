#include "extract/formats/html/html.hpp"

#include <gtest/gtest.h>

#include "extract/render/markdown.hpp"
#include "extract/testing/flat_blocks.hpp"

namespace ingestor::extract::html {
namespace {

std::string markdown_of(std::string_view html) {
    const auto document = parse_html(html, ParseLimits{});
    if (!document) return "error: " + std::string(to_string(document.error().code));
    return render::markdown(*document).text;
}

struct PageCase {
    const char* name;
    const char* html;
    const char* markdown;
};

class HtmlPage : public testing::TestWithParam<PageCase> {};

TEST_P(HtmlPage, BecomesMarkdown) {
    EXPECT_EQ(markdown_of(GetParam().html), GetParam().markdown);
}

constexpr PageCase kPages[] = {
    {"HeadingsAndParagraphs", "<h1>A</h1><p>b\n c</p><div>d</div>e", "# A\n\nb c\n\nd\n\ne\n"},
    {"Emphasis", "<p>a <b>b</b> <em>c</em> <s>d</s> <code>e_f</code></p>",
     "a **b** *c* ~~d~~ `e_f`\n"},
    {"EmphasisWithinPunctuationIsLeftOut", "<p>a<b>.b</b>c</p>", "a.bc\n"},
    {"LinksStayRelative", "<p><a href='../a?b=1'>x</a> <a href='#c'>y</a></p>",
     "[x](../a?b=1) y\n"},
    {"ScriptsInLinksGo", "<p><a href=' java&#115;cript:alert(1)'>x</a></p>", "x\n"},
    {"NestedLists", "<ul><li>a<ol start=3><li>b<li>c</ol><li><p>d</p><p>e</p></ul>",
     "- a\n  3. b\n  4. c\n- d\n\n  e\n"},
    {"BlocksInItems", "<ol><li>a<pre>x\ny</pre><table><tr><td>b<td>c<tr><td>d<td>e</table></ol>",
     "1. a\n\n   ```\n   x\n   y\n   ```\n\n   | b | c |\n   | --- | --- |\n   | d | e |\n"},
    {"TaskLists", "<ul><li><input type=checkbox checked> a<li><input type=checkbox>b<li>c</ul>",
     "- [x] a\n- [ ] b\n- c\n"},
    {"ListsInQuotes", "<blockquote>a<ul><li>b<li>c</ul></blockquote>", "> a\n>\n> - b\n> - c\n"},
    {"ListsInListsWithoutAnItem", "<ul><li>a<ul><li>b</ul><ul><li>c</ul></ul>",
     "- a\n  - b\n\n  - c\n"},
    {"RaisedAndLowered",
     "<p>2<sup>30</sup>, 10<sup>-9</sup>, e<sup>kx</sup>, H<sub>2</sub>O, 4<sup>th</sup></p>",
     "2\u00b3\u2070, 10\u207b\u2079, e<sup>kx</sup>, H\u2082O, 4th\n"},
    {"Figures", "<figure><img alt=Duck src=d.png><figcaption>A duck</figcaption></figure>",
     "![Duck](d.png)\n\nA duck\n"},
    {"FormulasBesideTheirPicture",
     "<p>a <span><span style='display:none'><math alttext='{\\displaystyle x^2}'><mi>x</mi></math>"
     "</span><img aria-hidden=true alt='x^2' src=x></span> b</p>",
     "a $x^2$ b\n"},
    {"FormulasWithAnAnnotation",
     "<p><span class=katex><span class=katex-mathml><math><semantics><mi>y</mi><annotation "
     "encoding='application/x-tex'>y_1</annotation></semantics></math></span><span "
     "class=katex-html "
     "aria-hidden=true>y1</span></span></p>",
     "$y_1$\n"},
    {"Code", "<pre><code class='language-js'>\na\n  b</code></pre>", "```js\na\n  b\n```\n"},
    {"Quotes", "<blockquote><p>a<p>b</blockquote>", "> a\n>\n> b\n"},
    {"Tables",
     "<table><caption>C</caption><tr><th>a<th>b<tr><td rowspan=2>1<td>2<tr><td>3<tr><td "
     "colspan=2>4</table>",
     "C\n\n<table>\n<thead>\n<tr><th>a</th><th>b</th></tr>\n</thead>\n<tr><td "
     "rowspan=\"2\">1</td><td>2</td></tr>\n<tr><td>3</td></tr>\n<tr><td "
     "colspan=\"2\">4</td></tr>\n</table>\n"},
    {"TablesInTables", "<table><tr><td>a<td><table><tr><td>b<td>c</table></table>",
     "| a | b; c |\n| --- | --- |\n"},
    {"LayoutTablesAreFlat", "<table role=presentation><tr><td>a<td>b</table>", "a\n\nb\n"},
    {"Images", "<p><img alt='A duck' src='d.png'><img src=x><img alt=icon width=16 src=i></p>",
     "![A duck](d.png)\n"},
    {"LineBreaks", "<p>a<br>b<br><br>c</p>", "a  \nb\n\nc\n"},
    {"Rules", "a<hr>b", "a\n\n---\n\nb\n"},
    {"ReferencesAndEntities", "<p>&lt;b&gt; &amp;amp; &#x41; &nbsp;&hellip;</p>",
     "\\<b> \\&amp; A \u2026\n"},
    {"HiddenElementsGo",
     "<p>a</p><p hidden>x</p><p style='display: none'>y</p><p aria-hidden=true>z</p><span "
     "class='sr-only'>w</span>"
     "<script>s</script><style>t</style><template>u</template><noscript>v</noscript>",
     "a\n"},
    {"BlocksInLinks", "<a href=x><h2>T</h2><p>d</p></a>", "## [T](x)\n\n[d](x)\n"},
    {"AnchorMarksOfHeadingsGo",
     "<h2>T <a href='#t'>\u00B6</a><span class='mw-editsection'>[<a href=e>edit</a>]</span></h2>",
     "## T\n"},
    {"DefinitionLists", "<dl><dt>a<dd>b</dl>", "a\n\nb\n"},
    {"NoTextIsEmpty", "<html><body><script>x</script></body></html>", "error: empty"},
};
INSTANTIATE_TEST_SUITE_P(Html, HtmlPage, testing::ValuesIn(kPages),
                         [](const auto& row) { return std::string(row.param.name); });

const std::string kLongText(600, 'a');

/// What a page calls a part of itself, where it stands, and what it holds.
struct NamedPart {
    const char* name;
    const char* part;
    bool stays;
};

class HtmlNames : public testing::TestWithParam<NamedPart> {
protected:
    static constexpr const char* kProse =
        "<p>The tide was out for most of the day, and nobody at the pier had seen it so low.</p>";
    /// Enough of it that the part is small beside it.
    static std::string article() {
        std::string text = "<h1>Low tide</h1>";
        for (int n = 0; n < 12; ++n) text += kProse;
        return text;
    }
};

TEST_P(HtmlNames, TakeNoParagraphAwayByThemselves) {
    const std::string part = GetParam().part;
    for (const auto& [before, after] :
         {std::pair<std::string, std::string>{"<main><article>", "</article></main>"},
          {"<main>", "</main>"},
          {"<div>", "</div>"}}) {
        const auto page = "<body>" + before + article() + part + article() + after + "</body>";
        EXPECT_EQ(markdown_of(page).find("heron") != std::string::npos, GetParam().stays) << page;
    }
}

constexpr NamedPart kParts[] = {
    {"Widget",
     "<div class='page-builder-widget text-widget'><p>A heron stood on the third pile from the "
     "shore, as it had stood there in spring.</p></div>",
     true},
    {"SharePrice",
     "<div class=share-price><p>At noon a heron, as the company calls its shares, was worth a "
     "third of what it had been.</p></div>",
     true},
    {"MenuItemText",
     "<p class=menu-item-text>A plate of heron, which nobody orders any more, was on the card "
     "until "
     "the war.</p>",
     true},
    {"RelatedWork",
     "<div id=related-work>Others have counted each heron of the coast, from boats and from the "
     "air, and came to less.</div>",
     true},
    {"RelatedLinks",
     "<ul class=related><li><a href=/a>How a heron sleeps</a><li><a href=/b>The heron of the "
     "north and what it eats in winter, told by a fisher</a></ul>",
     false},
    {"ShareLabel", "<div class=share>Share this heron</div>", false},
    {"CookieNotice",
     "<div class=cookie-consent><p>We store a heron in your browser, so that you are asked no "
     "second time, and share it with nobody.</p></div>",
     false},
    {"Newsletter",
     "<form class=newsletter><p>Our letter of the week tells you of every heron that was seen, and "
     "of what is on at the pier.</p></form>",
     false},
};

INSTANTIATE_TEST_SUITE_P(Html, HtmlNames, testing::ValuesIn(kParts),
                         [](const auto& test) { return test.param.name; });

TEST(HtmlLinkedData, IsReadWhereThePageHasNoTextOfItsOwn) {
    const auto page = [](const std::string& data, const std::string& body) {
        return "<title>t</title><script type='application/ld+json'>" + data + "</script><body>" +
               body;
    };
    const std::string graph =
        R"({"@graph":[{"@type":"WebSite","name":"no"},{"@type":"NewsArticle","headline":"Pier opens",)"
        R"("author":[{"name":"A. Writer"}],"articleBody":"One line.\nAnother \u003c 3."}]})";
    const std::string read = page(graph, "<div id=root></div><script>x()</script>");
    const auto document = parse_html(read, ParseLimits{});
    ASSERT_TRUE(document) << document.error().message;
    EXPECT_EQ(render::markdown(*document).text, "# Pier opens\n\nOne line.\n\nAnother < 3.\n");
    EXPECT_EQ(document->author, "A. Writer");
    EXPECT_NE(document->source_text.find("Another"), std::string::npos);

    const std::string tagged = page(R"({"articleBody":"<p>one</p><p>two <b>bold</b></p>"})", "");
    EXPECT_EQ(render::markdown(parse_html(tagged, ParseLimits{}).value()).text,
              "one\n\ntwo **bold**\n");
    const std::string own = page(graph, "<p>The page's own words.</p>");
    EXPECT_EQ(render::markdown(parse_html(own, ParseLimits{}).value()).text,
              "The page's own words.\n");
    for (const char* none : {"{", "[]", R"({"articleBody":3})", R"({"articleBody":" "})", "null"}) {
        const std::string empty = page(none, "<div></div>");
        EXPECT_EQ(parse_html(empty, ParseLimits{}).error().code, Errc::empty) << none;
    }
}

TEST(HtmlNamesOfPlaces, CountOutsideOfTheArticle) {
    const std::string prose =
        "<p>A heron stood on the third pile from the shore, as it had stood there in spring.</p>";
    std::string article = "<h1>Low tide</h1>";
    for (int n = 0; n < 40; ++n) article += "<p>The tide was out, and the boats lay dry.</p>";
    const auto footer = "<div id=footer>" + prose + "</div>";
    EXPECT_EQ(markdown_of("<body>" + article + footer + "</body>").find("heron"),
              std::string::npos);
    EXPECT_NE(markdown_of("<body><article>" + article + footer + "</article></body>").find("heron"),
              std::string::npos);
}

TEST(Html, WhatStandsAroundTheArticleIsLeftOut) {
    const std::string page =
        "<body><header class=site><a href=/>Home</a></header><nav><a href=1>Menu</a></nav>"
        "<div class='cookie-banner'>We use cookies</div>"
        "<main><h1>Title</h1><p>" +
        kLongText +
        "</p><div class='share-buttons'><a href=2>Tweet</a></div>"
        "<ul class='breadcrumbs'><li><a href=3>Up</a></ul></main>"
        "<aside><h2>Archive</h2><a href=4>May</a></aside><footer>Imprint</footer></body>";
    EXPECT_EQ(markdown_of(page), "# Title\n\n" + kLongText + "\n");
}

TEST(Html, AWordInAClassDoesNotHideTheText) {
    const std::string page =
        "<body class='has-sidebar'><div class='content menu'><p>" + kLongText + "</p></div></body>";
    EXPECT_EQ(markdown_of(page), kLongText + "\n");
}

TEST(Html, ListsOfLinksWithinTheArticleStay) {
    const std::string page =
        "<main><p>" + kLongText +
        "</p><h2>See also</h2><ul><li><a href=a>A</a><li><a href=b>B</a></ul></main>";
    EXPECT_EQ(markdown_of(page), kLongText + "\n\n## See also\n\n- [A](a)\n- [B](b)\n");
}

TEST(Html, ATitleInTheHeaderOfThePageIsKept) {
    const std::string page =
        "<body><header><h1>Name</h1></header><main><p>" + kLongText + "</p></main></body>";
    EXPECT_EQ(markdown_of(page), "# Name\n\n" + kLongText + "\n");
}

TEST(Html, APageOfNavigationAloneIsStillText) {
    EXPECT_EQ(markdown_of("<nav><a href=a>A</a></nav>"), "[A](a)\n");
}

TEST(Html, TheHeadIsRead) {
    const auto document = parse_html(
        "<html lang=de><head><title> A\nB </title><meta name=author content=C>"
        "<meta property='article:published_time' "
        "content='2020-01-02T03:04:05+01:00'></head><body>x</body></html>",
        ParseLimits{});
    ASSERT_TRUE(document);
    EXPECT_EQ(document->title, "A B");
    EXPECT_EQ(document->author, "C");
    EXPECT_EQ(document->language, "de");
    EXPECT_EQ(document->created, "2020-01-02T02:04:05Z");
}

TEST(Html, TheDeclaredEncodingCounts) {
    EXPECT_EQ(markdown_of("<meta charset=windows-1251><p>\xCF\xF0\xE8\xE2\xE5\xF2</p>"),
              "\u041F\u0440\u0438\u0432\u0435\u0442\n");
    EXPECT_EQ(markdown_of("<meta charset=latin1><p>\xC3\xBC</p>"), "\u00FC\n")
        << "sound UTF-8 is UTF-8";
}

TEST(Html, NothingOfATableIsLostThatIsNoCell) {
    const auto document = parse_html(
        "<table><caption>one</caption><caption>two</caption><tr><td>a<td>b<template>spare"
        "</template><tr><td>c<td>d</table>",
        ParseLimits{});
    ASSERT_TRUE(document);
    const std::string text = render::markdown(*document).text;
    EXPECT_TRUE(text.starts_with("one\n\ntwo\n\n| a | b |")) << text;
    ASSERT_EQ(document->left_out.size(), 1U);
    EXPECT_EQ(document->left_out[0].text, "spare");
}

TEST(Html, FormattingLeftOpenIsNotTooDeep) {
    std::string page = "<p>begin</p>";
    for (int i = 0; i < 2000; ++i) page += "<font color=red><p>x";
    const std::string text = markdown_of(page + "<p>end</p>");
    EXPECT_TRUE(text.starts_with("begin\n"));
    EXPECT_TRUE(text.ends_with("end\n"));
}

TEST(Html, WhatIsNestedTooDeeplyIsThere) {
    std::string deep;
    for (int i = 0; i < 1000; ++i) deep += "<div>a";
    const auto document = parse_html(deep + "<p>end", ParseLimits{});
    ASSERT_TRUE(document);
    EXPECT_EQ(document->blocks.size(), 1'001U);
    EXPECT_EQ(document->warnings.size(), 1U);
}

TEST(Html, ATagLeftOpenAtTheEndIsAWarning) {
    const auto document = parse_html("<p>word<a href=\"x>more", ParseLimits{});
    ASSERT_TRUE(document);
    EXPECT_EQ(flat(document->blocks)[0].text, "word");
    EXPECT_EQ(document->warnings.size(), 1U);
}

TEST(Html, StylesMakeExponents) {
    EXPECT_EQ(markdown_of("<p>2<span style='Vertical-Align: super; color: red'>30</span> and "
                          "H<span style='vertical-align:sub'>2</span>O</p>"),
              "2\u00b3\u2070 and H\u2082O\n");
}

TEST(Html, HiddenRowsAndCellsAreTold) {
    const auto document = parse_html(
        "<table><tr><th>a<th>b</tr><tr hidden><td>row</tr><tr><td>c<td>d<td hidden>cell</table>",
        ParseLimits{});
    ASSERT_TRUE(document);
    ASSERT_EQ(document->left_out.size(), 2U);
    EXPECT_NE(document->left_out[0].text.find("row"), std::string::npos);
    EXPECT_NE(document->left_out[1].text.find("cell"), std::string::npos);
}

TEST(Html, WhatIsHiddenInListingsIsTold) {
    const auto document = parse_html("<pre>a\n<span hidden>copy</span>b<br>c</pre>", ParseLimits{});
    ASSERT_TRUE(document);
    EXPECT_EQ(flat(document->blocks)[0].text, "a\nb\nc");
    ASSERT_EQ(document->left_out.size(), 1U);
    EXPECT_EQ(document->left_out[0].text, "copy");
}

TEST(Html, LimitsHold) {
    const auto code = [](std::string_view html, const ParseLimits& limits) {
        const auto document = parse_html(html, limits);
        return document ? Errc::internal : document.error().code;
    };
    EXPECT_EQ(code("<p>a<p>b", {.blocks_max = 1}), Errc::too_large);
    EXPECT_EQ(code("<p>aaaaaaaaaa", {.text_bytes_max = 5}), Errc::too_large);
    EXPECT_EQ(code("<table><tr><td>a<td colspan=9>b</table>", {.table_columns_max = 5}),
              Errc::too_large);
}

TEST(Html, SpansDoNotMultiply) {
    std::string page = "<table><tr>";
    for (int i = 0; i < 4; ++i) page += "<td rowspan=65534 colspan=1000>word";
    for (int i = 0; i < 5'000; ++i) page += "<tr><td>last";
    const auto document = parse_html(page, ParseLimits{});
    ASSERT_TRUE(document) << document.error().message;
    const auto blocks = flat(document->blocks);
    ASSERT_EQ(blocks.size(), 1U);
    const auto& rows = blocks[0].rows;
    ASSERT_EQ(rows.size(), 5'001U);
    std::size_t places = 0;
    for (const auto& row : std::get<model::Table>(document->blocks[0].content).rows) {
        for (const model::Cell& cell : row) places += std::size_t{cell.columns} * cell.rows;
    }
    EXPECT_LT(places, 220'000U);
    EXPECT_EQ(rows[0][0], "word");
    EXPECT_EQ(rows[5'000].back(), "last");
    EXPECT_EQ(document->warnings.size(), 1U);
}

TEST(Html, TextOfRowSpansStandsOnce) {
    std::string table = "<table><tr><td rowspan=9999>" + std::string(1'000, 'a') + "<td>x";
    for (int i = 0; i < 200; ++i) table += "<tr><td>y";
    table += "</table>";
    std::string page;
    for (int i = 0; i < 100; ++i) page += table;
    EXPECT_LT(markdown_of(page).size(), 800'000U);
}

TEST(Html, ALongLinkIsNotPutAroundEverything) {
    std::string page = "<a href='/" + std::string(100'000, 'u') + "'>";
    for (int i = 0; i < 2'000; ++i) page += "<p>word<b>x</b></p>";
    const auto document = parse_html(page, ParseLimits{});
    ASSERT_TRUE(document);
    EXPECT_EQ(document->blocks.size(), 2'000U);
    const auto blocks = flat(document->blocks);
    EXPECT_TRUE(blocks[0].text.starts_with("[word"));
    EXPECT_EQ(blocks[1'999].text, "word**x**");
    EXPECT_EQ(document->warnings.size(), 1U);
    EXPECT_LT(render::markdown(*document).text.size(), 5'000'000U);
}

TEST(Html, AttributesBeyondCountingAreLeftOut) {
    std::string page = "<p title=t";
    for (int i = 0; i < 60'000; ++i) page += " a" + std::to_string(i) + "=1";
    const auto document = parse_html(page + ">word</p>", ParseLimits{});
    ASSERT_TRUE(document);
    EXPECT_EQ(flat(document->blocks)[0].text, "word");
    EXPECT_EQ(document->warnings.size(), 1U);
}

}  // namespace
}  // namespace ingestor::extract::html
