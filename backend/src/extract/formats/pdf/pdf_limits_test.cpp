#include <cstddef>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "extract/formats/pdf/parsed_pdf.hpp"

namespace ingestor::extract::pdf {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(PdfLimits, PicturesWithoutTextNeedOcr) {
    PdfBuilder pdf;
    pdf.page().picture();
    const auto document = parse_pdf(pdf.build(), ParseLimits{}, {});
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().code, Errc::unsupported);
    EXPECT_THAT(document.error().message, HasSubstr("OCR"));
}

TEST(PdfLimits, PageWithoutTextAmongOthersIsAWarning) {
    PdfBuilder pdf;
    pdf.page().lines(72, 100, kProse).page().picture();
    EXPECT_THAT(parsed(pdf).warnings, ElementsAre(HasSubstr("page 2")));
}

TEST(PdfLimits, BlankPageIsEmpty) {
    PdfBuilder pdf;
    pdf.page();
    const auto document = parse_pdf(pdf.build(), ParseLimits{}, {});
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().code, Errc::empty);
}

TEST(PdfLimits, TooManyPagesAreTooLarge) {
    PdfBuilder pdf;
    pdf.page().page().page();
    const auto document = parse_pdf(pdf.build(), ParseLimits{.pages_max = 2}, {});
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().code, Errc::too_large);
    EXPECT_THAT(document.error().message, HasSubstr("pages_max"));
}

TEST(PdfLimits, TooMuchTextIsTooLarge) {
    PdfBuilder pdf;
    pdf.page().lines(72, 100, kProse);
    const auto document = parse_pdf(pdf.build(), ParseLimits{.text_bytes_max = 20}, {});
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().code, Errc::too_large);
}

TEST(PdfLimits, ContentThatUnpacksToTooMuchIsTooLarge) {
    PdfBuilder pdf;
    pdf.page().lines(72, 100, kProse).raw(std::string(100'000, ' ')).packed();
    const std::string bytes = pdf.build();
    const auto small = parse_pdf(bytes, ParseLimits{.unpacked_bytes_max = 50'000}, {});
    ASSERT_FALSE(small);
    EXPECT_EQ(small.error().code, Errc::too_large);
    EXPECT_THAT(small.error().message, HasSubstr("unpacked_bytes_max"));
    const auto large = parse_pdf(bytes, ParseLimits{}, {});
    ASSERT_TRUE(large) << large.error().message;
    EXPECT_THAT(texts(*large, BlockKind::paragraph), ElementsAre(joined(kProse)));
}

TEST(PdfLimits, PackedContentThatBreaksOffIsReadAsFarAsItGoes) {
    PdfBuilder pdf;
    pdf.page()
        .lines(72, 100, kProse)
        .raw(std::string(5'000, ' '))
        .text(72, 300, "the end")
        .packed();
    std::string bytes = pdf.build();
    const std::size_t end = bytes.find("\nendstream", bytes.find("/FlateDecode"));
    for (std::size_t i = end - 12; i < end; ++i) bytes[i] = '\0';
    const auto document = parse_pdf(bytes, ParseLimits{}, {});
    ASSERT_TRUE(document) << document.error().message;
    EXPECT_EQ(flat(document->blocks).front().text, joined(kProse));
}

TEST(PdfLimits, TextDrawnOnOneSpotIsCutShort) {
    PdfBuilder pdf;
    pdf.page();
    for (int i = 0; i < 2'000; ++i) pdf.text(100, 100, "word");
    pdf.lines(72, 300, kProse);
    const Document document = parsed(pdf);
    EXPECT_THAT(document.warnings, ElementsAre(HasSubstr("one spot")));
    EXPECT_THAT(texts(document, BlockKind::paragraph), Contains(joined(kProse)));
}

TEST(PdfLimits, LostTableOfObjectsIsRebuilt) {
    PdfBuilder pdf;
    pdf.page().lines(72, 100, kProse);
    std::string bytes = pdf.build();
    bytes.replace(bytes.find("startxref\n") + 10, 1, "9");
    const auto document = parse_pdf(bytes, ParseLimits{}, {});
    ASSERT_TRUE(document) << document.error().message;
    EXPECT_THAT(texts(*document, BlockKind::paragraph), ElementsAre(joined(kProse)));
}

TEST(PdfLimits, FileCutBeforeItsTrailerIsRead) {
    PdfBuilder pdf;
    pdf.page().lines(72, 100, kProse);
    std::string bytes = pdf.build();
    bytes.resize(bytes.rfind("xref\n0"));
    const auto document = parse_pdf(bytes, ParseLimits{}, {});
    ASSERT_TRUE(document) << document.error().message;
    EXPECT_THAT(texts(*document, BlockKind::paragraph), ElementsAre(joined(kProse)));
}

TEST(PdfLimits, PasswordIsNeeded) {
    PdfBuilder pdf;
    pdf.page().lines(72, 100, kProse).encrypted();
    const auto document = parse_pdf(pdf.build(), ParseLimits{}, {});
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().code, Errc::encrypted);
}

TEST(PdfLimits, ManyRulingLinesDoNotHideTheText) {
    PdfBuilder pdf;
    pdf.page().lines(72, 50, kProse);
    std::string grid;
    for (int i = 0; i < 30'000; ++i) {
        grid += std::to_string(i % 600) + " 0 m " + std::to_string(i % 600) + " 700 l S\n";
        grid += "0 " + std::to_string(i % 700) + " m 600 " + std::to_string(i % 700) + " l S\n";
    }
    pdf.raw(grid);
    const Document document = parsed(pdf);
    ASSERT_FALSE(document.blocks.empty());
}

TEST(PdfLimits, FontThatDoesNotSayItsLettersIsAWarning) {
    PdfBuilder pdf;
    pdf.page().raw("BT /Fx 10 Tf 72 692 Td (abcabcabc) Tj ET");
    std::string bytes = pdf.build();
    const std::string from = "/Font << /F0";
    const std::string to =
        "/Font << /Fx << /Type /Font /Subtype /Type1 /BaseFont /Odd /FirstChar 97 /LastChar 99 "
        "/Widths [500 500 500] /Encoding << /Differences [97 /zork /zonk /zink] >> >> /F0";
    bytes.replace(bytes.find(from), from.size(), to);
    const auto document = parse_pdf(bytes, ParseLimits{}, {});
    ASSERT_TRUE(document) << document.error().message;
    EXPECT_THAT(document->warnings, ElementsAre(HasSubstr("unreliable")));
}

TEST(PdfLimits, NoiseIsCorrupt) {
    const auto document = parse_pdf("%PDF-1.4\nnothing that is an object", ParseLimits{}, {});
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().code, Errc::corrupt);
}

TEST(PdfLimits, NoBytesAreEmpty) {
    const auto document = parse_pdf({}, ParseLimits{}, {});
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().code, Errc::empty);
}

TEST(PdfLimits, ScatteredWordsStandInTheOrderOfTheContent) {
    PdfBuilder pdf;
    pdf.page(6'600, 6'600);
    std::string content = "BT /F0 9 Tf\n";
    constexpr int kSide = 110;
    for (int i = 0; i < kSide * kSide; ++i) {
        content += "1 0 0 1 " + std::to_string(i % kSide * 60) + " " +
                   std::to_string(6'580 - i / kSide * 60) + " Tm (w" + std::to_string(i) + ") Tj\n";
    }
    const Document document = parsed(pdf.raw(content + "ET"));
    EXPECT_THAT(document.warnings, ElementsAre(HasSubstr("too many pieces of text on page 1")));
    std::string text;
    for (const FlatBlock& block : flat(document.blocks)) {
        text += block.text + " ";
        for (const auto& row : block.rows) {
            for (const auto& cell : row) text += cell + " ";
        }
    }
    for (int i = 0; i < kSide * kSide; i += 97) {
        EXPECT_THAT(text, HasSubstr("w" + std::to_string(i))) << "no word is lost";
    }
}

TEST(PdfLimits, APageOfManyLabelsIsLaidOut) {
    PdfBuilder pdf;
    pdf.page();
    for (int i = 0; i < 2'000; ++i)
        pdf.text(20 + i % 20 * 28, 20 + i / 20 * 7, std::to_string(i), 4);
    EXPECT_TRUE(parsed(pdf).warnings.empty());
}

TEST(PdfLimits, DrawingWithoutEndIsTooLarge) {
    PdfBuilder pdf;
    pdf.page().lines(72, 100, kProse).raw(std::string(40'000'000, '\n') + "q Q").packed();
    EXPECT_TRUE(parse_pdf(pdf.build(), ParseLimits{}, {})) << "blanks are no work";
    std::string often;
    for (int i = 0; i < 2'000'000; ++i) often += "q Q ";
    const auto document = parse_pdf(
        PdfBuilder().page().lines(72, 100, kProse).raw(often).packed().build(), ParseLimits{}, {});
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().code, Errc::too_large);
    EXPECT_THAT(document.error().message, HasSubstr("page 1 draws too much"));
}

TEST(PdfLimits, StatesSavedWithoutEndAreTooLarge) {
    std::string often;
    for (int i = 0; i < 50'000; ++i) often += "q ";
    const auto document =
        parse_pdf(PdfBuilder().page().lines(72, 100, kProse).raw(often).build(), ParseLimits{}, {});
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().code, Errc::too_large);
}

TEST(PdfLimits, LinksOfAnyLengthAreLeftOut) {
    PdfBuilder pdf;
    pdf.page().lines(72, 100, kProse);
    pdf.link(0, 0, 612, 792, "http://a/" + std::string(100'000, 'u'));
    EXPECT_THAT(texts(parsed(pdf), BlockKind::paragraph), ElementsAre(joined(kProse)));
}

}  // namespace
}  // namespace ingestor::extract::pdf
