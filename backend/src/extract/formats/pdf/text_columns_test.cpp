#include "extract/formats/pdf/text_columns.hpp"

#include <cstddef>
#include <tuple>

#include <gtest/gtest.h>

namespace ingestor::extract::pdf {
namespace {

TEST(TextColumns, ArePartedByMoreThanThreePointsOfWhite) {
    TextColumns texts;
    texts.add(0, 10);
    texts.add(13.5, 20);
    texts.add(23, 30);
    const auto columns = texts.find(1);
    ASSERT_EQ(columns.size(), 2U);
    EXPECT_EQ(columns[0].right, 10);
    EXPECT_EQ(columns[1].left, 13.5);
    EXPECT_EQ(columns[1].right, 30);
}

TEST(TextColumns, ATenthOfTheLinesMayCrossTheWhite) {
    for (const auto& [lines, crossing, count] : {std::tuple{3, 1, 1U}, std::tuple{4, 1, 2U},
                                                 std::tuple{19, 2, 1U}, std::tuple{20, 2, 2U}}) {
        TextColumns texts;
        for (int n = crossing; n < lines; ++n) {
            texts.add(0, 10);
            texts.add(40, 50);
        }
        for (int n = 0; n < crossing; ++n) texts.add(0, 50);
        EXPECT_EQ(texts.find(static_cast<std::size_t>(lines)).size(), count) << lines;
    }
}

TEST(TextColumns, NoTextsHaveNone) {
    EXPECT_TRUE(TextColumns().find(0).empty());
}

}  // namespace
}  // namespace ingestor::extract::pdf
