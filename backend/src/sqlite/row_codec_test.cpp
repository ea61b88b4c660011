#include "sqlite/row_codec.hpp"

#include <gtest/gtest.h>

namespace ingestor::sqlite {
namespace {

TEST(RowCodec, ResourcesComeBackWhateverTheyHold) {
    for (const auto& resources : std::vector<std::vector<std::string>>{
             {}, {""}, {"", ""}, {"arn:a", "arn:b"}, {"a\nb", "\\n", "\\", "\n", "\xC3\xA9"}}) {
        EXPECT_EQ(split_resources(join_resources(resources)), resources);
    }
    EXPECT_EQ(split_resources("arn:a\narn:b\n"), (std::vector<std::string>{"arn:a", "arn:b"}));
}

TEST(RowCodec, TagsComeBackWhateverTheyHold) {
    const ports::Tags tags{{"", ""}, {"k", "v"}, {"\"{\n", "\xC3\xA9\\"}};
    EXPECT_EQ(split_tags(join_tags(tags)), tags);
    EXPECT_EQ(join_tags({}), "{}");
    EXPECT_TRUE(split_tags("not json").empty());
}

}  // namespace
}  // namespace ingestor::sqlite
