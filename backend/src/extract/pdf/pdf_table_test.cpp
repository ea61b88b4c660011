#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "extract/pdf/parsed_pdf.hpp"

namespace ingestor::extract::pdf {
namespace {

using testing::ElementsAre;

std::vector<std::vector<std::string>> only_table(const Document& document) {
    std::vector<std::vector<std::string>> rows;
    int tables = 0;
    for (const FlatBlock& block : flat(document.blocks)) {
        if (block.kind != BlockKind::table) continue;
        rows = block.rows;
        ++tables;
    }
    EXPECT_EQ(tables, 1);
    return rows;
}

TEST(PdfTable, RuledTableHasTheCellsBetweenItsLines) {
    PdfBuilder pdf;
    pdf.page().lines(72, 60, kProse);
    for (const double y : {100.0, 120.0, 160.0}) pdf.rule(72, y, 372, y);
    for (const double x : {72.0, 172.0, 372.0}) pdf.rule(x, 100, x, 160);
    pdf.text(76, 114, "Name").text(176, 114, "Remark");
    pdf.text(76, 134, "Ada").text(176, 134, "wrote the first").text(176, 146, "of all programs");
    EXPECT_THAT(only_table(parsed(pdf)),
                ElementsAre(ElementsAre("Name", "Remark"),
                            ElementsAre("Ada", "wrote the first of all programs")));
}

TEST(PdfTable, CellWithoutALineInItSpansColumns) {
    PdfBuilder pdf;
    pdf.page();
    for (const double y : {100.0, 120.0, 140.0, 160.0}) pdf.rule(72, y, 372, y);
    pdf.rule(72, 100, 72, 160).rule(372, 100, 372, 160).rule(222, 120, 222, 160);
    pdf.text(150, 114, "Both together");
    pdf.text(76, 134, "left").text(230, 134, "right").text(76, 154, "low").text(230, 154, "lower");
    EXPECT_THAT(only_table(parsed(pdf)),
                ElementsAre(ElementsAre("Both together", ""), ElementsAre("left", "right"),
                            ElementsAre("low", "lower")));
}

TEST(PdfTable, ColumnsOfShortTextAreATableWithoutLines) {
    PdfBuilder pdf;
    pdf.page().lines(72, 60, kProse);
    const char* const cells[][3] = {{"Country", "Capital", "Area"},
                                    {"Belgium", "Brussels", "30,689"},
                                    {"Finland", "Helsinki", "338,424"},
                                    {"Malta", "Valletta", "316"}};
    double y = 120;
    for (const auto& row : cells) {
        pdf.text(72, y, row[0]).text(180, y, row[1]).text(300, y, row[2]);
        y += 15;
    }
    EXPECT_THAT(only_table(parsed(pdf)), ElementsAre(ElementsAre("Country", "Capital", "Area"),
                                                     ElementsAre("Belgium", "Brussels", "30,689"),
                                                     ElementsAre("Finland", "Helsinki", "338,424"),
                                                     ElementsAre("Malta", "Valletta", "316")));
}

TEST(PdfTable, EmptyCellsDoNotMoveTheOthers) {
    PdfBuilder pdf;
    pdf.page();
    const char* const cells[][4] = {{"Part", "Place", "Wanted", "Found"},
                                    {"K-1", "A7", "", "12"},
                                    {"K-2", "", "40", "40"},
                                    {"K-3", "B2", "25", ""},
                                    {"K-4", "B3", "9", "8"}};
    double y = 100;
    for (const auto& row : cells) {
        double x = 72;
        for (const char* const cell : row) {
            if (*cell != '\0') pdf.text(x, y, cell);
            x += 80;
        }
        y += 14;
    }
    EXPECT_THAT(
        only_table(parsed(pdf)),
        ElementsAre(ElementsAre("Part", "Place", "Wanted", "Found"),
                    ElementsAre("K-1", "A7", "", "12"), ElementsAre("K-2", "", "40", "40"),
                    ElementsAre("K-3", "B2", "25", ""), ElementsAre("K-4", "B3", "9", "8")));
}

TEST(PdfTable, RecordsBetweenTwoLinesAreRowsOfTheirOwn) {
    PdfBuilder pdf;
    pdf.page();
    for (const double y : {100.0, 120.0, 160.0}) pdf.rule(72, y, 372, y);
    for (const double x : {72.0, 172.0, 272.0, 372.0}) pdf.rule(x, 100, x, 160);
    pdf.text(76, 114, "Kind").text(176, 114, "First").text(276, 114, "Second");
    pdf.lines(76, 134, {"red", "blue"})
        .lines(176, 134, {"1.5", "2.5"})
        .lines(276, 134, {"10", "20"});
    EXPECT_THAT(only_table(parsed(pdf)),
                ElementsAre(ElementsAre("Kind", "First", "Second"), ElementsAre("red", "1.5", "10"),
                            ElementsAre("blue", "2.5", "20")));
}

}  // namespace
}  // namespace ingestor::extract::pdf
