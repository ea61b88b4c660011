#include "extract/text/common_characters.hpp"

#include <cstdint>
#include <string_view>

#include <gtest/gtest.h>

namespace ingestor::extract::text {
namespace {

TEST(CommonCharacters, AreThoseOfEverydayTexts) {
    for (const char32_t c : std::u32string_view(U"的人国本中")) {
        EXPECT_TRUE(is_frequent_ideograph(c)) << static_cast<std::uint32_t>(c);
        EXPECT_FALSE(is_rare_ideograph(c)) << static_cast<std::uint32_t>(c);
    }
    for (const char32_t c : std::u32string_view(U"\u5100\u5600\u5A40\u9C7B")) {
        EXPECT_FALSE(is_frequent_ideograph(c)) << static_cast<std::uint32_t>(c);
        EXPECT_TRUE(is_rare_ideograph(c)) << static_cast<std::uint32_t>(c);
    }
    for (const char32_t c : std::u32string_view(U"이다하습니")) {
        EXPECT_TRUE(is_common_syllable(c)) << static_cast<std::uint32_t>(c);
    }
    EXPECT_FALSE(is_common_syllable(U'뷁'));
    EXPECT_FALSE(is_frequent_ideograph(U'a'));
    EXPECT_FALSE(is_rare_ideograph(U'a'));
    EXPECT_FALSE(is_common_syllable(U'人'));
}

}  // namespace
}  // namespace ingestor::extract::text
