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

// Single lines below each other, `pitch` apart, of two words each.
std::vector<Unit> bar(double left, double right, double first, double pitch, int count) {
    std::vector<Unit> units;
    for (int i = 0; i < count; ++i) {
        const double baseline = first + pitch * i;
        units.push_back({.box = {left, baseline - 8, right, baseline + 2},
                         .lines = 1,
                         .words = 2,
                         .baselines = {baseline}});
    }
    return units;
}

TEST(PdfReadingOrder, SideBarOfShortLinesIsReadOnItsOwn) {
    std::vector<Unit> units = bar(50, 150, 110, 17, 8);
    Unit text = prose(170, 100, 500, 260);
    for (int i = 0; i < 10; ++i) text.baselines.push_back(112 + 13 * i);
    units.push_back(text);
    EXPECT_THAT(order(units), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8));
}

TEST(PdfReadingOrder, PanelsBelowTheirTitlesAreReadOneAfterTheOther) {
    for (const double pitch : {14.0, 22.0}) {
        std::vector<Unit> units;
        for (const double left : {50.0, 250.0, 450.0}) {
            units.push_back({.box = {left, 92, left + 150, 116},
                             .lines = 2,
                             .words = 8,
                             .baselines = {100, 112}});
            for (const Unit& one : bar(left + 20, left + 80, 140, pitch, 3)) units.push_back(one);
        }
        // As a page gives them, row by row.
        std::stable_sort(units.begin(), units.end(),
                         [](const Unit& a, const Unit& b) { return a.box.top < b.box.top; });
        EXPECT_THAT(order(units), ElementsAre(0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11)) << pitch;
    }
}

TEST(PdfReadingOrder, LabelsOnTheLinesOfTheirTextAreRead) {
    // Each label stands on the first line of what it is of.
    std::vector<Unit> units = bar(50, 150, 110, 40, 6);
    for (int i = 0; i < 6; ++i) {
        const double top = 102 + 40.0 * i;
        units.push_back({.box = {170, top, 500, top + 24},
                         .lines = 2,
                         .words = 16,
                         .baselines = {top + 8, top + 20}});
    }
    EXPECT_THAT(order(units), ElementsAre(0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11));
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
