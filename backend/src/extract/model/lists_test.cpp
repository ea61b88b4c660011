#include "extract/model/lists.hpp"

#include <gtest/gtest.h>

#include "extract/model/inline_builder.hpp"

namespace ingestor::extract::model {
namespace {

ListItem item(const char* text, int number = 0) {
    ListItem out{.number = number};
    out.blocks.push_back({.content = Paragraph{.text = plain(text)}});
    return out;
}

const List& list(const Blocks& blocks, std::size_t at = 0) {
    return std::get<List>(blocks.at(at).content);
}

TEST(AddItem, DeeperItemsStandInTheItemAbove) {
    Blocks blocks;
    add_item(blocks, 0, item("a"));
    add_item(blocks, 1, item("b"));
    add_item(blocks, 1, item("c"));
    add_item(blocks, 0, item("d"));
    ASSERT_EQ(blocks.size(), 1U);
    ASSERT_EQ(list(blocks).items.size(), 2U);
    const Blocks& first = list(blocks).items[0].blocks;
    ASSERT_EQ(first.size(), 2U);
    EXPECT_EQ(list(first, 1).items.size(), 2U);
}

TEST(AddItem, AnItemDeeperThanAnyListStandsAsDeepAsItCan) {
    Blocks blocks;
    add_item(blocks, 7, item("a"));
    add_item(blocks, 7, item("b"));
    ASSERT_EQ(list(blocks).items.size(), 1U);
    EXPECT_EQ(list(list(blocks).items[0].blocks, 1).items.size(), 1U);
}

TEST(AddItem, AnotherCountIsAnotherList) {
    Blocks blocks;
    add_item(blocks, 0, item("a", 1));
    add_item(blocks, 0, item("b", 2));
    add_item(blocks, 0, item("c", 1));
    add_item(blocks, 0, item("d"));
    ASSERT_EQ(blocks.size(), 3U);
    EXPECT_TRUE(list(blocks, 0).ordered);
    EXPECT_EQ(list(blocks, 1).items.size(), 1U);
    EXPECT_FALSE(list(blocks, 2).ordered);
}

TEST(AddItem, DepthIsBounded) {
    Blocks blocks;
    for (int depth = 0; depth < 10'000; ++depth) add_item(blocks, depth, item("a"));
    int depth = 0;
    const Blocks* at = &blocks;
    while (!at->empty() && std::holds_alternative<List>(at->back().content)) {
        at = &list(*at, at->size() - 1).items.back().blocks;
        ++depth;
    }
    EXPECT_EQ(depth, kListDepthMax + 1);
}

TEST(LastItem, IsTheDeepest) {
    Blocks blocks;
    EXPECT_EQ(last_item(blocks), nullptr);
    add_item(blocks, 0, item("a", 1));
    add_item(blocks, 1, item("b", 7));
    ASSERT_NE(last_item(blocks), nullptr);
    EXPECT_EQ(last_item(blocks)->number, 7);
    blocks.push_back({.content = Rule{}});
    EXPECT_EQ(last_item(blocks), nullptr);
}

}  // namespace
}  // namespace ingestor::extract::model
