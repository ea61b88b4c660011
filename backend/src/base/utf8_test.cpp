#include "base/utf8.hpp"

#include <gtest/gtest.h>

namespace ingestor {
namespace {

TEST(CutUtf8, EndsBetweenCharacters) {
    const std::string_view text = "a\u00e9\u20ac\U0001F600";  // 1, 2, 3 and 4 bytes.
    constexpr std::size_t kEnds[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
    for (std::size_t max = 0; max < std::size(kEnds); ++max) {
        EXPECT_EQ(cut_utf8(text, max), text.substr(0, kEnds[max])) << max;
    }
    EXPECT_EQ(cut_utf8("\x80\x80\x80", 2), "") << "no character begins here";
}

}  // namespace
}  // namespace ingestor
