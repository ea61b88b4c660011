#include "eventbridge/patterns/case_folding.hpp"

#include <string>

#include <gtest/gtest.h>

namespace ingestor::eventbridge::patterns {
namespace {

std::string folded(std::string_view text) {
    std::string result = "left from before";
    fold_case(text, result);
    return result;
}

TEST(CaseFolding, IsOneCharacterForOne) {
    EXPECT_EQ(folded("AZaz09[`{@"), "azaz09[`{@");
    EXPECT_EQ(folded("\u00C9\u00D7\u00DE"),
              "\u00E9\u00D7\u00FE");  // The multiplication sign stays.
    EXPECT_EQ(folded("\u03A3\u03C2\u03C3"), "\u03C3\u03C3\u03C3");
    EXPECT_EQ(folded("\u0130\u0131I"), "\u0130\u0131i");
    EXPECT_EQ(folded("\u1E9E\u00DF"), "\u00DF\u00DF");
    EXPECT_EQ(folded("\u0100\u0101\u0139\u017F"), "\u0101\u0101\u013As");
    EXPECT_EQ(folded("\U00010400\U0001F986"), "\U00010428\U0001F986");
    EXPECT_EQ(folded("\u13A0\uAB70"), "\u13A0\u13A0");  // Cherokee folds to upper case.
    EXPECT_EQ(folded("\u4E2D\uFF21"), "\u4E2D\uFF41");
}

TEST(CaseFolding, LeavesBytesThatAreNoUtf8) {
    EXPECT_EQ(folded("A\xFF\x80"), "a\xFF\x80");
    EXPECT_EQ(folded("A\xC3"), "a\xC3");
}

}  // namespace
}  // namespace ingestor::eventbridge::patterns
