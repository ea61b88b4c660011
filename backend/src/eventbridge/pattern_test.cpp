#include "eventbridge/pattern.hpp"

#include <gtest/gtest.h>

namespace ingestor {
namespace {

struct MatchCase {
    const char* name;
    const char* detail_pattern;  ///< What stands under `detail`.
    const char* matching;
    const char* missing;
};

constexpr MatchCase kMatches[] = {
    {"Alternatives", R"({"city":["Oslo","Bergen"]})", R"({"city":"Bergen"})", R"({"city":"oslo"})"},
    {"NumberByValue", R"({"n":[300]})", R"({"n":3.0e2})", R"({"n":"300"})"},
    {"FractionByValue", R"({"n":[2.50]})", R"({"n":25e-1})", R"({"n":2.6})"},
    {"BigIntegersAreExact", R"({"n":[9007199254740993]})", R"({"n":9007199254740993})",
     R"({"n":9007199254740992})"},
    {"Boolean", R"({"ok":[true]})", R"({"ok":true})", R"({"ok":"true"})"},
    {"NullIsNotAbsent", R"({"x":[null]})", R"({"x":null})", R"({})"},
    {"NullInAnArray", R"({"x":[null]})", R"({"x":[1,null]})", R"({"x":[]})"},
    {"EmptyString", R"({"x":[""]})", R"({"x":""})", R"({"x":null})"},
    {"AnyElementOfAnArray", R"({"tags":["hot"]})", R"({"tags":["cold","hot"]})", R"({"tags":[]})"},
    {"NestedObject", R"({"a":{"b":["x"]}})", R"({"a":{"b":"x","c":1}})", R"({"a":{"c":"x"}})"},
    {"AllPathsMustHold", R"({"a":["x"],"b":["y"]})", R"({"a":"x","b":"y"})", R"({"a":"x"})"},
    {"OneElementOfAnArrayOfObjects", R"({"lines":{"sku":["A1"],"qty":[2]}})",
     R"({"lines":[{"sku":"B7","qty":9},{"sku":"A1","qty":2}]})",
     R"({"lines":[{"sku":"A1","qty":9},{"sku":"B7","qty":2}]})"},
    {"NestedArrays", R"({"m":{"x":[1],"y":[2]}})", R"({"m":[[{"x":1,"y":2}]]})",
     R"({"m":[[{"x":1},{"y":2}]]})"},
    {"ArraysAreFlattened", R"({"t":["x"]})", R"({"t":[["y",["x"]]]})", R"({"t":[[]]})"},
    {"DottedKeyIsAPath", R"({"a.b":["q"]})", R"({"a":{"b":"q"}})", R"({"a":{"c":"q"}})"},
    {"PathFindsADottedKey", R"({"a":{"b":["q"]}})", R"({"a.b":"q"})", R"({"ab":"q"})"},
    {"DifferentArraysAreIndependent", R"({"p":{"v":[1]},"q":{"v":[2]}})",
     R"({"p":[{"v":0},{"v":1}],"q":[{"v":2}]})", R"({"p":[{"v":1}],"q":[{"v":1}]})"},
};

class PatternMatch : public testing::TestWithParam<MatchCase> {};

TEST_P(PatternMatch, HitsAndMisses) {
    const auto& row = GetParam();
    const auto pattern =
        EventPattern::compile(std::string(R"({"detail":)") + row.detail_pattern + "}");
    ASSERT_TRUE(pattern) << pattern.error().message;
    EXPECT_TRUE(pattern->matches(Event{.detail = row.matching}));
    EXPECT_FALSE(pattern->matches(Event{.detail = row.missing}));
}

INSTANTIATE_TEST_SUITE_P(Pattern, PatternMatch, testing::ValuesIn(kMatches),
                         [](const auto& row) { return std::string(row.param.name); });

struct ErrorCase {
    const char* name;
    const char* pattern;
    const char* reason;
};

constexpr ErrorCase kErrors[] = {
    {"BareNumber", R"({"n":42})", R"("n" must be an object or an array)"},
    {"BareString", R"({"a":{"s":"x"}})", R"("s" must be an object or an array)"},
    {"EmptyArray", R"({"r":[]})", "Empty arrays are not allowed"},
    {"EmptyRoot", R"({})", "Empty objects are not allowed"},
    {"EmptyObject", R"({"a":{}})", "Empty objects are not allowed"},
    {"RootIsAnArray", R"([])", "Filter is not an object"},
    {"ArrayInArray", R"({"a":[["x"]]})",
     "Match value must be String, number, true, false, or null"},
    {"NamelessOperator", R"({"a":[{}]})", "Match expression name not found"},
    {"TwoOperators", R"({"a":[{"prefix":"x","suffix":"y"}]})",
     "Only one key allowed in match expression"},
    {"UnknownOperator", R"({"a":[{"NUMERIC":["=",1]}]})", "Unrecognized match type NUMERIC"},
    {"TrailingText", R"({"a":[1]} x)", "not JSON: "},
};

class PatternError : public testing::TestWithParam<ErrorCase> {};

TEST_P(PatternError, NamesTheReason) {
    const auto& row = GetParam();
    const auto pattern = EventPattern::compile(row.pattern);
    ASSERT_FALSE(pattern);
    EXPECT_EQ(pattern.error().code, Errc::invalid_argument);
    EXPECT_TRUE(pattern.error().message.starts_with(
        std::string("Event pattern is not valid. Reason: ") + row.reason))
        << pattern.error().message;
}

INSTANTIATE_TEST_SUITE_P(Pattern, PatternError, testing::ValuesIn(kErrors),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Pattern, MatchesTheEnvelope) {
    const Event event{.id = "1",
                      .detail_type = "Document Processing Required",
                      .source = "agent2.ingestor",
                      .account = "000000000000",
                      .region = "us-east-1",
                      .resources = {"arn:x"},
                      .detail = "{}"};
    const auto matches = [&event](const char* text) {
        return EventPattern::compile(text).value().matches(event);
    };
    EXPECT_TRUE(matches(
        R"({"source":["agent2.ingestor"],"detail-type":["Document Processing Required"]})"));
    EXPECT_TRUE(matches(R"({"resources":["arn:y","arn:x"],"version":["0"]})"));
    EXPECT_FALSE(matches(R"({"source":["Agent2.Ingestor"]})"));
    EXPECT_FALSE(matches(R"({"no-such-field":["x"]})"));
}

TEST(Pattern, DetailThatIsNotJsonMatchesNothingBelowIt) {
    const auto pattern = EventPattern::compile(R"({"detail":{"a":[1]}})").value();
    EXPECT_FALSE(pattern.matches(Event{.detail = "{"}));
}

}  // namespace
}  // namespace ingestor
