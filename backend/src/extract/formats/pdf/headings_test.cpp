#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "extract/formats/pdf/parsed_pdf.hpp"

namespace ingestor::extract::pdf {
namespace {

using testing::ElementsAre;
using Font = PdfBuilder::Font;

std::vector<std::pair<std::string, int>> titles(const Document& document) {
    std::vector<std::pair<std::string, int>> out;
    for (const FlatBlock& block : flat(document.blocks)) {
        if (block.kind == BlockKind::heading) out.emplace_back(block.text, block.level);
    }
    return out;
}

TEST(PdfHeadings, CaptionIsNone) {
    PdfBuilder pdf;
    pdf.page().lines(72, 60, kProse);
    pdf.text(72, 130, "Figure 4.6. Fuel of each kind of plant", 10, Font::bold);
    pdf.lines(72, 160, kProse).text(72, 230, "Fuel of the plants", 10, Font::bold);
    pdf.lines(72, 250, kProse);
    EXPECT_THAT(texts(parsed(pdf), BlockKind::heading), ElementsAre("Fuel of the plants"));
}

TEST(PdfHeadings, BoldLineThatEndsInAColonHeadsWhatIsBelow) {
    PdfBuilder pdf;
    pdf.page().lines(72, 60, kProse).text(72, 120, "As a boater:", 10, Font::bold);
    pdf.lines(72, 134, kProse);
    EXPECT_THAT(texts(parsed(pdf), BlockKind::heading), ElementsAre("As a boater:"));
}

TEST(PdfHeadings, LabelBeforeItsValueIsNone) {
    PdfBuilder pdf;
    pdf.page().lines(72, 60, kProse).text(72, 120, "Berth:", 10, Font::bold);
    pdf.text(130, 120, "four, by the old crane").lines(72, 160, kProse);
    EXPECT_THAT(texts(parsed(pdf), BlockKind::heading), ElementsAre());
}

TEST(PdfHeadings, LargeLabelWithAValueFarBesideItIsNone) {
    PdfBuilder pdf;
    pdf.page().lines(72, 60, kProse).lines(72, 200, kProse);
    for (const double size : {13.0, 15.0, 18.0}) {
        const double y = 100 + 4 * size;
        pdf.text(72, y, "Recall", size).text(280, y, "94.2", size);
    }
    EXPECT_THAT(texts(parsed(pdf), BlockKind::heading), ElementsAre());
}

TEST(PdfHeadings, LargeNumberAboveATitleIsOfIt) {
    for (const char* const number : {"2", "14"}) {
        PdfBuilder pdf;
        pdf.page().text(72, 80, number, 24).text(72, 120, "The Lost Homeland", 18);
        pdf.lines(72, 150, kProse).lines(72, 200, kProse);
        EXPECT_THAT(texts(parsed(pdf), BlockKind::heading),
                    ElementsAre(number, "The Lost Homeland"));
    }
}

TEST(PdfHeadings, NumberOfThePagesSizeIsNoTitles) {
    PdfBuilder pdf;
    pdf.page().lines(72, 60, kProse).text(72, 120, "14").text(72, 150, "The Lost Homeland", 18);
    pdf.lines(72, 180, kProse);
    EXPECT_THAT(texts(parsed(pdf), BlockKind::heading), ElementsAre("The Lost Homeland"));
}

TEST(PdfHeadings, NumberMayBeSetInAnotherFont) {
    PdfBuilder pdf;
    pdf.page().lines(72, 60, kProse);
    pdf.text(72, 120, "3").text(84, 120, "Training Details", 10, Font::bold);
    pdf.lines(72, 140, kProse);
    EXPECT_THAT(texts(parsed(pdf), BlockKind::heading), ElementsAre("3 Training Details"));
}

TEST(PdfHeadings, DepthOfTheNumberIsTheLevelWhereTheLookIsTheSame) {
    PdfBuilder pdf;
    pdf.page();
    double y = 60;
    for (const char* const title : {"3. Rivers", "3.5. The long ones", "3.5.1. In the north",
                                    "3.6. The short ones", "4. Lakes"}) {
        pdf.text(72, y, title, 12, Font::bold).lines(72, y + 18, kProse);
        y += 80;
    }
    EXPECT_THAT(titles(parsed(pdf)),
                ElementsAre(std::pair("3. Rivers", 1), std::pair("3.5. The long ones", 2),
                            std::pair("3.5.1. In the north", 3),
                            std::pair("3.6. The short ones", 2), std::pair("4. Lakes", 1)));
}

TEST(PdfHeadings, TextOverLongerNotesInSmallTypeIsNone) {
    PdfBuilder pdf;
    pdf.page();
    std::vector<std::string> notes;
    for (int i = 0; i < 5; ++i) notes.insert(notes.end(), kProse.begin(), kProse.end());
    pdf.lines(72, 60, kProse, 12, 14).lines(72, 102, kProse, 12, 14).lines(72, 200, notes, 9, 11);
    EXPECT_THAT(texts(parsed(pdf), BlockKind::heading), ElementsAre());
}

}  // namespace
}  // namespace ingestor::extract::pdf
