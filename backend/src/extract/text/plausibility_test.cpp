#include "extract/text/plausibility.hpp"

#include <string>

#include <gtest/gtest.h>

namespace ingestor::extract::text {
namespace {

/// Texts, and what a wrong encoding makes of their bytes.
struct Pair {
    const char* name;
    std::string_view right, wrong;
};

class TextPlausibility : public testing::TestWithParam<Pair> {};

TEST_P(TextPlausibility, TextIsMorePlausibleThanItsMisreading) {
    const double right = plausibility_of(GetParam().right).mean;
    const double wrong = plausibility_of(GetParam().wrong).mean;
    EXPECT_GT(right, 0.3);
    EXPECT_GT(right, wrong);
}

constexpr Pair kPairs[] = {
    {"Utf8AsLatin", "für die Größe", "fÃ¼r die GrÃ¶ÃŸe"},
    {"DosAsWindows", "für die Größe", "f\u0081r die Gr”áe"},
    {"WindowsAsMac", "für die Größe", "f¸r die Grˆﬂe"},
    {"CyrillicByAnother", "привет, мир", "ОПХБЕР, ЛХП"},
    {"CyrillicAsLatin", "привет, мир", "ïðèâåò, ìèð"},
    {"GreekAsCyrillic", "καλημέρα κόσμε", "кблзмЭсб кьуме"},
    {"JapaneseAsLatin", "会議の資料", "‰ï‹c‚ÌŽ‘—¿"},
    {"KoreanAsChinese", "안녕하세요 여러분", "救崇窍技夸 咯矾盒"},
    {"AsciiAsUtf16", "[ERROR] für worker 12", "䕛剒剏⁝潷歲牥ㄠ′"},
    {"PolishAsLatin", "zażółć gęślą jaźń", "za¿ó³æ gêœl¹ jaŸñ"},
};
INSTANTIATE_TEST_SUITE_P(Text, TextPlausibility, testing::ValuesIn(kPairs),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(TextPlausibility, TextInAsciiIsNotJudged) {
    EXPECT_EQ(plausibility_of("plain text").characters, 0U);
    EXPECT_EQ(plausibility_of("").mean, 1);
}

TEST(TextPlausibility, OnlyTheLanguagesNamedAreTried) {
    EXPECT_GT(plausibility_of("żółć", "pl").mean, plausibility_of("żółć", "de fr").mean);
}

}  // namespace
}  // namespace ingestor::extract::text
