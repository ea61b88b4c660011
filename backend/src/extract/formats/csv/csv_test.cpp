#include "extract/formats/csv/csv.hpp"

#include <gtest/gtest.h>

#include "extract/testing/flat_blocks.hpp"

namespace ingestor::extract::csv {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(std::string_view csv) {
    const auto document = parse_csv(csv, ParseLimits{});
    if (!document) return {{"error: " + document.error().message}};
    return flat(document->blocks).front().rows;
}

struct CsvCase {
    const char* name;
    const char* csv;
    Rows rows;
};

class CsvTable : public testing::TestWithParam<CsvCase> {};

TEST_P(CsvTable, MatchesTable) {
    EXPECT_EQ(rows_of(GetParam().csv), GetParam().rows);
}

const CsvCase kTables[] = {
    {"Commas", "a,b\n1,2\n", {{"a", "b"}, {"1", "2"}}},
    {"Semicolons", "a;b\n1,5;2,5\n", {{"a", "b"}, {"1,5", "2,5"}}},
    {"Tabs", "a\tb\n1\t2", {{"a", "b"}, {"1", "2"}}},
    {"Bars", "a|b\r\n1|2\r\n", {{"a", "b"}, {"1", "2"}}},
    {"QuotesHoldDelimitersAndBreaks",
     "a,b\n\"x, \"\"y\"\"\",\"1\n2\"\n",
     {{"a", "b"}, {"x, \"y\"", "1  \n2"}}},
    {"RaggedRowsStay", "a,b,c\n1\n1,2,3,4\n", {{"a", "b", "c"}, {"1"}, {"1", "2", "3", "4"}}},
    {"EmptyFieldsStay", "a,,c\n,,\n,2,\n", {{"a", "", "c"}, {"", "2", ""}}},
    {"ANamedSeparatorIsTaken", "sep=;\na;b,c\n", {{"a", "b,c"}}},
    {"AQuoteThatNeverClosesIsPlain", "a,b\n\"1,2\n3,4\n", {{"a", "b"}, {"\"1", "2"}, {"3", "4"}}},
    {"BlanksBeforeQuotes", "a, b\n\"x, y\", \"z, w\"\n", {{"a", "b"}, {"x, y", "z, w"}}},
    {"OneColumn", "a\nb\n", {{"a"}, {"b"}}},
    {"MarkupIsLiteral", "a*,<b>\n", {{"a\\*", "\\<b>"}}},
};
INSTANTIATE_TEST_SUITE_P(Csv, CsvTable, testing::ValuesIn(kTables),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Csv, LimitsHold) {
    EXPECT_EQ(parse_csv("a,b,c", {.table_columns_max = 2}).error().code, Errc::too_large);
    EXPECT_EQ(parse_csv("a\nb\nc", {.blocks_max = 2}).error().code, Errc::too_large);
    EXPECT_EQ(parse_csv("\n \n", ParseLimits{}).error().code, Errc::empty);
}

TEST(Csv, ManyQuotesThatNeverCloseTakeLinearTime) {
    std::string csv;
    for (int i = 0; i < 20'000; ++i) csv += "\"a\"\"\n";
    // An odd number of quotes in all: the last one opens and nothing closes it.
    EXPECT_FALSE(rows_of(csv).empty());
}

}  // namespace
}  // namespace ingestor::extract::csv
