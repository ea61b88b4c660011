#include "base/printable.hpp"

#include <string>

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace ingestor {
namespace {

struct Row {
    const char* name;
    std::string_view text;
    std::string_view shown;
};

constexpr Row kRows[] = {
    {"PlainTextStaysAsItIs", "a \"b\" \\ c", "a \"b\" \\ c"},
    {"LettersOfOtherScriptsStay", "süß 你好 שלום 😀", "süß 你好 שלום 😀"},
    {"LinesCannotBeForged", "a\r\nINFO b\tc", "a\\r\\nINFO b\\tc"},
    {"EscapeSequencesDoNothing", "\x1b[2J\x07", "\\u001b[2J\\u0007"},
    {"DeleteIsShown", "a\x7f", "a\\u007f"},
    {"C1IsShown", "\xC2\x9B\x32J\xC2\x85", "\\u009b2J\\u0085"},
    {"TheFirstCharacterAfterC1Stays", "\xC2\xA0", "\xC2\xA0"},
    {"OverridesDoNotTurnText",
     "exe.\xE2\x80\xAE"
     "fdp",
     "exe.\\u202efdp"},
    {"IsolatesAreShown", "\xE2\x81\xA6x\xE2\x81\xA9", "\\u2066x\\u2069"},
    {"MarksAreShown", "\xE2\x80\x8E\xE2\x80\x8F\xD8\x9C", "\\u200e\\u200f\\u061c"},
    {"UnicodeLinesAreShown", "\xE2\x80\xA8\xE2\x80\xA9", "\\u2028\\u2029"},
    {"BytesThatAreNotTextAreReplaced", "a\xFF\xC2", "a\xEF\xBF\xBD\xEF\xBF\xBD"},
    {"RawC1BytesAreNotText", "\x9B", "\xEF\xBF\xBD"},
    {"OverlongFormsAreNotText", "\xC0\x9B", "\xEF\xBF\xBD\xEF\xBF\xBD"},
};

class Printable : public testing::TestWithParam<Row> {};

TEST_P(Printable, MatchesTable) {
    EXPECT_EQ(printable(GetParam().text), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(Text, Printable, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(PrintableText, WhatIsKeptStays) {
    EXPECT_EQ(printable("a\n\tb\r", "\n\t"), "a\n\tb\\r");
    EXPECT_EQ(printable(std::string_view("\0", 1)), "\\u0000");
}

TEST(PrintableText, NoCodePointPassesThatATerminalWouldObey) {
    for (std::uint32_t point = 0; point < 0xA0; ++point) {
        std::string text;
        if (point < 0x80) {
            text += static_cast<char>(point);
        } else {
            text +=
                {static_cast<char>(0xC0 | point >> 6), static_cast<char>(0x80 | (point & 0x3F))};
        }
        ASSERT_TRUE(is_utf8(text));
        const bool harmless = point >= 0x20 && point < 0x7F;
        EXPECT_EQ(printable(text) == text, harmless) << point;
    }
}

TEST(PrintableText, InJsonQuotesAndBackslashesAreEscapedToo) {
    std::string out;
    append_printable_json(out, "\"\\\n\xC2\x9B\xFFü");
    EXPECT_EQ(out, "\\\"\\\\\\n\\u009b\\ufffdü");
}

}  // namespace
}  // namespace ingestor
