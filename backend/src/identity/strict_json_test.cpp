#include "identity/strict_json.hpp"

#include <string>

#include <gtest/gtest.h>

namespace ingestor::identity {
namespace {

struct RefusedCase {
    const char* name;
    std::string text;
    const char* reason;
};

std::string nested(int depth) {
    std::string text = "{\"a\":";
    for (int i = 1; i < depth; ++i) text += "[";
    for (int i = 1; i < depth; ++i) text += "]";
    return text + (depth == 1 ? "1}" : "}");
}

class StrictJsonRefused : public testing::TestWithParam<RefusedCase> {};

TEST_P(StrictJsonRefused, SaysWhy) {
    const auto& row = GetParam();
    const auto parsed = parse_strict_object(row.text, 1000);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().message, row.reason);
}

INSTANTIATE_TEST_SUITE_P(
    StrictJson, StrictJsonRefused,
    testing::Values(
        RefusedCase{"RepeatedKey", R"({"a":1,"b":2,"a":3})", "a JSON key is given twice"},
        RefusedCase{"RepeatedKeyByEscape", R"({"alg":1,"\u0061lg":2})",
                    "a JSON key is given twice"},
        RefusedCase{"RepeatedKeyBelow", R"({"a":[{"b":1,"b":1}]})", "a JSON key is given twice"},
        RefusedCase{"NulInString", R"({"a":"b\u0000c"})", "a JSON string holds a NUL"},
        RefusedCase{"NulInKey", R"({"a\u0000":1})", "a JSON string holds a NUL"},
        RefusedCase{"NulInArray", R"({"a":["\u0000"]})", "a JSON string holds a NUL"},
        RefusedCase{"TextAfterTheEnd", R"({"a":1}{})", "not valid JSON"},
        RefusedCase{"CutShort", R"({"a":1)", "not valid JSON"},
        RefusedCase{"Empty", "", "not valid JSON"},
        RefusedCase{"TooDeep", nested(17), "not valid JSON"},
        RefusedCase{"Comment", R"({"a":1/*b*/})", "not valid JSON"},
        RefusedCase{"TrailingComma", R"({"a":1,})", "not valid JSON"},
        RefusedCase{"NotUtf8", "{\"a\":\"\xC3\x28\"}", "not valid JSON"},
        RefusedCase{"LoneSurrogate", R"({"a":"\uD800"})", "not valid JSON"},
        RefusedCase{"Array", "[1]", "not a JSON object"},
        RefusedCase{"Text", "\"a\"", "not a JSON object"},
        RefusedCase{"TooLong", "{\"a\":\"" + std::string(1000, 'b') + "\"}",
                    "the JSON text is too large"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(StrictJson, OneKeyMayStandInSeveralObjects) {
    const auto parsed = parse_strict_object(R"({"a":{"a":1},"b":[{"a":1},{"a":2}]})", 1000);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->at("b").at(1).at("a").as_int64(), 2);
}

TEST(StrictJson, DepthUpToTheLimitIsRead) {
    EXPECT_TRUE(parse_strict_object(nested(16), 1000));
}

TEST(StrictJson, LongKeysAndTextsAreReadWhole) {
    const std::string text(5000, 'x');
    const auto parsed =
        parse_strict_object(R"({")" + text.substr(0, 1000) + R"(":")" + text + "\"}", 10000);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(text_member(*parsed, text.substr(0, 1000)), text);
}

TEST(StrictJson, TextMemberTakesOnlyText) {
    const auto parsed = parse_strict_object(R"({"a":"b","n":1})", 1000);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(text_member(*parsed, "a"), "b");
    EXPECT_EQ(text_member(*parsed, "n"), std::nullopt);
    EXPECT_EQ(text_member(*parsed, "z"), std::nullopt);
}

}  // namespace
}  // namespace ingestor::identity
