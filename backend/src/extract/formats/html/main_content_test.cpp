#include "extract/formats/html/main_content.hpp"

#include <string>

#include <gtest/gtest.h>

#include "extract/formats/html/html.hpp"
#include "extract/render/markdown.hpp"

namespace ingestor::extract::html {
namespace {

constexpr const char* kSentence =
    "The tide was out for most of the day, and nobody at the pier had seen it so low.";

std::string paragraphs(int count) {
    std::string out;
    for (int n = 0; n < count; ++n) out += "<p>" + std::string(kSentence) + "</p>";
    return out;
}

std::string teasers(int count) {
    std::string out;
    for (int n = 0; n < count; ++n) {
        out += "<div class=item><h3><a href=/" + std::to_string(n) +
               ">A heron in the north</a></h3><p>It was seen there, and what it did will be told "
               "on another page than this one.</p></div>";
    }
    return out;
}

bool says_heron(std::string_view page) {
    const auto document = parse_html(page, ParseLimits{});
    return document && render::markdown(*document).text.find("heron") != std::string::npos;
}

struct Part {
    const char* name;
    std::string page;
    bool stays;
};

class HtmlMainContent : public testing::TestWithParam<Part> {};

TEST_P(HtmlMainContent, IsToldByWhatStandsThere) {
    EXPECT_EQ(says_heron(GetParam().page), GetParam().stays) << GetParam().page;
}

const Part kParts[] = {
    {"EveryParagraphOfAPageOfWidgets",
     "<div class='builder-section widget-wrap'><div class=widget><h1>Tide</h1></div>"
     "<div class='widget widget-text'><p>One heron was there, on the pile next to the shore, and "
     "then it was not.</p></div><div class=widget>" +
         paragraphs(3) + "</div></div>",
     true},
    {"AListOfAnArticle",
     "<article><h1>Tide</h1>" + paragraphs(4) +
         "<ul><li><a href=/a>heron</a><li><a href=/b>tern</a><li><a href=/c>gull</a></ul>" +
         paragraphs(4) + "</article>",
     true},
    {"TheSideOfAnArticle",
     "<article><h1>Tide</h1>" + paragraphs(4) +
         "<aside><p>A heron stands up to a metre high and weighs no more than two kilograms, bones "
         "and all.</p></aside>" +
         paragraphs(4) + "</article>",
     true},
    {"TheHeaderOfAnArticle",
     "<article><header><h1>Tide</h1><p>Why a heron stood on the pile, and what it saw from there "
     "all day.</p></header>" +
         paragraphs(6) + "</article>",
     true},
    {"TheFooterOfAQuote",
     "<article><h1>Tide</h1>" + paragraphs(4) +
         "<blockquote><p>It was so low.</p><footer>The keeper of the heron</footer></blockquote>" +
         paragraphs(4) + "</article>",
     true},
    {"ATableOfAnArticle",
     "<main><h1>Tide</h1>" + paragraphs(4) +
         "<table><tr><th>Bird<th>Seen</tr><tr><td>heron<td>1</tr></table></main>",
     true},
    {"ALinkInASentenceBesideTheText",
     "<div><h1>Tide</h1><div class=intro>Last week the <a href=/heron>heron of the north</a> was "
     "back, and everyone at the pier had a story to tell of it.</div></div><div id=text>" +
         paragraphs(9) + "</div>",
     true},
    {"AnArticleOfSeveral",
     "<main><article><h2>Tide</h2>" + paragraphs(3) + "</article><article><h2>Birds</h2>" +
         "<p>One heron was there, on the pile next to the shore, and then it was not, for good."
         "</p>" +
         paragraphs(3) + "</article></main>",
     true},
    {"ASectionOnCookies",
     "<main><h1>Law</h1>" + paragraphs(5) +
         "<section id=cookies><h2>Cookies</h2><p>A heron in a browser is what a site keeps there, "
         "and only with your leave.</p></section>" +
         paragraphs(5) + "</main>",
     true},
    {"ADiscussionOfResults",
     "<article><h1>Tide</h1>" + paragraphs(5) +
         "<section id=discussion><h2>Discussion</h2><p>The heron of <cite>Reed</cite> was counted "
         "twice, in spring and in autumn.</p><p>That of <cite>Marsh</cite> was not counted at all, "
         "for want of a boat.</p></section></article>",
     true},
    {"TheRelatedWorkOfAPaper",
     "<article><h1>Tide</h1>" + paragraphs(5) +
         "<section id=related-work><h2>Related work</h2><p>Others counted each heron of the coast, "
         "from boats and from the air, and came to less.</p></section></article>",
     true},
    {"ATextOnItsAuthor",
     "<article><h1>Tide</h1>" + paragraphs(5) +
         "<section class=author><h2>About the author</h2><p>Reed, whom the pier calls the heron, "
         "lives there with a boat, two dogs and a view.</p></section></article>",
     true},
    {"SentencesThatBeginAsLabels",
     "<main><h1>Tide</h1>" + paragraphs(5) +
         "<div class=tags-explained><p>Tags of a heron are explained here.</p></div></main>",
     true},
    {"AShortParagraphBelowAHeading",
     "<main><h1>Tide</h1>" + paragraphs(5) +
         "<h2>Latest results</h2><p>In May there was one heron.</p></main>",
     true},
    {"CommentsOfTheText",
     "<main><h1>Tide</h1>" + paragraphs(5) +
         "<section class=comments-on-method><h2>Comments on the method</h2><p>Others say that "
         "a heron cannot be counted from a boat, since it leaves.</p></section></main>",
     true},
    {"CommentsOfReaders",
     "<main><h1>Tide</h1>" + paragraphs(9) +
         "</main><div class=comments><h2>2 comments</h2><div><cite><a href=/r>Reed</a></cite><p>I "
         "saw the heron, too, from my boat, in the year that nobody went to sea.</p></div><div>"
         "<cite><a href=/m>Marsh</a></cite><p>So did I, and I have told you so often enough in all "
         "of these years.</p></div></div>",
     false},
    {"RepliesWithoutLinks",
     "<article><h1>Tide</h1>" + paragraphs(6) +
         "<h3>3 comments</h3><ul><li><time>May</time><p>The heron was mine.</p></li><li><time>June"
         "</time><p>No, it was not.</p></li><li><time>July</time><p>It was nobody's, as I have "
         "said.</p></li></ul></article>",
     false},
    {"ANoticeOnCookies",
     "<main><h1>Tide</h1>" + paragraphs(9) +
         "</main><div class=cookie-bar><p>This heron keeps what it knows of you in your browser, "
         "so that it knows you.</p></div>",
     false},
    {"AMenu",
     "<ul><li><a href=/>Home</a><li><a href=/h>The heron</a><li><a href=/t>Terns</a></ul><main>"
     "<h1>Tide</h1>" +
         paragraphs(6) + "</main>",
     false},
    {"ANavigationInTheText",
     "<main><h1>Tide</h1><nav><a href=#a>heron</a></nav>" + paragraphs(6) + "</main>", false},
    {"TeasersBehindTheText",
     "<main><h1>Tide</h1>" + paragraphs(9) + "</main><section><h2>Related</h2>" + teasers(4) +
         "</section>",
     false},
    {"TheFooterOfAPage",
     "<main><h1>Tide</h1>" + paragraphs(6) +
         "</main><footer><p>Heron &amp; Co., at the pier, the "
         "heron house</p></footer>",
     false},
    {"ACaptionOfTheText",
     "<article><h1>Tide</h1>" + paragraphs(4) +
         "<figure><img src=h><figcaption>A heron</figcaption></figure>" + paragraphs(4) +
         "</article>",
     true},
    {"AMarkOfANote",
     "<article><h1>Tide</h1>" + paragraphs(4) +
         "<p>It was low<sup><a href=#n>[heron]</a></sup>.</p>" + paragraphs(4) + "</article>",
     true},
    {"ALinkInACell",
     "<article><h1>Tide</h1>" + paragraphs(4) +
         "<table><tr><td><a href=/h>heron</a><td>1<tr><td><a href=/t>tern</a><td>2</table>" +
         paragraphs(4) + "</article>",
     true},
    {"ALinkAsAHeading",
     "<article><h1>Tide</h1>" + paragraphs(4) + "<div><h2><span>The heron</span></h2></div>" +
         paragraphs(4) + "</article>",
     true},
    {"SlidesThatTakeTurns",
     "<article><h1>Tide</h1><div class=slide>" + paragraphs(4) +
         "</div><div class=slide style='display:none'><p>And then a heron came.</p>" +
         paragraphs(4) + "</div></article>",
     true},
    {"AHiddenPartOfNoSeries",
     "<article><h1>Tide</h1><div class=text>" + paragraphs(4) +
         "</div><div class=message style='display:none'><p>And then a heron came.</p>" +
         paragraphs(4) + "</div></article>",
     false},
    {"ButtonsToShareThatNothingNames",
     "<article><h1>Tide</h1>" + paragraphs(9) +
         "<div><a href='https://twitter.com/share?u=x'>heron on Twitter</a></div><div><a "
         "href='https://www.facebook.com/sharer.php?u=x'>heron on Facebook</a></div></article>",
     false},
    {"TheSameLineAgainAndAgain",
     "<div><h1>Tide</h1>" + paragraphs(9) + "</div><div><div><div>heron</div></div></div>", false},
    {"APageOfTeasersAlone", "<main><h1>Birds</h1>" + teasers(6) + "</main>", true},
};
INSTANTIATE_TEST_SUITE_P(Html, HtmlMainContent, testing::ValuesIn(kParts),
                         [](const auto& row) { return std::string(row.param.name); });

/// Nothing is looked at more often than it is deep.
TEST(HtmlMainContentTime, IsLinearInTheNumberOfParts) {
    std::string page = "<main><h1>Tide</h1>" + paragraphs(9);
    const std::string long_class(50'000, 'c');
    page += "<div class=" + long_class + ">";
    for (int n = 0; n < 20'000; ++n) page += "<div><a href=/x>tern</a><span>b</span></div>";
    EXPECT_FALSE(says_heron(page));
}

/// What is left out is told.
TEST(HtmlMainContentLedger, HoldsWhatIsLeftOut) {
    const auto document = parse_html(
        "<main><h1>Tide</h1>" + paragraphs(6) + "</main><footer>The heron house</footer>",
        ParseLimits{});
    ASSERT_TRUE(document);
    ASSERT_EQ(document->left_out.size(), 1U);
    EXPECT_EQ(document->left_out[0].reason, model::LeftOutReason::boilerplate);
    EXPECT_NE(document->left_out[0].text.find("heron"), std::string::npos);
}

std::string with_noscript(const std::string& seen, const std::string& fallback) {
    return "<body>" + seen + "<script>build()</script><noscript>" + fallback + "</noscript></body>";
}

TEST(HtmlNoscript, IsTextWhereThePageHasNoOther) {
    EXPECT_TRUE(says_heron(with_noscript(
        "<h1>Tide</h1>", "<p>A heron stood on the pile, while the boats waited.</p>")));
    EXPECT_FALSE(
        says_heron(with_noscript("<h1>Tide</h1>" + paragraphs(4),
                                 "<p>A heron stood on the pile, and the boats waited.</p>")));
}

TEST(HtmlNoscript, ThatAsksForScriptsIsNone) {
    const auto document =
        parse_html(with_noscript("<div id=app></div>", "Please enable JavaScript to run this app."),
                   ParseLimits{});
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().code, Errc::empty);
    EXPECT_NE(document.error().message.find("script"), std::string::npos);
}

}  // namespace
}  // namespace ingestor::extract::html
