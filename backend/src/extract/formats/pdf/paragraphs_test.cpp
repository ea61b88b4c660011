#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "extract/formats/pdf/parsed_pdf.hpp"

namespace ingestor::extract::pdf {
namespace {

using testing::ElementsAre;

// A paragraph of six lines, with the end of a sentence at a line's end.
const std::vector<std::string> kLong = {
    "The committee met on the second day of the month to consider the",
    "request that the harbour office had made in the spring, and heard",
    "three speakers who had each read the whole of the file beforehand.",
    "None of them asked for a delay, and the chair closed the matter at",
    "noon with a remark about the weather, and about the season that is"};

TEST(PdfParagraphs, LinesInWideSpaceAreJoined) {
    for (const double leading : {18.0, 24.0, 30.0}) {
        PdfBuilder pdf;
        pdf.page().lines(72, 60, kLong, 12, leading);
        EXPECT_THAT(texts(parsed(pdf), BlockKind::paragraph), ElementsAre(joined(kLong)))
            << leading;
    }
}

TEST(PdfParagraphs, IndentBeginsAParagraphInWideSpace) {
    PdfBuilder pdf;
    std::vector<std::string> first(kLong.begin(), kLong.begin() + 3);
    pdf.page().lines(72, 60, first, 12, 24);
    pdf.text(96, 132, kLong[3], 12);
    pdf.lines(72, 156, {kLong[4], kLong[0]}, 12, 24);
    EXPECT_THAT(texts(parsed(pdf), BlockKind::paragraph),
                ElementsAre(joined(first), joined({kLong[3], kLong[4], kLong[0]})));
}

TEST(PdfParagraphs, SingleLinesWithWhiteBetweenStayApart) {
    PdfBuilder pdf;
    pdf.page().lines(72, 60, kLong, 12, 14).lines(72, 160, {"Two nets", "A boat", "Oars"}, 12, 26);
    const auto paragraphs = texts(parsed(pdf), BlockKind::paragraph);
    EXPECT_THAT(paragraphs, ElementsAre(joined(kLong), "Two nets", "A boat", "Oars"));
}

TEST(PdfParagraphs, CompoundThatStandsElsewhereKeepsItsHyphen) {
    PdfBuilder pdf;
    pdf.page().lines(
        72, 60,
        {"A state-owned firm built it, as we said, and the state-",
         "owned tugs pass below, with a lot of other informa-", "tion about the bridge."});
    EXPECT_THAT(texts(parsed(pdf), BlockKind::paragraph),
                ElementsAre("A state-owned firm built it, as we said, and the state-owned tugs "
                            "pass below, with a lot of other information about the bridge."));
}

TEST(PdfParagraphs, NumbersAlongAnAxisAreNoParagraphsOfTheirOwn) {
    PdfBuilder pdf;
    pdf.page().lines(72, 60, kLong, 12, 14);
    for (int i = 0; i < 6; ++i) pdf.text(80, 200 + 31 * i, std::to_string(100 - 20 * i), 8);
    EXPECT_THAT(texts(parsed(pdf), BlockKind::paragraph),
                ElementsAre(joined(kLong), "100 80 60 40 20 0"));
}

TEST(PdfParagraphs, LinesBesideAPictureAreOneParagraph) {
    for (const double left : {196.0, 204.0}) {
        PdfBuilder pdf;
        pdf.page().picture();
        pdf.raw("q 320 0 0 70 " + std::to_string(left) + " 662 cm /Im0 Do Q");
        std::vector<std::string> beside = {"He walked on the quay. It", "was cold. Some nets hung",
                                           "from the rail. A dog slept", "below them. Nobody else"};
        pdf.lines(72, 70, beside, 10, 12);
        pdf.lines(72, 142,
                  {kLong[0] + " in the hall and in the", kLong[1] + " in the yard of it", kLong[2]},
                  10, 12);
        const auto paragraphs = texts(parsed(pdf), BlockKind::paragraph);
        ASSERT_FALSE(paragraphs.empty());
        EXPECT_EQ(paragraphs[0].substr(0, joined(beside).size()), joined(beside));
    }
}

}  // namespace
}  // namespace ingestor::extract::pdf
