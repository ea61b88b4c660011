#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "extract/formats/pdf/parsed_pdf.hpp"
#include "extract/formats/pdf/pdf_file.hpp"

namespace ingestor::extract::pdf {
namespace {

using Font = PdfBuilder::Font;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Pdf, LinesOfAParagraphAreJoined) {
    PdfBuilder pdf;
    pdf.page().lines(72, 100, kProse);
    EXPECT_THAT(texts(parsed(pdf), BlockKind::paragraph), ElementsAre(joined(kProse)));
}

TEST(Pdf, BlocksKnowTheirPageAndBox) {
    PdfBuilder pdf;
    pdf.page().lines(72, 100, kProse).page().lines(100, 200, kProse);
    const Document document = parsed(pdf);
    ASSERT_EQ(flat(document.blocks).size(), 2U);
    EXPECT_EQ(document.pages, 2U);
    const FlatBlock second = flat(document.blocks)[1];
    EXPECT_EQ(second.page, 2U);
    EXPECT_EQ(second.last_page, 2U);
    ASSERT_TRUE(second.box);
    EXPECT_NEAR(second.box->left, 100, 1);
    EXPECT_NEAR(second.box->top, 193, 4);
    EXPECT_NEAR(second.box->bottom, 226, 4);
}

TEST(Pdf, TwoColumnsAreReadOneAfterTheOther) {
    const std::vector<std::string> left = {
        "In the left column the story",  "starts with a long walk along",
        "the shore and goes on about",   "the weather of that summer day",
        "until the column comes to its", "end in the middle of a thought"};
    const std::vector<std::string> right = {
        "that the right column takes up", "again as if nothing had been in",
        "the way and follows to the end", "of the page where all of it is",
        "said and done and nothing more", "remains to be told by anybody."};
    PdfBuilder pdf;
    pdf.page().lines(72, 100, left).lines(330, 100, right);
    EXPECT_THAT(texts(parsed(pdf), BlockKind::paragraph),
                ElementsAre(joined(left) + " " + joined(right)));
}

struct HyphenCase {
    const char* name;
    const char* first;
    const char* second;
    const char* joined;
};

constexpr HyphenCase kHyphens[] = {
    {"CutWordIsJoined", "A long line of text that ends with an exam-", "ple of it.",
     "A long line of text that ends with an example of it."},
    {"SoftHyphenIsJoined", "A long line of text that ends with an exam\xAD", "ple of it.",
     "A long line of text that ends with an example of it."},
    {"HyphenBeforeACapitalStays", "A long line of text that tells of Austria-", "Hungary of old.",
     "A long line of text that tells of Austria-Hungary of old."},
    {"WordOfManyHyphensKeepsThem", "A long line of text on the state-of-the-", "art of it all.",
     "A long line of text on the state-of-the-art of it all."},
    {"DashIsNoHyphen", "A long line of text that ends with a dash \x96", "and goes on.",
     "A long line of text that ends with a dash \xE2\x80\x93 and goes on."},
};

class PdfHyphen : public testing::TestWithParam<HyphenCase> {};

TEST_P(PdfHyphen, MatchesTable) {
    PdfBuilder pdf;
    pdf.page().lines(72, 100, {GetParam().first, GetParam().second});
    EXPECT_THAT(texts(parsed(pdf), BlockKind::paragraph), ElementsAre(GetParam().joined));
}

INSTANTIATE_TEST_SUITE_P(Pdf, PdfHyphen, testing::ValuesIn(kHyphens),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Pdf, LargerTextIsAHeadingOfALevelByItsSize) {
    PdfBuilder pdf;
    pdf.page()
        .text(72, 80, "The Title of It All", 24)
        .text(72, 120, "A Chapter", 16, Font::bold)
        .lines(72, 150, kProse)
        .text(72, 220, "Another Chapter", 16, Font::bold)
        .lines(72, 250, kProse)
        .text(72, 320, "A Section in Bold", 10, Font::bold)
        .lines(72, 350, kProse);
    const Document document = parsed(pdf);
    std::vector<std::pair<int, std::string>> headings;
    for (const FlatBlock& block : flat(document.blocks)) {
        if (block.kind == BlockKind::heading) headings.emplace_back(block.level, block.text);
    }
    EXPECT_THAT(headings,
                ElementsAre(std::pair(1, "The Title of It All"), std::pair(2, "A Chapter"),
                            std::pair(2, "Another Chapter"), std::pair(3, "A Section in Bold")));
}

TEST(Pdf, HeadingsOfOneLookHaveOneLevelHoweverManyLooksThereAre) {
    PdfBuilder pdf;
    for (int page = 0; page < 6; ++page) {
        pdf.page()
            .text(72, 250, "Odd Label", 40 - page * 2.0)
            .text(72, 300, "The Usual Heading", 14, Font::bold)
            .lines(72, 330, kProse)
            .text(72, 400, "Another Usual One", 14, Font::bold)
            .lines(72, 430, kProse);
    }
    pdf.page().text(72, 250, "Odd Label", 22).text(72, 300, "Odd Label", 18);
    std::set<int> levels;
    for (const FlatBlock& block : flat(parsed(pdf).blocks)) {
        if (block.text == "The Usual Heading") {
            ASSERT_EQ(block.kind, BlockKind::heading);
            levels.insert(block.level);
        }
    }
    ASSERT_EQ(levels.size(), 1U);
    EXPECT_LE(*levels.begin(), 6);
}

TEST(Pdf, RunningHeadsAndPageNumbersAreLeftOut) {
    PdfBuilder pdf;
    for (int page = 1; page <= 4; ++page) {
        pdf.page()
            .text(72, 40, "The Journal of Small Things")
            .lines(72, 200, prose_of(page))
            .text(300, 760, std::to_string(page + 169));
    }
    const Document document = parsed(pdf);
    EXPECT_EQ(flat(document.blocks).size(), 4U);
    int page = 0;
    for (const FlatBlock& block : flat(document.blocks))
        EXPECT_EQ(block.text, joined(prose_of(++page)));
    ASSERT_EQ(document.left_out.size(), 8U);
    EXPECT_EQ(document.left_out[0].text, "The Journal of Small Things");
    EXPECT_EQ(document.left_out[0].reason, model::LeftOutReason::running_head);
    EXPECT_EQ(document.left_out[7].page, 4U);
}

// Lines at the pages' edges that differ in their numbers say something of their own.
struct EdgeCase {
    const char* name;
    std::vector<std::string> top, bottom;
};

class PdfEdge : public testing::TestWithParam<EdgeCase> {};

TEST_P(PdfEdge, Stays) {
    const auto& row = GetParam();
    PdfBuilder pdf;
    for (std::size_t page = 0; page < row.top.size(); ++page) {
        pdf.page()
            .text(72, 40, row.top[page])
            .lines(72, 200, prose_of(static_cast<int>(page) + 1))
            .text(72, 740, row.bottom[page]);
    }
    const Document document = parsed(pdf);
    std::string text;
    for (const FlatBlock& block : flat(document.blocks)) text += block.text + "\n";
    for (std::size_t page = 0; page < row.top.size(); ++page) {
        EXPECT_THAT(text, HasSubstr(row.top[page]));
        EXPECT_THAT(text, HasSubstr(row.bottom[page]));
    }
    EXPECT_TRUE(document.left_out.empty());
}

const EdgeCase kEdges[] = {
    {"Invoices",
     {"Invoice 48213", "Invoice 10977", "Invoice 88142"},
     {"Total due: 418.20", "Total due: 97.05", "Total due: 1250.00"}},
    {"NumberedInvoices",
     {"Invoice 1001", "Invoice 1002", "Invoice 1003", "Invoice 1004"},
     {"Total due: 5", "Total due: 70", "Total due: 3", "Total due: 9"}},
    {"Sources",
     {"Chapter of Ships", "Chapter of Tides", "Chapter of Ropes"},
     {"Note 1: Ledger of the Quay, p. 257", "Note 2: Ledger of the Quay, p. 519",
      "Note 3: Ledger of the Quay, p. 345"}},
    {"Sums", {"North", "South", "East"}, {"418", "97", "1250"}},
    {"OnTwoOfFivePages",
     {"Notice of a storm", "b", "c", "Notice of a storm", "e"},
     {"x", "yy", "zzz", "wwww", "vvvvv"}},
};
INSTANTIATE_TEST_SUITE_P(Pdf, PdfEdge, testing::ValuesIn(kEdges),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Pdf, PagesThatAreCopiesKeepAll) {
    PdfBuilder pdf;
    for (int copy = 0; copy < 2; ++copy) {
        pdf.page()
            .text(72, 60, "To the harbour master")
            .text(72, 90, "20000 boxes of lamp oil have come.")
            .text(72, 300, "Greetings");
    }
    const auto blocks = texts(parsed(pdf), BlockKind::paragraph);
    EXPECT_EQ(std::ranges::count(blocks, "20000 boxes of lamp oil have come."), 2);
    EXPECT_EQ(std::ranges::count(blocks, "To the harbour master"), 2);
}

TEST(Pdf, ALargeLineThatComesBackIsReadOnce) {
    PdfBuilder pdf;
    for (int page = 1; page <= 3; ++page)
        pdf.page().text(72, 60, "The Great Handbook", 20).lines(72, 200, prose_of(page));
    EXPECT_THAT(texts(parsed(pdf), BlockKind::heading), ElementsAre("The Great Handbook"));
}

TEST(Pdf, LineThatStandsOnOnePageOnlyStays) {
    PdfBuilder pdf;
    pdf.page().text(72, 40, "A notice that is seen but once").lines(72, 200, kProse);
    pdf.page().lines(72, 200, kProse);
    EXPECT_THAT(texts(parsed(pdf), BlockKind::paragraph),
                Contains("A notice that is seen but once"));
}

TEST(Pdf, ListItemsKeepTheirNumbersAndDepth) {
    PdfBuilder pdf;
    pdf.page()
        .lines(72, 80, kProse)
        .text(72, 140, "1. First of the items")
        .text(72, 154, "2. Second of the items")
        .text(100, 168, "\x95 Point below the second")
        .text(72, 182, "3. Third of the items");
    const Document document = parsed(pdf);
    std::vector<std::tuple<int, int, std::string>> items;
    for (const FlatBlock& block : flat(document.blocks)) {
        if (block.kind == BlockKind::list_item) {
            items.emplace_back(block.level, block.number, block.text);
        }
    }
    EXPECT_THAT(items, ElementsAre(std::tuple(0, 1, "First of the items"),
                                   std::tuple(0, 2, "Second of the items"),
                                   std::tuple(1, 0, "Point below the second"),
                                   std::tuple(0, 3, "Third of the items")));
}

TEST(Pdf, LinkBecomesMarkdown) {
    PdfBuilder pdf;
    pdf.page()
        .text(72, 100, "See the manual")
        .text(137, 100, "")
        .link(87, 90, 140, 103, "https://example.org/manual");
    EXPECT_THAT(texts(parsed(pdf), BlockKind::paragraph),
                ElementsAre("See [the manual](https://example.org/manual)"));
}

TEST(Pdf, LinkEndsBeforeTheCommaBehindIt) {
    PdfBuilder pdf;
    pdf.page().text(72, 100, "See the manual, and (the index).");
    pdf.link(87, 90, 133.2, 103, "https://example.org/manual");
    pdf.link(157, 90, 195.2, 103, "https://example.org/index");
    EXPECT_THAT(texts(parsed(pdf), BlockKind::paragraph),
                ElementsAre("See [the manual](https://example.org/manual), and "
                            "[(the index)](https://example.org/index)."));
}

TEST(Pdf, LinkThatRunsSomethingIsOnlyText) {
    PdfBuilder pdf;
    pdf.page().text(72, 100, "Press here").link(70, 90, 140, 103, "javascript:alert(1)");
    EXPECT_THAT(texts(parsed(pdf), BlockKind::paragraph), ElementsAre("Press here"));
}

TEST(Pdf, EmphasisIsMarkedWithinAParagraph) {
    PdfBuilder pdf;
    pdf.page().raw(
        "BT /F0 10 Tf 72 692 Td (This is ) Tj /F1 10 Tf (bold) Tj /F0 10 Tf ( and ) Tj "
        "/F2 10 Tf (slanted) Tj /F0 10 Tf ( text in a line.) Tj ET");
    EXPECT_THAT(texts(parsed(pdf), BlockKind::paragraph),
                ElementsAre("This is **bold** and *slanted* text in a line."));
}

TEST(Pdf, ExponentsStandApartFromTheirBase) {
    PdfBuilder pdf;
    pdf.page().raw(
        "BT /F0 11 Tf 72 692 Td (There are 2) Tj 4 Ts /F0 7 Tf (30) Tj 0 Ts /F0 11 Tf ( grains, "
        "each "
        "of 10) Tj 4 Ts /F0 7 Tf (-9) Tj 0 Ts /F0 11 Tf ( g and H) Tj -2 Ts /F0 7 Tf (2) Tj 0 Ts "
        "/F0 11 Tf (O.) Tj ET");
    EXPECT_THAT(
        texts(parsed(pdf), BlockKind::paragraph),
        ElementsAre("There are 2\u00b3\u2070 grains, each of 10\u207b\u2079 g and H\u2082O."));
}

TEST(Pdf, AWordInASmallerTypeIsNoExponent) {
    PdfBuilder pdf;
    pdf.page().raw(
        "BT /F0 11 Tf 72 692 Td (Large and ) Tj /F0 7 Tf (small) Tj /F0 11 Tf ( on one line, 12) "
        "Tj "
        "/F0 7 Tf (a) Tj ET");
    EXPECT_THAT(texts(parsed(pdf), BlockKind::paragraph),
                ElementsAre("Large and small on one line, 12a"));
}

TEST(Pdf, LinesInAFixedFontAreCode) {
    PdfBuilder pdf;
    pdf.page()
        .lines(72, 60, kProse)
        .text(72, 120, "int main() {", 10, Font::mono)
        .text(96, 132, "return 0;", 10, Font::mono)
        .text(72, 144, "}", 10, Font::mono);
    EXPECT_THAT(texts(parsed(pdf), BlockKind::code), ElementsAre("int main() {\n    return 0;\n}"));
}

TEST(Pdf, ParagraphGoesOnOverThePage) {
    PdfBuilder pdf;
    pdf.page().lines(72, 600, {kProse[0], kProse[1]});
    pdf.page().lines(72, 100, {kProse[2]});
    const Document document = parsed(pdf);
    ASSERT_EQ(flat(document.blocks).size(), 1U);
    EXPECT_EQ(flat(document.blocks)[0].text, joined(kProse));
    EXPECT_EQ(flat(document.blocks)[0].page, 1U);
    EXPECT_EQ(flat(document.blocks)[0].last_page, 2U);
}

TEST(Pdf, FormValueIsText) {
    PdfBuilder pdf;
    pdf.page().text(72, 100, "Name:").field(120, 100, "Alice Liddell");
    const Document document = parsed(pdf);
    EXPECT_THAT(joined(texts(document, BlockKind::paragraph)), HasSubstr("Alice Liddell"));
}

TEST(Pdf, MetadataIsRead) {
    PdfBuilder pdf;
    pdf.page().lines(72, 100, kProse);
    pdf.info("Title", "On Small Things").info("Author", "A. Writer");
    pdf.info("CreationDate", "D:20240229120000+02'00'").language("en-GB");
    const Document document = parsed(pdf);
    EXPECT_EQ(document.title, "On Small Things");
    EXPECT_EQ(document.author, "A. Writer");
    EXPECT_EQ(document.created, "2024-02-29T10:00:00Z");
    EXPECT_EQ(document.language, "en-GB");
}

TEST(Pdf, ListingInColumnsIsReadRowByRow) {
    PdfBuilder pdf;
    pdf.page().lines(72, 60, kProse);
    pdf.lines(72, 120, {"one", "two", "six"}, 10, 12, Font::mono);
    pdf.lines(132, 120, {"1", "2", "6"}, 10, 12, Font::mono);
    EXPECT_THAT(texts(parsed(pdf), BlockKind::code),
                ElementsAre("one       1\ntwo       2\nsix       6"));
}

TEST(Pdf, ProgressIsToldOfTheLastPage) {
    PdfBuilder pdf;
    for (int page = 0; page < 10; ++page) pdf.page().lines(72, 100, kProse);
    std::vector<std::uint32_t> told;
    const auto document =
        parse_pdf(pdf.build(), ParseLimits{}, [&](std::uint32_t pages) { told.push_back(pages); });
    ASSERT_TRUE(document);
    EXPECT_THAT(told, ElementsAre(8, 10));
}

TEST(Pdf, TextAfterAFigureInAColumnComesBeforeTheNextColumn) {
    PdfBuilder pdf;
    const std::vector<std::string> before = {"Above the figure there stands the",
                                             "first half of the left column and",
                                             "it ends with this very sentence."};
    const std::vector<std::string> after = {"Below the figure the left column",
                                            "goes on for some more lines until",
                                            "its own end is reached as well."};
    const std::vector<std::string> right = {
        "The right column runs down all of", "the page beside the figure and has",
        "no regard for what is left of it,", "and so it has more lines than the",
        "other one has above or below the",  "figure taken by themselves alone."};
    pdf.page().lines(72, 100, before).lines(72, 400, after).lines(320, 100, right);
    EXPECT_THAT(texts(parsed(pdf), BlockKind::paragraph),
                ElementsAre(joined(before), joined(after), joined(right)));
}

TEST(Pdf, TitleOverBothColumnsComesFirst) {
    PdfBuilder pdf;
    pdf.page()
        .text(200, 80, "A Title over All of It", 18)
        .lines(72, 120, kProse, 7)
        .lines(330, 120, kProse, 7);
    const Document document = parsed(pdf);
    ASSERT_FALSE(document.blocks.empty());
    EXPECT_EQ(flat(document.blocks).front().text, "A Title over All of It");
}

TEST(Pdf, OutlineGivesTheLevelOfAHeading) {
    PdfBuilder pdf;
    pdf.bookmark("Small but Bold");
    pdf.page()
        .text(72, 80, "A Large Line", 20)
        .lines(72, 120, kProse)
        .text(72, 180, "Small but Bold", 10, Font::bold)
        .lines(72, 200, kProse);
    for (const FlatBlock& block : flat(parsed(pdf).blocks)) {
        if (block.text == "Small but Bold") {
            EXPECT_EQ(block.kind, BlockKind::heading);
            EXPECT_EQ(block.level, 1);
        }
    }
}

TEST(Pdf, EntriesOfContentsKeepTheirPages) {
    PdfBuilder pdf;
    pdf.page();
    const char* const titles[] = {"Introduction", "Materials", "Results", "Outlook"};
    double y = 100;
    int number = 3;
    for (const char* const title : titles) {
        pdf.text(72, y, std::string(title) + " . . . . . . . . . . . . . . . . . . . . . .");
        pdf.text(500, y, std::to_string(number));
        y += 12;
        number += 4;
    }
    EXPECT_THAT(texts(parsed(pdf), BlockKind::list_item),
                ElementsAre("Introduction . . . 3", "Materials . . . 7", "Results . . . 11",
                            "Outlook . . . 15"));
}

TEST(Pdf, HeadThatNamesTheChapterIsLeftOut) {
    PdfBuilder pdf;
    for (int page = 0; page < 8; ++page) {
        pdf.page()
            .text(72, 50, page < 4 ? "On Rivers" : "On Mountains", 10, Font::italic)
            .lines(72, 200, prose_of(page + 1));
    }
    for (const FlatBlock& block : flat(parsed(pdf).blocks)) {
        EXPECT_THAT(block.text, Not(HasSubstr("On "))) << "on page " << block.page;
    }
}

TEST(Pdf, ArtifactsAtAPagesEdgeAreLeftOut) {
    PdfBuilder pdf;
    pdf.page().lines(72, 200, kProse);
    pdf.raw("/Artifact BMC BT /F0 10 Tf 72 760 Td (Draft for review) Tj ET EMC");
    EXPECT_THAT(texts(parsed(pdf), BlockKind::paragraph), ElementsAre(joined(kProse)));
}

TEST(PopplerData, ThatBesideTheProgramComesFirst) {
    const auto program =
        std::filesystem::path(testing::TempDir()) / ("poppler-data-" + std::to_string(::getpid()));
    EXPECT_EQ(poppler_data(program), "");
    std::filesystem::create_directories(program / "share" / "poppler");
    EXPECT_EQ(poppler_data(program), (program / "share" / "poppler").string());
    std::filesystem::remove_all(program);
}

TEST(Pdf, TextThatIsFilledAndStrokedIsBold) {
    PdfBuilder pdf;
    pdf.page().text(72, 60, "An outlined title", 10).lines(72, 90, kProse);
    pdf.page().raw("2 Tr").text(72, 60, "Terms of carriage").raw("0 Tr").lines(72, 84, kProse);
    const Document document = parsed(pdf);
    EXPECT_THAT(texts(document, BlockKind::heading), ElementsAre("Terms of carriage"));
}

}  // namespace
}  // namespace ingestor::extract::pdf
