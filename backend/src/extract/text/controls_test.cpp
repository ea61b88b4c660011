#include "extract/text/controls.hpp"

#include <string>

#include <gtest/gtest.h>

namespace ingestor::extract::text {
namespace {

struct ControlsCase {
    const char* name;
    std::string_view text;
    std::string_view left;
};

class TerminalControls : public testing::TestWithParam<ControlsCase> {};

TEST_P(TerminalControls, MatchesTable) {
    EXPECT_EQ(without_terminal_controls(GetParam().text), GetParam().left);
}

using namespace std::string_view_literals;

constexpr ControlsCase kControls[] = {
    {"PlainTextStays", "a [31m b\n"sv, "a [31m b\n"sv},
    {"Colours", "\x1B[1;31mERROR\x1B[0m: \x1B[38;5;196mred\x1B[m"sv, "ERROR: red"sv},
    {"ColoursByColons", "\x1B[38:2::255:0:0mred\x1B[0m"sv, "red"sv},
    {"CursorsAndScreens", "\x1B[2J\x1B[1;1H\x1B[?25lMenu\x1B[K\x1B[?25h"sv, "Menu"sv},
    {"TitlesEndWithABell", "\x1B]0;a title\x07text"sv, "text"sv},
    {"LinksKeepTheirText", "\x1B]8;;http://a.org\x1B\\here\x1B]8;;\x1B\\."sv, "here."sv},
    {"CharacterSets", "\x1B(Bplain\x1B)0"sv, "plain"sv},
    {"KeypadAndReset",
     "\x1B=\x1B>\x1B"
     "c\x1B"
     "7text\x1B"
     "8"sv,
     "text"sv},
    {"SequencesOfEightBits", "\u009B1mbold\u009B0m"sv, "bold"sv},
    {"AnEscapeAloneGoesAlone", "a \x1B b"sv, "a  b"sv},
    {"AnEscapeAtTheEnd", "a\x1B"sv, "a"sv},
    {"ASequenceThatIsCutOff", "a\x1B[31"sv, "a[31"sv},
    {"ATitleThatNeverEndsIsText", "a\x1B]0;title\nnext"sv, "a]0;title\nnext"sv},
    {"BoldByStriking", "N\bNA\bAM\bME\bE"sv, "NAME"sv},
    {"UnderlinedByStriking", "_\bf_\bi_\bl_\be"sv, "file"sv},
    {"UnderlinedBehind", "f\b_i\b_"sv, "fi"sv},
    {"BeyondAscii", "\u00E9\b\u00E9t\u00E9"sv, "\u00E9t\u00E9"sv},
    {"BackspacesAtALinesStart", "\b\b\nx"sv, "\nx"sv},
    {"OtherStrikesLoseNothing", "a\bb"sv, "ab"sv},
};
INSTANTIATE_TEST_SUITE_P(Text, TerminalControls, testing::ValuesIn(kControls),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(TerminalControls, SequencesThatNeverEndTakeLinearTime) {
    std::string text;
    for (int i = 0; i < 300'000; ++i) text += i % 2 == 0 ? "\x1B]" : "\x1B[";
    EXPECT_EQ(without_terminal_controls(text).size(), 300'000U);
}

}  // namespace
}  // namespace ingestor::extract::text
