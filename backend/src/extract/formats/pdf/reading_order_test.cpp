#include "extract/formats/pdf/reading_order.hpp"

#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ingestor::extract::pdf {
namespace {

using testing::ElementsAre;

// A paragraph of ten lines of six words each.
Unit prose(double left, double top, double right, double bottom) {
    return {.box = {left, top, right, bottom}, .lines = 10, .words = 60};
}

Unit label(double left, double top, double right, double bottom) {
    return {.box = {left, top, right, bottom}, .lines = 1, .words = 1};
}

std::vector<std::uint32_t> order(const std::vector<Unit>& units,
                                 Direction direction = Direction::left_to_right) {
    std::vector<std::uint32_t> out;
    for (const Placed& placed : reading_order(units, direction)) out.push_back(placed.unit);
    return out;
}

TEST(PdfReadingOrder, ColumnsAreReadOneAfterTheOther) {
    EXPECT_THAT(order({prose(300, 100, 500, 200), prose(50, 100, 250, 200),
                       prose(50, 220, 250, 300), prose(300, 220, 500, 300)}),
                ElementsAre(1, 2, 0, 3));
}

TEST(PdfReadingOrder, ColumnsOfRightToLeftTextStartAtTheRight) {
    EXPECT_THAT(
        order({prose(50, 100, 250, 200), prose(300, 100, 500, 200)}, Direction::right_to_left),
        ElementsAre(1, 0));
}

TEST(PdfReadingOrder, WhatSpansTheColumnsPartsThem) {
    EXPECT_THAT(
        order({prose(50, 100, 250, 200), prose(50, 260, 250, 360), prose(300, 100, 500, 200),
               prose(300, 260, 500, 360), prose(50, 210, 500, 250)}),
        ElementsAre(0, 2, 4, 1, 3));
}

TEST(PdfReadingOrder, LabelsAndValuesAreReadRowByRow) {
    EXPECT_THAT(order({label(50, 100, 90, 110), label(50, 120, 90, 130), label(200, 100, 240, 110),
                       label(200, 120, 240, 130)}),
                ElementsAre(0, 2, 1, 3));
}

TEST(PdfReadingOrder, OverlappingUnitsKeepTheirOrder) {
    EXPECT_THAT(order({prose(50, 100, 250, 200), prose(40, 90, 260, 210)}), ElementsAre(0, 1));
}

TEST(PdfReadingOrder, EveryUnitIsPlacedOnceHoweverManyThereAre) {
    std::vector<Unit> units;
    for (int i = 0; i < 5'000; ++i) {
        const double x = 8 * (i % 70);
        const int row = i / 70;
        const double y = 10.0 * row;
        units.push_back(label(x, y, x + 2, y + 8));
    }
    auto placed = order(units);
    std::sort(placed.begin(), placed.end());
    ASSERT_EQ(placed.size(), units.size());
    EXPECT_EQ(std::adjacent_find(placed.begin(), placed.end()), placed.end());
}

}  // namespace
}  // namespace ingestor::extract::pdf
