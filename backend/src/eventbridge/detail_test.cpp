#include "eventbridge/detail.hpp"

#include <string>

#include <gtest/gtest.h>

namespace ingestor::eventbridge {
namespace {

TEST(Detail, LosesTheSpaceBetweenTokensAlone) {
    EXPECT_EQ(
        compact_detail("\n{ \"a b\" :\t[ 1.50 , -0e0 , \"x \\\" { \\\\\" ] , \"a b\" : { } }\r\n"),
        R"({"a b":[1.50,-0e0,"x \" { \\"],"a b":{}})");
    EXPECT_EQ(compact_detail(R"({ "" : "\\\" ] " , "\\" : [ "" , " \\\\" ] })"),
              R"({"":"\\\" ] ","\\":[""," \\\\"]})");
}

TEST(Detail, IsAnObject) {
    for (const auto* text : {"", " ", "hello", "[1]", "\"x\"", "1", "null", "{{}", "{", "{}}",
                             "{} x", "{\"a\":1,}", "{'a':1}", "{\"a\":01}", "{\"a\":\"\x01\"}"}) {
        EXPECT_FALSE(compact_detail(text)) << text;
    }
}

TEST(Detail, IntegersFitInto64Bits) {
    EXPECT_TRUE(compact_detail(R"({"n":[9223372036854775807,-9223372036854775808,1e300]})"));
    for (const auto* text : {R"({"n":9223372036854775808})", R"({"n":18446744073709551616})",
                             R"({"n":-9223372036854775809})"}) {
        EXPECT_FALSE(compact_detail(text)) << text;
    }
}

TEST(Detail, NestingIsLimited) {
    const auto nested = [](std::size_t depth) {
        return R"({"a":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
    };
    // The envelope is one level, the detail the next.
    EXPECT_TRUE(compact_detail(nested(kEventDepthMax - 2)));
    EXPECT_FALSE(compact_detail(nested(kEventDepthMax - 1)));
    EXPECT_FALSE(compact_detail(nested(100'000)));
}

}  // namespace
}  // namespace ingestor::eventbridge
