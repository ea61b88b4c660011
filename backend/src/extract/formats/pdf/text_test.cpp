#include "extract/formats/pdf/text.hpp"

#include <string>

#include <gtest/gtest.h>

#include "extract/formats/pdf/layout.hpp"

namespace ingestor::extract::pdf {
namespace {

std::u32string folded(std::u32string_view text) {
    std::u32string out;
    for (const char32_t c : text) append_folded(out, c);
    return out;
}

TEST(PdfText, LigaturesAreSpread) {
    EXPECT_EQ(folded(U"e\uFB03cient \uFB02ow of \uFB01ne stu\uFB00"),
              U"efficient flow of fine stuff");
}

TEST(PdfText, WhatCannotBeSeenIsLeftOut) {
    EXPECT_EQ(folded(std::u32string(U"a\0b\u200B\uFEFF\uFFFE\uE123\u0085 c", 10)), U"ab c");
}

TEST(PdfText, EveryBlankIsABlank) {
    EXPECT_EQ(folded(U"a\u00A0b\u2003c\td"), U"a b c d");
}

TEST(PdfText, RightToLeftTextIsPutInTheOrderOfReading) {
    // On the page, from left to right: the word reversed, a Latin word before it.
    EXPECT_EQ(to_logical(U"\u05DD\u05D5\u05DC\u05E9"), U"\u05E9\u05DC\u05D5\u05DD");
    EXPECT_EQ(to_logical(U"\u05DD\u05D5\u05DC\u05E9 PDF \u05D5"),
              U"\u05D5 PDF \u05E9\u05DC\u05D5\u05DD");
}

TEST(PdfText, ArabicFormsBecomeLetters) {
    EXPECT_EQ(to_logical(U"\uFEFC"), U"\u0644\u0627");
}

TEST(PdfText, LooseAccentsJoinTheirLetters) {
    EXPECT_EQ(to_logical(U"u\u0308ber"), U"\u00FCber");
}

TEST(PdfText, PatternIgnoresNumbersAndCase) {
    EXPECT_EQ(pattern_of(U"Chapter 12 \u2013 Page 7"), pattern_of(U"chapter 3 \u2013 page 41"));
    EXPECT_NE(pattern_of(U"Chapter 12"), pattern_of(U"Appendix 12"));
}

TEST(PdfText, Utf8GoesThereAndBack) {
    const std::u32string text = U"a\u00E9\u20AC\U0001F600";
    EXPECT_EQ(from_utf8(to_utf8(text)), text);
}

struct MarkerCase {
    const char* name;
    const char32_t* text;
    std::size_t length;
};

constexpr MarkerCase kMarkers[] = {
    {"Bullet", U"\u2022 point", 1}, {"Dash", U"- point", 1},
    {"Number", U"12. point", 3},    {"NumberInBrackets", U"(3) point", 3},
    {"Letter", U"b) point", 2},     {"RomanNumber", U"iv. point", 3},
    {"Initial", U"A. Writer", 0},   {"Hyphenated", U"-ish word", 0},
    {"Decimal", U"3.14 is pi", 0},  {"Year", U"1999. A year", 0},
    {"Word", U"and so on", 0},      {"AbbreviationIsNone", U"etc. and", 0},
};

class PdfMarker : public testing::TestWithParam<MarkerCase> {};

TEST_P(PdfMarker, MatchesTable) {
    EXPECT_EQ(marker_length(GetParam().text), GetParam().length);
}

INSTANTIATE_TEST_SUITE_P(Pdf, PdfMarker, testing::ValuesIn(kMarkers),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(PdfText, BracketsOfTurnedTextAreReadAsTheyWereWritten) {
    // "(shalom)" drawn by shape, and with the characters that were typed.
    const std::u32string_view drawn = U"(\u05DD\u05D5\u05DC\u05E9)";
    const std::u32string_view typed = U")\u05DD\u05D5\u05DC\u05E9(";
    EXPECT_GT(bracket_vote(drawn), 0);
    EXPECT_LT(bracket_vote(typed), 0);
    EXPECT_EQ(bracket_vote(U"(a) b (c)"), 0) << "says nothing of turned text";
    EXPECT_EQ(to_logical(drawn), U"(\u05E9\u05DC\u05D5\u05DD)");
    EXPECT_EQ(to_logical(typed, Brackets::as_typed), U"(\u05E9\u05DC\u05D5\u05DD)");
}

}  // namespace
}  // namespace ingestor::extract::pdf
