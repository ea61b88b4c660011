#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "extract/formats/pdf/parsed_pdf.hpp"

namespace ingestor::extract::pdf {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A circle around a point, `y` from the top of a page of 792 points, as four curves.
std::string circle(double x, double y, double radius, const char* paint = "f") {
    const double cy = 792 - y;
    const double k = 0.5523 * radius;
    const double r = radius;
    return fmt::format(
        "{} {} m {} {} {} {} {} {} c {} {} {} {} {} {} c {} {} {} {} {} {} c {} {} {} {} {} {} c "
        "h {}\n",
        x + r, cy, x + r, cy + k, x + k, cy + r, x, cy + r, x - k, cy + r, x - r, cy + k, x - r, cy,
        x - r, cy - k, x - k, cy - r, x, cy - r, x + k, cy - r, x + r, cy - k, x + r, cy, paint);
}

std::vector<std::string> items(const Document& document) {
    std::vector<std::string> texts;
    for (const FlatBlock& block : flat(document.blocks)) {
        if (block.kind == BlockKind::list_item) texts.push_back(block.text);
    }
    return texts;
}

PdfBuilder page_of_prose() {
    PdfBuilder pdf;
    pdf.page().lines(72, 60, kProse);
    return pdf;
}

TEST(DrawnBullets, MakeAList) {
    auto pdf = page_of_prose();
    double y = 140;
    for (const auto* text : {"Full control of the path", "Fits the tools", "One more to learn"}) {
        pdf.raw(circle(80, y - 3, 1.8)).text(90, y, text);
        y += 14;
    }
    EXPECT_THAT(items(parsed(pdf)),
                ElementsAre("Full control of the path", "Fits the tools", "One more to learn"));
}

TEST(DrawnBullets, MayBeRings) {
    auto pdf = page_of_prose();
    pdf.raw(circle(80, 137, 1.8, "s")).text(90, 140, "the first");
    pdf.raw(circle(80, 151, 1.8, "s")).text(90, 154, "the second");
    EXPECT_THAT(items(parsed(pdf)), ElementsAre("the first", "the second"));
}

TEST(DrawnBullets, MayStandAloneBesideOthersOfTheirSize) {
    auto pdf = page_of_prose();
    pdf.raw(circle(80, 137, 1.8)).text(90, 140, "outer one");
    pdf.raw(circle(100, 151, 1.8)).text(110, 154, "the only inner one");
    pdf.raw(circle(80, 165, 1.8)).text(90, 168, "outer two");
    EXPECT_THAT(items(parsed(pdf)), ElementsAre("outer one", "the only inner one", "outer two"));
}

TEST(DrawnBullets, AreNoDiscsThatStandAlone) {
    auto pdf = page_of_prose();
    pdf.raw(circle(80, 137, 1.8)).text(90, 140, "A place on a map");
    EXPECT_THAT(items(parsed(pdf)), IsEmpty());
}

TEST(DrawnBullets, AreNoMarksWithinALine) {
    auto pdf = page_of_prose();
    for (const double y : {140.0, 160.0}) {
        pdf.text(72, y, "Harbour office").raw(circle(140, y - 3, 1.8)).text(146, y, "open all day");
    }
    EXPECT_THAT(items(parsed(pdf)), IsEmpty());
}

TEST(DrawnBullets, AreNoPointsOfACurve) {
    auto pdf = page_of_prose();
    for (int n = 0; n < 20; ++n) pdf.raw(circle(100 + 10 * n, 200 + 7 * (n % 5), 2));
    pdf.text(72, 200, "20").text(72, 228, "10").text(150, 250, "Hours after high water");
    EXPECT_THAT(items(parsed(pdf)), IsEmpty());
}

TEST(DrawnBullets, AreNoNamedPointsOfADrawing) {
    auto pdf = page_of_prose();
    for (const auto* name : {"A", "B1", "Z2"}) {
        const double y = 140 + 20 * (name[0] - 'A') / 5;
        pdf.raw(circle(80, y - 3, 1.8)).text(88, y, name);
    }
    EXPECT_THAT(items(parsed(pdf)), IsEmpty());
}

TEST(DrawnBullets, AreNoDiscsUnderOrOverTheLine) {
    auto pdf = page_of_prose();
    for (const double y : {140.0, 160.0, 180.0}) {
        pdf.raw(circle(80, y - 9, 1.8)).raw(circle(80, y + 2, 1.8)).text(90, y, "words");
    }
    EXPECT_THAT(items(parsed(pdf)), IsEmpty());
}

}  // namespace
}  // namespace ingestor::extract::pdf
