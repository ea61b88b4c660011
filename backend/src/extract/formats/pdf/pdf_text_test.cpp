// What the reading of pages makes of text that is drawn in odd ways.
#include <cmath>
#include <numbers>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "extract/formats/pdf/parsed_pdf.hpp"
#include "extract/render/markdown.hpp"

namespace ingestor::extract::pdf {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string at_an_angle(double x, double y, double degrees, double size, std::string_view text) {
    const double angle = degrees * std::numbers::pi / 180;
    return fmt::format("BT /F0 {} Tf {:.4f} {:.4f} {:.4f} {:.4f} {} {} Tm ({}) Tj ET\n", size,
                       std::cos(angle), std::sin(angle), -std::sin(angle), std::cos(angle), x, y,
                       text);
}

// Each glyph at its own place, `step` apart; a blank takes `blank`, or is not drawn where `gap` is.
std::string one_by_one(double x, double y, double size, double step, std::string_view text,
                       double blank, double gap = 0) {
    std::string out = fmt::format("BT /F0 {} Tf ", size);
    for (const char c : text) {
        if (c != ' ' || gap == 0) out += fmt::format("1 0 0 1 {:.2f} {:.2f} Tm ({}) Tj ", x, y, c);
        x += c != ' ' ? step : gap > 0 ? gap : blank;
    }
    return out + "ET\n";
}

std::vector<std::string> left_out(const Document& document, model::LeftOutReason reason) {
    std::vector<std::string> out;
    for (const model::LeftOut& entry : document.left_out) {
        if (entry.reason == reason) out.push_back(entry.text);
    }
    return out;
}

// A document of one page with these operators and annotations, whose object 9 is a picture.
Document document_of(std::string_view content, std::string_view annotations = {}) {
    const std::string pdf = fmt::format(
        "%PDF-1.7\n"
        "1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        "2 0 obj\n<< /Type /Pages /Count 1 /Kids [3 0 R] >>\nendobj\n"
        "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R\n"
        "/Resources << /Font << /F0 4 0 R /F1 6 0 R >> /XObject << /Scan 9 0 R >> >> /Annots [{}] "
        ">>\nendobj\n"
        "4 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n"
        "5 0 obj\n<< /Length {} >>\nstream\n{}\nendstream\nendobj\n"
        // A to E are boxes: empty, ticked, crossed, filled, and an empty one of another font.
        "6 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding "
        "/Differences [65 /uni25A1 /uni2611 /uni2612 /uni25A0 /uni274F] >> >>\nendobj\n"
        "9 0 obj\n<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray "
        "/BitsPerComponent 8 /Length 1 >>\nstream\nx\nendstream\nendobj\n"
        "trailer\n<< /Root 1 0 R /Size 10 >>\n%%EOF\n",
        annotations, content.size(), content);
    auto document = parse_pdf(pdf, ParseLimits{}, {});
    EXPECT_TRUE(document) << (document ? "" : document.error().message);
    return document ? std::move(*document) : Document{};
}

std::string markdown_of(const Document& document) {
    return render::markdown(document).text;
}

TEST(PdfText, AWatermarkIsLeftOutWhole) {
    for (const double degrees : {30.0, 45.0, 60.0, -45.0}) {
        for (const char* const mark : {"CONFIDENTIAL", "Draft of May"}) {
            PdfBuilder pdf;
            pdf.page()
                .lines(72, 100, kProse)
                .raw(at_an_angle(200, degrees < 0 ? 600 : 250, degrees, 54, mark));
            const Document document = parsed(pdf);
            EXPECT_THAT(texts(document, BlockKind::paragraph), ElementsAre(joined(kProse)));
            EXPECT_THAT(left_out(document, model::LeftOutReason::watermark), ElementsAre(mark));
        }
    }
}

TEST(PdfText, AWatermarkThatIsStruckTwiceIsOne) {
    PdfBuilder pdf;
    pdf.page()
        .lines(72, 100, kProse)
        .raw(at_an_angle(150, 250, 45, 60, "COPY") + at_an_angle(151, 250, 45, 60, "COPY"));
    EXPECT_THAT(left_out(parsed(pdf), model::LeftOutReason::watermark), ElementsAre("COPY"));
}

TEST(PdfText, TilesOfAWatermarkAreLeftOut) {
    std::string tiles;
    for (int i = 0; i < 6; ++i) tiles += at_an_angle(100 + 60 * i, 300, 35, 10, "For J. Smith");
    PdfBuilder pdf;
    pdf.page().lines(72, 100, kProse).raw(tiles);
    const Document document = parsed(pdf);
    EXPECT_THAT(texts(document, BlockKind::paragraph), ElementsAre(joined(kProse)));
    EXPECT_EQ(left_out(document, model::LeftOutReason::watermark).size(), 6U);
}

TEST(PdfText, LabelsAtAnAngleStayWhole) {
    PdfBuilder pdf;
    pdf.page()
        .lines(72, 100, kProse)
        .raw(at_an_angle(200, 300, 45, 9, "First quarter") +
             at_an_angle(240, 300, 45, 9, "Second quarter"));
    const Document document = parsed(pdf);
    EXPECT_THAT(texts(document, BlockKind::paragraph),
                ElementsAre(joined(kProse), "First quarter", "Second quarter"));
    EXPECT_THAT(left_out(document, model::LeftOutReason::watermark), IsEmpty());
}

TEST(PdfText, APageOfTextAtAnAngleIsNoWatermark) {
    PdfBuilder pdf;
    pdf.page().raw(at_an_angle(150, 250, 20, 40, "Grand opening"));
    EXPECT_THAT(texts(parsed(pdf), BlockKind::paragraph), ElementsAre("Grand opening"));
}

TEST(PdfText, GlyphsThatAreSetOneByOneAreWords) {
    for (const double step : {8.0, 9.0, 10.5}) {
        PdfBuilder pdf;
        pdf.page()
            .lines(72, 100, kProse)
            .raw(one_by_one(72, 500, 12, step, "Sailing to distant islands", 5));
        EXPECT_THAT(markdown_of(parsed(pdf)), HasSubstr("Sailing to distant islands")) << step;
    }
}

TEST(PdfText, GlyphsThatAreStruckTwiceAreReadOnce) {
    PdfBuilder pdf;
    pdf.page()
        .lines(72, 100, kProse)
        .raw(one_by_one(72, 500, 11, 13.5, "LOUD HARBOUR", 5) +
             one_by_one(72.3, 500.2, 11, 13.5, "LOUD HARBOUR", 5));
    const std::string markdown = markdown_of(parsed(pdf));
    EXPECT_EQ(markdown.find("LOUD HARBOUR"), markdown.rfind("LOUD HARBOUR"));
    EXPECT_THAT(markdown, HasSubstr("LOUD HARBOUR"));
    EXPECT_THAT(markdown, Not(HasSubstr("L L")));
}

TEST(PdfText, WideLettersAreWords) {
    PdfBuilder pdf;
    // The other lines draw their blanks.
    pdf.page().lines(72, 100, kProse).raw(one_by_one(72, 500, 11, 13.5, "HARBOUR NOTICE", 0, 27));
    EXPECT_THAT(markdown_of(parsed(pdf)), HasSubstr("HARBOUR NOTICE"));
}

TEST(PdfText, LettersWithBlanksBetweenThemStayApart) {
    PdfBuilder pdf;
    pdf.page().lines(72, 100, kProse).text(72, 300, "Berths a b c d e are free", 10);
    EXPECT_THAT(texts(parsed(pdf), BlockKind::paragraph), Contains("Berths a b c d e are free"));
}

struct ScanCase {
    const char* name;
    const char* picture;
    const char* text;
    double size;
    bool warned;
};

constexpr ScanCase kScans[] = {
    {"APictureAndAStamp", "q 612 0 0 792 0 0 cm /Scan Do Q", "Received 12 May", 10, true},
    {"StripsAndAPageNumber", "q 612 0 0 400 0 0 cm /Scan Do Q q 612 0 0 392 0 400 cm /Scan Do Q",
     "7", 9, true},
    {"ASmallPicture", "q 200 0 0 200 100 100 cm /Scan Do Q", "Received 12 May", 10, false},
    {"ASlideBeforeAPicture", "q 612 0 0 792 0 0 cm /Scan Do Q", "Our plans", 28, false},
    {"NoPicture", "", "Received 12 May", 10, false},
};

class PdfScan : public testing::TestWithParam<ScanCase> {};

TEST_P(PdfScan, MatchesTable) {
    const Document document =
        document_of(fmt::format("{} BT /F0 {} Tf 400 740 Td ({}) Tj ET", GetParam().picture,
                                GetParam().size, GetParam().text));
    EXPECT_THAT(markdown_of(document), HasSubstr(GetParam().text));
    if (GetParam().warned) {
        EXPECT_THAT(document.warnings, Contains(HasSubstr("page 1")));
    } else {
        EXPECT_THAT(document.warnings, IsEmpty());
    }
}

INSTANTIATE_TEST_SUITE_P(Pdf, PdfScan, testing::ValuesIn(kScans),
                         [](const auto& row) { return std::string(row.param.name); });

std::string line_at(double y, std::string_view text, int render) {
    return fmt::format("BT /F0 10 Tf {} Tr 1 0 0 1 72 {} Tm ({}) Tj ET\n", render, y, text);
}

TEST(PdfText, TheLayerOfAScanIsItsText) {
    const Document document =
        document_of("q 612 0 0 792 0 0 cm /Scan Do Q\n" + line_at(700, kProse[0], 3) +
                    line_at(688, kProse[1], 3) + line_at(676, kProse[2], 3));
    EXPECT_THAT(texts(document, BlockKind::paragraph), ElementsAre(joined(kProse)));
}

TEST(PdfText, AnInvisibleLayerOverTextIsLeftOut) {
    std::string content;
    for (std::size_t i = 0; i < kProse.size(); ++i)
        content += line_at(700 - 12.0 * static_cast<double>(i), kProse[i], 0);
    for (std::size_t i = 0; i < kProse.size(); ++i) {
        std::string misread = kProse[i];
        misread.replace(misread.size() / 2, 1, "l");
        content += line_at(700.7 - 12.0 * static_cast<double>(i), misread, 3);
    }
    const Document document = document_of(content);
    EXPECT_THAT(texts(document, BlockKind::paragraph), ElementsAre(joined(kProse)));
    EXPECT_EQ(left_out(document, model::LeftOutReason::duplicate).size(), 1U);
}

TEST(PdfText, AStampOverALayerHidesNoneOfItsWords) {
    const Document document =
        document_of("q 612 0 0 792 0 0 cm /Scan Do Q\n" + line_at(700, kProse[0], 3) +
                    line_at(688, kProse[1], 3) + line_at(676, kProse[2], 3) +
                    "BT /F0 10 Tf 1 0 0 1 72 688 Tm (HARBOUR 000417) Tj ET\n");
    const std::string markdown = markdown_of(document);
    for (const char* const text : {"HARBOUR", "000417", "plays on and", "the river carries"})
        EXPECT_THAT(markdown, HasSubstr(text));
    EXPECT_THAT(left_out(document, model::LeftOutReason::duplicate), IsEmpty());
}

std::string widget(double y, std::string_view entries) {
    return fmt::format("<< /Type /Annot /Subtype /Widget /Rect [72 {} 84 {}] {} >> ", y, y + 12,
                       entries);
}

TEST(PdfText, ButtonsOfFormsAreBoxesBeforeTheirLabels) {
    const Document document =
        document_of(line_at(700, "   ", 0) +
                        "BT /F0 11 Tf 90 700 Td (Insured) Tj 0 -30 Td (Crewed) Tj 0 -30 Td "
                        "(Moored) Tj 0 -30 Td (Rigged) Tj ET",
                    widget(698, "/FT /Btn /T (a) /V /Yes /AS /Yes") +
                        widget(668, "/FT /Btn /T (b) /V /Off /AS /Off") +
                        // A radio button, by its own state; and one that is not to be seen.
                        widget(638, "/FT /Btn /Ff 32768 /T (c) /AS /2") +
                        widget(608, "/FT /Btn /T (d) /AS /Yes /F 2"));
    const std::string markdown = markdown_of(document);
    EXPECT_THAT(markdown, testing::ContainsRegex("(\\[x\\]|\u2611) Insured"));
    EXPECT_THAT(markdown, testing::ContainsRegex("(\\[ \\]|\u2610) Crewed"));
    EXPECT_THAT(markdown, testing::ContainsRegex("(\\[x\\]|\u2611) Moored"));
    EXPECT_THAT(markdown, Not(testing::ContainsRegex("(\\]|\u2611|\u2610) Rigged")));
}

std::string boxed(double x, double y, char box, std::string_view text) {
    return fmt::format("BT /F1 11 Tf {} {} Td ({}) Tj ET BT /F0 11 Tf {} {} Td ({}) Tj ET\n", x, y,
                       box, x + 16, y, text);
}

TEST(PdfText, BoxesThatAreDrawnAsCharactersAreStates) {
    const Document document = document_of(
        boxed(72, 700, 'A', "canoe") + boxed(72, 685, 'B', "sloop") + boxed(72, 670, 'C', "barge") +
        boxed(72, 655, 'D', "raft") + boxed(72, 640, 'E', "punt"));
    EXPECT_EQ(markdown_of(document),
              "- [ ] canoe\n- [x] sloop\n- [x] barge\n- [x] raft\n- [ ] punt\n");
}

TEST(PdfText, AFilledSquareAmongItsLikeIsABullet) {
    const Document document =
        document_of(boxed(72, 700, 'D', "canoe") + boxed(72, 685, 'D', "sloop"));
    EXPECT_EQ(markdown_of(document), "- canoe\n- sloop\n");
}

TEST(PdfText, BoxesInARowOfAnswersStayBeforeTheirWords) {
    const std::string markdown =
        markdown_of(document_of("BT /F1 11 Tf 72 700 Td (A) Tj /F0 11 Tf ( yes ) Tj /F1 11 Tf (C) "
                                "Tj /F0 11 Tf ( no) Tj ET"));
    EXPECT_EQ(markdown, "\u25A1 yes \u2612 no\n");
}

TEST(PdfText, AButtonMayStandBehindItsLabelOrAlone) {
    const Document document = document_of(
        "BT /F0 11 Tf 40 700 Td (Wet) Tj ET BT /F0 11 Tf 72 300 Td (Elsewhere) Tj ET",
        widget(698, "/FT /Btn /T (a) /AS /On") + widget(500, "/FT /Btn /T (b) /AS /Off"));
    const std::string markdown = markdown_of(document);
    EXPECT_THAT(markdown, HasSubstr("Wet \u2611"));
    EXPECT_THAT(markdown, testing::ContainsRegex("\\[ \\]|\u2610"));
}

TEST(PdfText, TheMarkOfANoteStandsBeforeIt) {
    PdfBuilder pdf;
    pdf.page().lines(72, 60, kProse);
    pdf.text(72, 696.5, "1", 6).text(76, 700, "See the statement on page 31.", 8);
    pdf.text(72, 714.5, "2", 6).text(76, 718, "It was restated.", 8);
    std::string all;
    for (const auto& text : texts(parsed(pdf), BlockKind::paragraph)) all += text + "\n";
    EXPECT_THAT(all, ::testing::HasSubstr("\u00B9 See the statement on page 31."));
    EXPECT_THAT(all, ::testing::HasSubstr("\u00B2 It was restated."));
}

TEST(PdfText, NumberOfAnEquationIsNoItemOfTheNextColumn) {
    const std::pair<const char*, double> numbers[] = {
        {"(1)", 11.66}, {"(12)", 16.66}, {"(3.4)", 19.16}};
    for (const auto& [number, width] : numbers) {
        PdfBuilder pdf;
        std::vector<std::string> column;
        for (int i = 0; i < 8; ++i) column.push_back("of a river that runs its long way do");
        const double right = 72 + 137.76;  // Of the column, in Times.
        pdf.page().lines(72, 100, column, 10, 12).lines(72, 232, column, 10, 12);
        pdf.text(110, 214, "s = a + b").text(right - width, 214, number);
        pdf.lines(240, 100, column, 10, 12).lines(240, 196, column, 10, 12);
        const Document document = parsed(pdf);
        EXPECT_THAT(texts(document, BlockKind::list_item), ElementsAre()) << number;
    }
}

TEST(PdfText, NumberInBracketsAloneIsNoItem) {
    PdfBuilder pdf;
    pdf.page().lines(72, 60, kProse).text(200, 120, "s = a + b").text(440, 120, "(7)");
    pdf.lines(72, 150, kProse);
    EXPECT_THAT(texts(parsed(pdf), BlockKind::list_item), ElementsAre());
}

TEST(PdfText, ListOfContentsNeedsNoDots) {
    PdfBuilder pdf;
    pdf.page().text(72, 80, "Contents", 16);
    const char* const titles[] = {"Executive summary", "Legal framework", "Civil society",
                                  "Media freedom and access", "Voter education"};
    int page = 4;
    double y = 120;
    std::vector<std::string> wanted;
    for (const char* const title : titles) {
        const std::string number = std::to_string(page);
        pdf.text(72, y, title).text(number.size() > 1 ? 495 : 500, y, number);
        wanted.push_back(std::string(title) + " " + number);
        page += 7;
        y += 24;
    }
    EXPECT_THAT(texts(parsed(pdf), BlockKind::list_item), ElementsAreArray(wanted));
}

}  // namespace
}  // namespace ingestor::extract::pdf
