#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "extract/formats/pdf/parsed_pdf.hpp"

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

TEST(PdfTable, CellsMayHaveMoreLinesThanThereAreRows) {
    PdfBuilder pdf;
    pdf.page();
    double y = 100;
    const auto row = [&](const char* position, const char* what, const char* price) {
        pdf.text(72, y, position).text(110, y, what).text(330, y, price);
        y += 13;
    };
    const auto further = [&](const char* line) {
        pdf.text(110, y, line);
        y += 13;
    };
    row("Pos", "Description", "Amount");
    row("1", "Wall lamp of brass", "2,148.00");
    further("with a mounting kit");
    further("Delivery note L-20331");
    further("Serial number 88123");
    row("2", "Bulb", "192.00");
    further("a pack of ten");
    further("Delivery note L-20332");
    row("3", "Freight", "145.00");
    EXPECT_THAT(
        only_table(parsed(pdf)),
        ElementsAre(ElementsAre("Pos", "Description", "Amount"),
                    ElementsAre("1",
                                "Wall lamp of brass with a mounting kit Delivery note L-20331 "
                                "Serial number 88123",
                                "2,148.00"),
                    ElementsAre("2", "Bulb a pack of ten Delivery note L-20332", "192.00"),
                    ElementsAre("3", "Freight", "145.00")));
}

TEST(PdfTable, AClauseCloseAboveIsNoPartOfIt) {
    PdfBuilder pdf;
    pdf.page();
    pdf.text(72, 100, "4.1").text(100, 100, "The Client pays the Fees within forty-five days of");
    pdf.text(100, 112, "receipt of an invoice.");
    pdf.text(72, 124, "4.2").text(100, 124, "The Fees are not to exceed, in any Contract Year:");
    pdf.text(100, 140, "Contract Year 1").text(300, 140, "$480,000");
    pdf.text(100, 152, "Contract Year 2").text(300, 152, "$440,000");
    pdf.text(100, 164, "Contract Year 3").text(300, 164, "$410,000");
    EXPECT_THAT(only_table(parsed(pdf)), ElementsAre(ElementsAre("Contract Year 1", "$480,000"),
                                                     ElementsAre("Contract Year 2", "$440,000"),
                                                     ElementsAre("Contract Year 3", "$410,000")));
}

TEST(PdfTable, LinesOverAndUnderSumsDoNotPartThemFromTheirLabels) {
    PdfBuilder pdf;
    pdf.page();
    const char* const rows[][3] = {
        {"Revenue", "1,284.6", "1,191.2"},     {"Cost of sales", "(702.1)", "(688.4)"},
        {"Gross profit", "582.5", "502.8"},    {"Administration", "(211.9)", "(204.0)"},
        {"Impairment", "(18.0)", "(9.1)"},     {"Operating profit", "352.6", "289.7"},
        {"Finance costs", "(96.3)", "(71.5)"}, {"Profit before tax", "256.3", "218.2"}};
    double y = 100;
    for (const auto& row : rows) {
        pdf.text(72, y, row[0]).text(300, y, row[1]).text(380, y, row[2]);
        y += 14;
    }
    for (const int row : {1, 4, 6}) pdf.rule(290, 104 + 14 * row, 420, 104 + 14 * row);
    const auto found = only_table(parsed(pdf));
    ASSERT_EQ(found.size(), 8U);
    for (std::size_t row = 0; row < found.size(); ++row) {
        EXPECT_THAT(found[row], ElementsAre(rows[row][0], rows[row][1], rows[row][2]));
    }
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

// A head with lines around its cells over rows that have lines above and below them only.
PdfBuilder lined_head(const std::vector<double>& xs, double top, int rows) {
    PdfBuilder pdf;
    pdf.page().rule(xs.front(), top, xs.back(), top);
    for (int r = 0; r <= rows; ++r) {
        const double y = top + 20 + 15 * r;
        pdf.rule(xs.front(), y, xs.back(), y);
    }
    for (const double x : xs) pdf.rule(x, top, x, top + 20);
    pdf.rule(xs.front(), top, xs.front(), top + 20 + 15 * rows);
    pdf.rule(xs.back(), top, xs.back(), top + 20 + 15 * rows);
    return pdf;
}

TEST(PdfTable, ColumnsDrawnInTheHeadGoOnBelowIt) {
    PdfBuilder pdf = lined_head({60, 160, 230, 300, 370}, 200, 3);
    pdf.text(64, 214, "Port")
        .text(164, 214, "Ships")
        .text(234, 214, "Boats")
        .text(304, 214, "Tons");
    pdf.text(64, 231, "Lisbon").text(164, 231, "12").text(234, 231, "7").text(304, 231, "3,400");
    pdf.text(64, 246, "Porto").text(234, 246, "19").text(304, 246, "88");
    pdf.text(64, 261, "New Haven").text(164, 261, "4").text(304, 261, "61");
    EXPECT_THAT(only_table(parsed(pdf)), ElementsAre(ElementsAre("Port", "Ships", "Boats", "Tons"),
                                                     ElementsAre("Lisbon", "12", "7", "3,400"),
                                                     ElementsAre("Porto", "", "19", "88"),
                                                     ElementsAre("New Haven", "4", "", "61")));
}

TEST(PdfTable, TextAcrossALinesPlaceStaysOneCell) {
    PdfBuilder pdf = lined_head({60, 130, 200, 270}, 120, 3);
    pdf.text(64, 134, "North").text(134, 134, "South").text(204, 134, "East");
    pdf.text(64, 151, "Figures of this row were not collected");
    pdf.text(64, 166, "1").text(134, 166, "2").text(204, 166, "3");
    pdf.text(64, 181, "4").text(134, 181, "5").text(204, 181, "6");
    EXPECT_THAT(only_table(parsed(pdf)),
                ElementsAre(ElementsAre("North", "South", "East"),
                            ElementsAre("Figures of this row were not collected", "", ""),
                            ElementsAre("1", "2", "3"), ElementsAre("4", "5", "6")));
}

TEST(PdfTable, WrappedTextOfAMergedCellIsNotCutAtAColumnsPlace) {
    PdfBuilder pdf;
    pdf.page();
    for (const double y : {100.0, 120.0, 160.0, 180.0}) pdf.rule(72, y, 372, y);
    pdf.rule(72, 100, 72, 180).rule(372, 100, 372, 180);
    pdf.rule(222, 100, 222, 120).rule(222, 160, 222, 180);
    pdf.text(76, 114, "left").text(226, 114, "right");
    pdf.lines(76, 134,
              {"A remark that runs over the whole width of the two columns and",
               "then goes on below, with blanks wherever they come to stand"});
    pdf.text(76, 174, "low").text(226, 174, "lower");
    EXPECT_THAT(
        only_table(parsed(pdf)),
        ElementsAre(ElementsAre("left", "right"),
                    ElementsAre("A remark that runs over the whole width of the two columns and "
                                "then goes on below, with blanks wherever they come to stand",
                                ""),
                    ElementsAre("low", "lower")));
}

TEST(PdfTable, TextOnTheLineOfItsNeighboursIsARowWithoutALineAboveIt) {
    PdfBuilder pdf;
    pdf.page();
    for (const double y : {100.0, 120.0, 140.0, 160.0}) pdf.rule(72, y, 272, y);
    pdf.rule(272, 100, 372, 100).rule(272, 160, 372, 160);
    for (const double x : {72.0, 172.0, 272.0, 372.0}) pdf.rule(x, 100, x, 160);
    pdf.text(76, 114, "a").text(176, 114, "b").text(276, 114, "c");
    pdf.text(76, 134, "d").text(176, 134, "e").text(276, 134, "f");
    pdf.text(76, 154, "g").text(176, 154, "h").text(276, 154, "i");
    EXPECT_THAT(only_table(parsed(pdf)),
                ElementsAre(ElementsAre("a", "b", "c"), ElementsAre("d", "e", "f"),
                            ElementsAre("g", "h", "i")));
}

// A frame with a head and one tall row below it.
PdfBuilder tall_row(const std::vector<double>& xs, double bottom) {
    PdfBuilder pdf;
    pdf.page();
    for (const double y : {100.0, 120.0, bottom}) pdf.rule(xs.front(), y, xs.back(), y);
    for (const double x : xs) pdf.rule(x, 100, x, bottom);
    return pdf;
}

TEST(PdfTable, NumbersUnderNumbersAreRecordsThoughACellIsEmpty) {
    PdfBuilder pdf = tall_row({72, 172, 272, 372}, 190);
    pdf.text(76, 114, "Land").text(176, 114, "Paid").text(276, 114, "Due");
    pdf.lines(76, 134, {"Bulgaria", "Cyprus", "Help", "Malta"}, 10, 14);
    pdf.text(176, 134, "2.3").text(276, 134, "5.5").text(176, 148, "0.2").text(276, 148, "0.4");
    pdf.text(276, 162, "0.1").text(176, 176, "0.9").text(276, 176, "0.7");
    EXPECT_THAT(
        only_table(parsed(pdf)),
        ElementsAre(ElementsAre("Land", "Paid", "Due"), ElementsAre("Bulgaria", "2.3", "5.5"),
                    ElementsAre("Cyprus", "0.2", "0.4"), ElementsAre("Help", "", "0.1"),
                    ElementsAre("Malta", "0.9", "0.7")));
}

TEST(PdfTable, NameWrappedBesideItsNumbersStaysInItsRecord) {
    PdfBuilder pdf = tall_row({72, 102, 232, 332}, 190);
    pdf.text(76, 114, "No.").text(106, 114, "Body").text(236, 114, "Members");
    pdf.lines(106, 132, {"Association of Rowing", "Clubs"}).text(76, 132, "1").text(236, 132, "40");
    pdf.lines(106, 156, {"Guild"}).text(76, 156, "2").text(236, 156, "711");
    pdf.lines(106, 168, {"Union of the Harbour", "Pilots"}).text(76, 168, "3").text(236, 168, "5");
    EXPECT_THAT(only_table(parsed(pdf)),
                ElementsAre(ElementsAre("No.", "Body", "Members"),
                            ElementsAre("1", "Association of Rowing Clubs", "40"),
                            ElementsAre("2", "Guild", "711"),
                            ElementsAre("3", "Union of the Harbour Pilots", "5")));
}

TEST(PdfTable, WrappedTextsBesideEachOtherAreOneRow) {
    PdfBuilder pdf = tall_row({72, 192, 312}, 170);
    pdf.text(76, 114, "Source").text(196, 114, "Example");
    pdf.lines(76, 134, {"Emissions of ten tons a", "year or more of any toxic", "substance"});
    pdf.lines(196, 134, {"Utilities, refineries and", "chemical plants, and all", "their ships"});
    EXPECT_THAT(
        only_table(parsed(pdf)),
        ElementsAre(ElementsAre("Source", "Example"),
                    ElementsAre("Emissions of ten tons a year or more of any toxic substance",
                                "Utilities, refineries and chemical plants, and all their ships")));
}

// The lines of a book's table: above, below the head, and below.
PdfBuilder book_table(double left, double right, const std::vector<double>& heights) {
    PdfBuilder pdf;
    pdf.page();
    for (const double y : heights) pdf.rule(left, y, right, y);
    return pdf;
}

TEST(PdfTable, TwoRowsBetweenLinesAreATable) {
    PdfBuilder pdf = book_table(72, 340, {100, 118, 136});
    pdf.text(76, 113, "ARC").text(150, 113, "Swag").text(230, 113, "MMLU").text(300, 113, "Truth");
    pdf.text(76, 131, "0.06").text(150, 131, "N/A").text(230, 131, "0.15").text(300, 131, "0.28");
    EXPECT_THAT(only_table(parsed(pdf)), ElementsAre(ElementsAre("ARC", "Swag", "MMLU", "Truth"),
                                                     ElementsAre("0.06", "N/A", "0.15", "0.28")));
}

TEST(PdfTable, TableOfOneColumnOfThePageIsFoundBesideTheTextOfTheOther) {
    PdfBuilder pdf = book_table(60, 280, {90, 108, 150});
    pdf.text(64, 103, "Model").text(170, 103, "Size").text(240, 103, "Score");
    pdf.text(64, 121, "Alder").text(170, 121, "7B").text(240, 121, "61.5");
    pdf.text(64, 133, "Birch").text(170, 133, "13B").text(240, 133, "64.2");
    pdf.text(64, 145, "Cedar").text(170, 145, "30B").text(240, 145, "70.0");
    std::vector<std::string> column;
    for (int i = 0; i < 12; ++i)
        column.push_back("of a river in the north that runs its long way down " +
                         std::string(1, static_cast<char>('a' + i)));
    pdf.lines(320, 85, column, 10, 12).lines(60, 180, column, 9, 12);
    EXPECT_THAT(
        only_table(parsed(pdf)),
        ElementsAre(ElementsAre("Model", "Size", "Score"), ElementsAre("Alder", "7B", "61.5"),
                    ElementsAre("Birch", "13B", "64.2"), ElementsAre("Cedar", "30B", "70.0")));
}

TEST(PdfTable, ProseBetweenTheLinesOfAPagesHeadAndFootIsNone) {
    PdfBuilder pdf = book_table(72, 540, {60, 700});
    pdf.lines(72, 90, kProse).lines(72, 140, kProse).lines(72, 190, kProse);
    EXPECT_THAT(texts(parsed(pdf), BlockKind::table), ElementsAre());
}

TEST(PdfTable, ColumnsOfProseBetweenLinesAreNone) {
    PdfBuilder pdf = book_table(60, 540, {60, 400});
    std::vector<std::string> column;
    for (int i = 0; i < 14; ++i)
        column.push_back("of a river in the north that runs its long way down " +
                         std::string(1, static_cast<char>('a' + i)));
    pdf.lines(60, 85, column, 9, 12).lines(310, 85, column, 9, 12);
    EXPECT_THAT(texts(parsed(pdf), BlockKind::table), ElementsAre());
}

TEST(PdfTable, LinesOfAHeadsCellsAreOneRow) {
    PdfBuilder pdf = book_table(72, 420, {80, 120, 180});
    pdf.text(76, 115, "System");
    pdf.lines(180, 93, {"Schools", "before", "the draw"}, 10, 11);
    pdf.lines(270, 104, {"Schools", "after it"}, 10, 11);
    pdf.lines(360, 104, {"Pupils", "seen"}, 10, 11);
    double y = 133;
    for (const char* const name : {"Austria", "Brazil", "Chile", "Denmark"}) {
        pdf.text(76, y, name).text(180, y, "93").text(270, y, "100").text(360, y, "91");
        y += 13;
    }
    const auto rows = only_table(parsed(pdf));
    ASSERT_EQ(rows.size(), 5U);
    EXPECT_THAT(rows[0], ElementsAre("System", "Schools before the draw", "Schools after it",
                                     "Pupils seen"));
    EXPECT_THAT(rows[1], ElementsAre("Austria", "93", "100", "91"));
}

TEST(PdfTable, LineUnderAPartOfTheHeadKeepsItsRowsApart) {
    PdfBuilder pdf = book_table(72, 420, {80, 120, 170});
    pdf.rule(170, 98, 420, 98);
    pdf.text(240, 94, "Both years").text(76, 112, "System");
    pdf.text(180, 112, "2007").text(270, 112, "2008").text(360, 112, "Change");
    double y = 133;
    for (const char* const name : {"Austria", "Brazil", "Chile"}) {
        pdf.text(76, y, name).text(180, y, "93").text(270, y, "100").text(360, y, "7");
        y += 13;
    }
    const auto rows = only_table(parsed(pdf));
    ASSERT_EQ(rows.size(), 5U);
    EXPECT_THAT(rows[1], ElementsAre("System", "2007", "2008", "Change"));
}

TEST(PdfTable, BorderDrawnInShortPiecesIsALine) {
    PdfBuilder pdf;
    pdf.page();
    for (const double y : {100.0, 120.0, 140.0}) {
        for (double x = 72; x < 272; x += 4) pdf.rule(x, y, x + 4, y);
    }
    for (const double x : {72.0, 172.0, 272.0}) {
        for (double y = 100; y < 140; y += 4) pdf.rule(x, y, x, y + 4);
    }
    pdf.text(76, 114, "a").text(176, 114, "b c").text(76, 134, "d").text(176, 134, "e f");
    EXPECT_THAT(only_table(parsed(pdf)),
                ElementsAre(ElementsAre("a", "b c"), ElementsAre("d", "e f")));
}

TEST(PdfTable, WhiteAcrossARowAndANewFirstTextBeginARecord) {
    PdfBuilder pdf = tall_row({72, 152, 252, 352}, 230);
    pdf.text(76, 114, "Place").text(156, 114, "What it is").text(256, 114, "Where it is");
    pdf.text(76, 134, "Mobile:");
    pdf.text(76, 156, "On road").lines(156, 156, {"Cars and what else", "has four wheels"}, 10, 11);
    pdf.lines(256, 156, {"In the towns and", "between them"}, 10, 11);
    pdf.text(76, 196, "Afloat").lines(156, 196, {"Ships and boats of", "any size"}, 10, 11);
    pdf.lines(256, 196, {"On rivers, seas and", "lakes"}, 10, 11);
    EXPECT_THAT(
        only_table(parsed(pdf)),
        ElementsAre(
            ElementsAre("Place", "What it is", "Where it is"), ElementsAre("Mobile:", "", ""),
            ElementsAre("On road", "Cars and what else has four wheels",
                        "In the towns and between them"),
            ElementsAre("Afloat", "Ships and boats of any size", "On rivers, seas and lakes")));
}

TEST(PdfTable, ColumnsOfNumbersNeedNoLinesBetweenThem) {
    PdfBuilder pdf;
    pdf.page();
    for (const double y : {100.0, 116.0, 176.0}) pdf.rule(72, y, 380, y);
    pdf.rule(172, 100, 172, 176);
    pdf.text(76, 112, "Answers")
        .text(180, 112, "Count")
        .text(240, 112, "Share")
        .text(310, 112, "Sum");
    double y = 130;
    for (const char* const name : {"none", "one", "two", "all"}) {
        pdf.text(76, y, name).text(184, y, "138").text(244, y, "6.9").text(314, y, "15.7");
        y += 13;
    }
    const auto rows = only_table(parsed(pdf));
    ASSERT_EQ(rows.size(), 5U);
    EXPECT_THAT(rows[0], ElementsAre("Answers", "Count", "Share", "Sum"));
    EXPECT_THAT(rows[4], ElementsAre("all", "138", "6.9", "15.7"));
}

TEST(PdfTable, LinesOfAnotherTableAreNotItsOwn) {
    PdfBuilder pdf;
    pdf.page();
    for (const auto& [left, top] : {std::pair(57.0, 100.0), std::pair(56.9, 220.0)}) {
        for (int r = 0; r < 4; ++r) pdf.rule(left, top + 20 * r, left + 330, top + 20 * r);
        for (int c = 0; c < 4; ++c) pdf.rule(left + 110 * c, top, left + 110 * c, top + 60);
        for (int r = 0; r < 3; ++r) {
            for (int c = 0; c < 3; ++c)
                pdf.text(left + 4 + 110 * c, top + 14 + 20 * r,
                         std::string(1, static_cast<char>('a' + 3 * r + c)));
        }
    }
    std::size_t tables = 0;
    for (const FlatBlock& block : flat(parsed(pdf).blocks)) {
        if (block.kind != BlockKind::table) continue;
        ++tables;
        EXPECT_THAT(block.rows, ElementsAre(ElementsAre("a", "b", "c"), ElementsAre("d", "e", "f"),
                                            ElementsAre("g", "h", "i")));
    }
    EXPECT_EQ(tables, 2U);
}

TEST(PdfTable, GridOfAChartWithItsNumbersIsNone) {
    PdfBuilder pdf = book_table(90, 400, {100, 130, 160, 190});
    for (int i = 0; i < 4; ++i) pdf.text(70, 103 + 30 * i, std::to_string(60 - 20 * i));
    pdf.text(120, 118, "55").text(300, 122, "51").text(120, 148, "31").text(210, 144, "28");
    EXPECT_THAT(texts(parsed(pdf), BlockKind::table), ElementsAre());
}

TEST(PdfTable, NotesAboveTheNextLineAreNoRows) {
    PdfBuilder pdf = book_table(72, 420, {80, 98, 300});
    pdf.text(76, 93, "Model").text(220, 93, "Size").text(340, 93, "Score");
    double y = 112;
    for (const char* const name : {"Alder", "Birch", "Cedar"}) {
        pdf.text(76, y, name).text(220, y, "7B").text(340, y, "61.5");
        y += 13;
    }
    pdf.text(76, 170, "In the last of them the score of two years was left out of the mean");
    pdf.text(76, 182, "since the port was closed for half of the first, as we said above.");
    EXPECT_EQ(only_table(parsed(pdf)).size(), 4U);
}

TEST(PdfTable, NumbersInAFixedPitchAreATable) {
    PdfBuilder pdf;
    pdf.page();
    double y = 100;
    for (const char* const name : {"Under 1 year", "1 to 2 years", "3 to 5 years", "6 and more"}) {
        pdf.text(72, y, name, 10, PdfBuilder::Font::mono);
        pdf.text(200, y, "0.0156", 10, PdfBuilder::Font::mono);
        pdf.text(290, y, "3,533", 10, PdfBuilder::Font::mono);
        y += 12;
    }
    EXPECT_EQ(only_table(parsed(pdf)).size(), 4U);
}

TEST(PdfTable, OutputOfAProgramAmongProseIsAListing) {
    PdfBuilder pdf;
    pdf.page().lines(72, 60, kProse);
    const std::vector<std::string> rows = {"     [,1] [,2] [,3]", "[1,]    1    5    9",
                                           "[2,]    2    6   10", "[3,]    3    7   11"};
    double y = 120;
    for (const std::string& row : rows) {
        for (std::size_t at = 0; at < row.size(); at = row.find(' ', at)) {
            at = std::min(row.find_first_not_of(' ', at), row.size());
            const std::string word = row.substr(at, row.find(' ', at) - at);
            pdf.text(72 + 6 * static_cast<double>(at), y, word, 10, PdfBuilder::Font::mono);
        }
        y += 12;
    }
    EXPECT_THAT(texts(parsed(pdf), BlockKind::table), ElementsAre());
}

// A filled box in a colour, under what is drawn later.
PdfBuilder& fill(PdfBuilder& pdf, double left, double top, double right, double bottom) {
    return pdf.raw("q 0.2 0.3 0.4 rg " + std::to_string(left) + " " + std::to_string(792 - bottom) +
                   " " + std::to_string(right - left) + " " + std::to_string(bottom - top) +
                   " re f Q");
}

TEST(PdfTable, FilledHeadAboveLinedRowsIsOfTheTable) {
    for (const std::size_t count : {2U, 4U, 7U}) {
        PdfBuilder pdf;
        pdf.page();
        // Cell by cell, as word processors fill.
        for (const double x : {72.0, 200.0, 330.0}) fill(pdf, x, 100, x + 129, 118);
        pdf.text(78, 113, "Item").text(206, 113, "Count").text(336, 113, "Amount");
        for (std::size_t i = 0; i < count; ++i) {
            const double y = 118 + 18 * static_cast<double>(i);
            const std::string number = std::to_string(i + 1);
            pdf.text(78, y + 13, "Rope " + number).text(206, y + 13, number);
            pdf.text(336, y + 13, number + "8.50").rule(72, y + 18, 459, y + 18);
        }
        const auto rows = only_table(parsed(pdf));
        ASSERT_EQ(rows.size(), count + 1);
        EXPECT_THAT(rows[0], ElementsAre("Item", "Count", "Amount"));
        EXPECT_THAT(rows[1], ElementsAre("Rope 1", "1", "18.50"));
    }
}

TEST(PdfTable, TitleInAFilledBoxAboveItIsNoRow) {
    PdfBuilder pdf;
    pdf.page();
    fill(pdf, 72, 82, 460, 100).text(78, 95, "What was sold in the spring of the year");
    for (const double y : {100.0, 118.0, 136.0, 154.0}) pdf.rule(72, y, 460, y);
    pdf.text(78, 113, "Item").text(206, 113, "Count").text(336, 113, "Amount");
    pdf.text(78, 131, "Rope").text(206, 131, "1").text(336, 131, "18.50");
    pdf.text(78, 149, "Buoy").text(206, 149, "2").text(336, 149, "9.50");
    const auto rows = only_table(parsed(pdf));
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_THAT(rows[0], ElementsAre("Item", "Count", "Amount"));
}

TEST(PdfTable, HeadsWithABlankBetweenStandOverTheirColumns) {
    PdfBuilder pdf;
    pdf.page().lines(72, 60, kProse);
    using Font = PdfBuilder::Font;
    // Times Bold: each head begins where the numbers below it do.
    pdf.text(72, 120, "Saccharometer", 10, Font::bold).text(138, 120, "Water used", 10, Font::bold);
    pdf.text(191, 120, "Glucose", 10, Font::bold).text(230, 120, "Yeast", 10, Font::bold);
    double y = 134;
    for (const char* const name : {"first", "second", "third"}) {
        pdf.text(72, y, name).text(138, y, "24 ml").text(191, y, "0 ml").text(230, y, "4 ml");
        y += 14;
    }
    const auto rows = only_table(parsed(pdf));
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_THAT(rows[0], ElementsAre("Saccharometer", "Water used", "Glucose", "Yeast"));
}

TEST(PdfTable, HeadsWiderThanTheirNumbersStayOverThem) {
    PdfBuilder pdf;
    pdf.page().lines(72, 60, kProse);
    pdf.text(72, 120, "Country").text(150, 120, "Product per head");
    pdf.text(250, 120, "Share of wind and sun").text(370, 120, "People");
    double y = 134;
    for (const char* const name : {"Austria", "Belgium", "Croatia", "Denmark"}) {
        pdf.text(72, y, name).text(202, y, "52.1").text(330, y, "36").text(386, y, "9.1");
        y += 14;
    }
    const auto rows = only_table(parsed(pdf));
    ASSERT_EQ(rows.size(), 5U);
    EXPECT_THAT(rows[0],
                ElementsAre("Country", "Product per head", "Share of wind and sun", "People"));
    EXPECT_THAT(rows[1], ElementsAre("Austria", "52.1", "36", "9.1"));
}

TEST(PdfTable, ValuesAtHalfTheHeightOfATwoLineLabelAreItsRow) {
    PdfBuilder pdf;
    pdf.page();
    pdf.text(72, 100, "Measure")
        .text(230, 100, "1997")
        .text(290, 100, "1998")
        .text(350, 100, "1999");
    const char* const labels[][2] = {{"Income between the", "states (index)"},
                                     {"Years of life lost", "before old age"},
                                     {"Health and limits", "of activity"}};
    double y = 120;
    for (const auto& label : labels) {
        pdf.text(72, y, label[0]).text(72, y + 11, label[1]);
        pdf.text(230, y + 5.5, "0.06").text(290, y + 5.5, "0.07").text(350, y + 5.5, "0.08");
        y += 25;
    }
    EXPECT_THAT(
        only_table(parsed(pdf)),
        ElementsAre(ElementsAre("Measure", "1997", "1998", "1999"),
                    ElementsAre("Income between the states (index)", "0.06", "0.07", "0.08"),
                    ElementsAre("Years of life lost before old age", "0.06", "0.07", "0.08"),
                    ElementsAre("Health and limits of activity", "0.06", "0.07", "0.08")));
}

TEST(PdfTable, RaisedMarkStandsBehindItsNumber) {
    PdfBuilder pdf;
    pdf.page();
    for (const double y : {100.0, 120.0, 140.0}) pdf.rule(72, y, 272, y);
    for (const double x : {72.0, 172.0, 272.0}) pdf.rule(x, 100, x, 140);
    pdf.text(76, 114, "Country").text(176, 114, "People");
    pdf.text(76, 134, "Indonesia").text(176, 134, "273").text(191, 129.5, "1", 6);
    const auto rows = only_table(parsed(pdf));
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_THAT(rows[1], ElementsAre("Indonesia", "273\u00B9"));
}

TEST(PdfTable, TextThatReachesALittleOverALineStaysApartFromItsNeighbour) {
    PdfBuilder pdf;
    pdf.page();
    for (const double y : {100.0, 120.0, 140.0, 160.0}) pdf.rule(72, y, 372, y);
    pdf.rule(72, 100, 72, 160).rule(372, 100, 372, 160);
    pdf.rule(162, 120, 162, 160).rule(262, 120, 262, 160);
    pdf.text(170, 114, "Mitosis").text(258, 114, "Meiosis");
    pdf.text(76, 134, "parents").text(170, 134, "one").text(266, 134, "one");
    pdf.text(76, 154, "daughters").text(170, 154, "two").text(266, 154, "four");
    const auto rows = only_table(parsed(pdf));
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_THAT(rows[0], ElementsAre("", "Mitosis", "Meiosis"));
}

TEST(PdfTable, RulesOfASidewaysPageAreItsTables) {
    // The page's text runs upwards; its lines are drawn along with it.
    PdfBuilder pdf;
    pdf.page(400, 400);
    std::string content;
    const auto text = [&](double x, double y, const char* what) {
        content += "BT /F0 10 Tf 0 1 -1 0 " + std::to_string(y) + " " + std::to_string(x) +
                   " Tm (" + what + ") Tj ET\n";
    };
    const auto line = [&](double x0, double y0, double x1, double y1) {
        content += std::to_string(y0) + " " + std::to_string(x0) + " m " + std::to_string(y1) +
                   " " + std::to_string(x1) + " l S\n";
    };
    for (const double y : {100.0, 120.0, 160.0}) line(72, y, 372, y);
    for (const double x : {72.0, 172.0, 372.0}) line(x, 100, x, 160);
    text(76, 114, "Name");
    text(176, 114, "Remark");
    text(76, 134, "Ada");
    text(176, 134, "wrote the first");
    text(176, 146, "of all programs");
    pdf.raw(content);
    EXPECT_THAT(only_table(parsed(pdf)),
                ElementsAre(ElementsAre("Name", "Remark"),
                            ElementsAre("Ada", "wrote the first of all programs")));
}

TEST(PdfTable, UnderlinedHeadHasNoLineAboveIt) {
    for (const std::size_t count : {2U, 5U}) {
        PdfBuilder pdf;
        pdf.page().text(72, 80, "What was sold in the spring of the year");
        pdf.text(78, 113, "Item").text(206, 113, "Count").text(336, 113, "Amount");
        pdf.rule(72, 118, 459, 118);
        for (std::size_t i = 0; i < count; ++i) {
            const double y = 118 + 18 * static_cast<double>(i);
            pdf.text(78, y + 13, "Rope").text(206, y + 13, "14").text(336, y + 13, "8.50");
            pdf.rule(72, y + 18, 459, y + 18);
        }
        const auto rows = only_table(parsed(pdf));
        ASSERT_EQ(rows.size(), count + 1);
        EXPECT_THAT(rows[0], ElementsAre("Item", "Count", "Amount"));
    }
}

TEST(PdfTable, FilledHeadAndOneLineAtTheEndAreAFrame) {
    PdfBuilder pdf;
    pdf.page();
    fill(pdf, 72, 100, 459, 118);
    pdf.text(78, 113, "Item").text(206, 113, "Count").text(336, 113, "Amount");
    pdf.text(78, 131, "Rope").text(206, 131, "14").text(336, 131, "8.50");
    pdf.rule(72, 136, 459, 136);
    EXPECT_THAT(only_table(parsed(pdf)), ElementsAre(ElementsAre("Item", "Count", "Amount"),
                                                     ElementsAre("Rope", "14", "8.50")));
}

TEST(PdfTable, AddressAboveItemsAndSumsBelowThemAreNoRowsOfThem) {
    for (const double margin : {10.0, 16.0}) {
        PdfBuilder pdf;
        pdf.page();
        pdf.text(72, 80, "Northwind Marine Supplies Limited").text(340, 80, "Invoice no. 48214");
        pdf.text(72, 94, "14 Quay Street, Plymouth").text(340, 94, "Date: 14 March 2025");
        double y = 108 + margin;
        const char* const items[][5] = {{"Item", "Description", "Qty", "Price", "Amount"},
                                        {"A-100", "Mooring rope of hemp", "12", "18.50", "222.00"},
                                        {"A-220", "Fender", "8", "64.00", "512.00"},
                                        {"B-017", "Stainless shackle", "40", "9.25", "370.00"},
                                        {"C-300", "Buoy with light", "2", "9.00", "18.00"}};
        for (const auto& row : items) {
            pdf.text(72, y, row[0]).text(112, y, row[1]).text(250, y, row[2]);
            pdf.text(290, y, row[3]).text(380, y, row[4]);
            y += 14;
        }
        y += margin;
        pdf.text(300, y, "Subtotal").text(380, y, "1,122.00");
        pdf.text(300, y + 14, "Total due").text(380, y + 14, "1,346.40");
        std::vector<std::vector<std::string>> rows;
        for (const FlatBlock& block : flat(parsed(pdf).blocks)) {
            if (block.kind == BlockKind::table)
                rows.insert(rows.end(), block.rows.begin(), block.rows.end());
        }
        ASSERT_GE(rows.size(), 5U);
        EXPECT_THAT(rows[0], ElementsAre("Item", "Description", "Qty", "Price", "Amount"));
        EXPECT_THAT(rows[4], ElementsAre("C-300", "Buoy with light", "2", "9.00", "18.00"));
    }
}

TEST(PdfTable, LongLabelsAndAmountsAreATable) {
    PdfBuilder pdf;
    pdf.page();
    const char* const rows[][2] = {{"Income from berthing fees of resident boats", "184,200.00"},
                                   {"Income from visiting boats and the ferry", "-96,410.50"},
                                   {"Grant from the county for the breakwater", "140,000.00"},
                                   {"Wages and salaries of all permanent staff", "-61,004.90"}};
    double y = 100;
    for (const auto& row : rows) {
        pdf.text(72, y, row[0]).text(300, y, row[1]);
        y += 14;
    }
    const auto found = only_table(parsed(pdf));
    ASSERT_EQ(found.size(), 4U);
    EXPECT_THAT(found[3], ElementsAre(rows[3][0], rows[3][1]));
}

TEST(PdfTable, TextOfTheNextColumnOfThePageIsNoneOfItsColumns) {
    std::vector<std::string> column;
    for (int i = 0; i < 16; ++i)
        column.push_back("of a river in the north that runs its long way down " +
                         std::string(1, static_cast<char>('a' + i)));
    for (const double left : {60.0, 320.0}) {
        const double right = left > 200 ? 60 : 320;
        PdfBuilder pdf;
        pdf.page().lines(left, 84, column, 10, 12);
        double y = 84 + 12 * 6;
        const char* const rows[][3] = {{"Item", "2023", "2024"},
                                       {"Dredging", "120", "95"},
                                       {"Repairs", "44", "61"},
                                       {"Staff", "310", "322"}};
        for (const auto& row : rows) {
            pdf.text(right, y, row[0]).text(right + 90, y, row[1]).text(right + 160, y, row[2]);
            y += 12;
        }
        EXPECT_THAT(
            only_table(parsed(pdf)),
            ElementsAre(ElementsAre("Item", "2023", "2024"), ElementsAre("Dredging", "120", "95"),
                        ElementsAre("Repairs", "44", "61"), ElementsAre("Staff", "310", "322")))
            << left;
    }
}

TEST(PdfTable, LongLabelLeavesItsValueItsColumn) {
    PdfBuilder pdf;
    pdf.page();
    // Times: the longest label ends 4.5 points before the second column.
    pdf.text(72, 100, "Station").text(160.7, 100, "05:42 5.1").text(220, 100, "11:50 1.2");
    pdf.text(72, 114, "Plymouth Devonport")
        .text(160.7, 114, "05:29 5.0")
        .text(220, 114, "11:41 1.1");
    pdf.text(72, 128, "Newlyn").text(160.7, 128, "04:58 5.2").text(220, 128, "11:07 1.3");
    pdf.text(72, 142, "Falmouth").text(160.7, 142, "05:10 4.9").text(220, 142, "11:20 1.2");
    const auto rows = only_table(parsed(pdf));
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_THAT(rows[1], ElementsAre("Plymouth Devonport", "05:29 5.0", "11:41 1.1"));
}

TEST(PdfTable, WrappedLinesOfAllCellsAreNoRow) {
    PdfBuilder pdf;
    pdf.page();
    pdf.text(72, 100, "Safety").text(220, 100, "Access").text(370, 100, "Parking");
    pdf.text(72, 120, "Hard hats are worn on the").text(220, 120, "Gates open at six and close");
    pdf.text(370, 120, "Only with a permit from the");
    pdf.text(72, 132, "quay at all times.").text(220, 132, "again at ten.");
    pdf.text(370, 132, "office.");
    EXPECT_THAT(only_table(parsed(pdf)),
                ElementsAre(ElementsAre("Safety", "Access", "Parking"),
                            ElementsAre("Hard hats are worn on the quay at all times.",
                                        "Gates open at six and close again at ten.",
                                        "Only with a permit from the office.")));
}

TEST(PdfTable, RowsOfSmallLettersStayRows) {
    PdfBuilder pdf;
    pdf.page();
    const char* const cells[][3] = {{"fruit", "colour", "weight"},
                                    {"apple", "red", "light"},
                                    {"melon", "yellow", "heavy"},
                                    {"plum", "blue", "light"}};
    double y = 120;
    for (const auto& row : cells) {
        pdf.text(72, y, row[0]).text(180, y, row[1]).text(300, y, row[2]);
        y += 13;
    }
    EXPECT_EQ(only_table(parsed(pdf)).size(), 4U);
}

}  // namespace
}  // namespace ingestor::extract::pdf
