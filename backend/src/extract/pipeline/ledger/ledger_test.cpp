#include "extract/pipeline/ledger/ledger.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ingestor::extract::pipeline::ledger {
namespace {

using model::LeftOut;
using model::LeftOutReason;
using testing::ElementsAre;

Account account_of(std::string source, std::string_view markdown,
                   std::vector<LeftOut> left_out = {}) {
    model::Document document;
    document.source_text = std::move(source);
    document.left_out = std::move(left_out);
    return account(document, markdown);
}

struct SameCase {
    const char* name;
    const char* source;
    const char* markdown;
};

class NothingIsMissing : public testing::TestWithParam<SameCase> {};

TEST_P(NothingIsMissing, MatchesTable) {
    const Account account = account_of(GetParam().source, GetParam().markdown);
    EXPECT_EQ(account.unaccounted_words, 0U)
        << (account.left_out.empty() ? "" : account.left_out.front().text);
    EXPECT_EQ(account.coverage(), 1.0);
}

constexpr SameCase kSame[] = {
    {"Marks", "A title with words", "# A **title** with [words](https://x.org)\n"},
    {"EmphasisWithinAWord", "abc", "a**b**c"},
    {"Hyphenation", "infor- mation is one word", "information is one word"},
    {"HyphenationBesideTheSameWords", "infor- mation, mation", "information, mation"},
    {"Exponents", "2 30 10-9 H2O e kx", "2\u00b3\u2070 10\u207b\u2079 H\u2082O e<sup>kx</sup>"},
    {"Ligatures", "\uFB01nd o\uFB03ce", "find office"},
    {"TablesOfTags", "a b c",
     "<table>\n<tr><td colspan=\"2\">a</td><td>b<br>c</td></tr>\n</table>\n"},
    {"Escapes", "a_b 1 * 2", "a\\_b 1 \\* 2"},
    {"WithoutBlanks", "\u6C34\u9CE5", "\u9CE5 x \u6C34"},
    {"RaisedMarksBesideNumbers", "273.879 other 1", "\u00b9273.879 other"},
    {"PiecesFromRightToLeft", "\u05DC\u05D5\u05DD \u05E9", "\u05E9\u05DC\u05D5\u05DD"},
    {"Nothing", "", "x"},
};
INSTANTIATE_TEST_SUITE_P(Ledger, NothingIsMissing, testing::ValuesIn(kSame),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Ledger, AWordThatIsGoneIsMissing) {
    const Account account = account_of("one two three two", "one two three");
    EXPECT_EQ(account.unaccounted_words, 1U);
    EXPECT_EQ(account.coverage(), 0.75);
    ASSERT_EQ(account.left_out.size(), 1U);
    EXPECT_EQ(account.left_out[0].reason, LeftOutReason::missing);
    EXPECT_EQ(account.left_out[0].text, "two");
}

TEST(Ledger, DigitsThatRunTogetherAreMissing) {
    EXPECT_EQ(account_of("total 418.20", "total 41820").unaccounted_words, 0U) << "joined";
    EXPECT_EQ(account_of("total 418.20", "total 418.2").unaccounted_words, 1U);
}

TEST(Ledger, WhatWasMeantToGoIsNotMissing) {
    const Account account =
        account_of("Home About The text", "The text",
                   {{.reason = LeftOutReason::boilerplate, .text = "Home About"}});
    EXPECT_EQ(account.unaccounted_words, 0U);
    EXPECT_EQ(account.found_words, 2U);
    ASSERT_EQ(account.left_out.size(), 1U);
    EXPECT_EQ(account.left_out[0].reason, LeftOutReason::boilerplate);
}

TEST(Ledger, AHeadThatGoesIsNoneOfTheWordsThatStay) {
    // The output has the word once: as the one that was hyphenated.
    const Account account =
        account_of("Results and re- sults", "and Results",
                   {{.reason = LeftOutReason::running_head, .text = "Results"}});
    EXPECT_EQ(account.unaccounted_words, 2U) << "case counts";
    const Account same = account_of("results and re- sults", "and results",
                                    {{.reason = LeftOutReason::running_head, .text = "results"}});
    EXPECT_EQ(same.unaccounted_words, 0U);
    EXPECT_EQ(same.found_words, 3U);
}

TEST(Ledger, TagsOfAMarkdownFileAreNoWords) {
    model::Document document;
    document.source_text = "<div class=x>one</div> `a<b>c`";
    EXPECT_EQ(account(document, "<div>one</div> `a<b>c`", Source::markdown).unaccounted_words, 0U);
    EXPECT_EQ(account(document, "<div>", Source::markdown).unaccounted_words, 3U);
}

TEST(Ledger, WhatWasLeftOutMayBeGluedToItsNeighbours) {
    const auto check = [](const char* source, std::vector<const char*> left_out,
                          const char* output) {
        model::Document document;
        document.source_text = source;
        for (const char* text : left_out) {
            document.left_out.push_back({.reason = model::LeftOutReason::hidden, .text = text});
        }
        return account(document, output);
    };
    const Account behind = check("one secrettwo three", {"secret"}, "one two three");
    EXPECT_EQ(behind.unaccounted_words, 0U);
    EXPECT_EQ(behind.found_words, 3U);
    EXPECT_EQ(behind.left_out.size(), 1U);
    EXPECT_EQ(check("onesecret", {"secret"}, "one").unaccounted_words, 0U);
    EXPECT_EQ(check("onesecrettwo", {"secret"}, "one two").unaccounted_words, 0U);
    EXPECT_EQ(check("abc x", {"a", "b", "c"}, "x").found_words, 1U) << "all of it was left out";
    EXPECT_EQ(check("größegeheim", {"geheim"}, "Größe größe").unaccounted_words, 0U);
    // What nobody meant to leave out is no piece, nor is a word that stands in the output already.
    EXPECT_EQ(check("secrettwo", {"other"}, "two").unaccounted_words, 1U);
    EXPECT_EQ(check("two secrettwo", {"secret"}, "two").unaccounted_words, 1U);
    EXPECT_EQ(check("secrettwo", {"secret"}, "").unaccounted_words, 1U);
}

TEST(Ledger, WordsInARowAreOneEntry) {
    const Account account = account_of("a b c d e", "a e");
    ASSERT_EQ(account.left_out.size(), 1U);
    EXPECT_EQ(account.left_out[0].text, "b c d");
}

TEST(Ledger, PagesAreNamed) {
    model::Document document;
    document.pages = 3;
    document.source_text = "one\ftwo words\fthree gone\f";
    const Account out = account(document, "one three");
    EXPECT_THAT(out.pages_missing, ElementsAre(2U));
    ASSERT_EQ(out.left_out.size(), 2U);
    EXPECT_EQ(out.left_out[0].page, 2U);
    EXPECT_EQ(out.left_out[1].page, 3U);
    EXPECT_EQ(out.left_out[1].text, "gone");
}

TEST(Ledger, WhatIsShownIsBounded) {
    std::string source;
    for (std::size_t i = 0; i < kEntriesMax + 5; ++i) source += "x" + std::to_string(i) + " kept ";
    source += "long";
    std::string kept;
    for (std::size_t i = 0; i < kEntriesMax + 5; ++i) kept += "kept ";
    const Account account = account_of(source, kept);
    EXPECT_EQ(account.left_out.size(), kEntriesMax);
    EXPECT_EQ(account.words_beyond, 6U);

    std::string page;
    for (int i = 0; i < 200; ++i) page += "word ";
    const Account cut = account_of(page, "");
    ASSERT_EQ(cut.left_out.size(), 1U);
    EXPECT_LE(cut.left_out[0].text.size(), kEntryBytesMax);
    EXPECT_EQ(cut.words_beyond, 100U);
}

}  // namespace
}  // namespace ingestor::extract::pipeline::ledger
