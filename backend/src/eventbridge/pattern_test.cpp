#include "eventbridge/pattern.hpp"

#include <gtest/gtest.h>

namespace ingestor::eventbridge {
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
    {"UnknownOperator", R"({"a":[{"NUMERIC":["=",1]}]})", "Unrecognized match type NUMERIC"},
    {"BareWord", R"({"a":[yes]})",
     "Unrecognized token 'yes': was expecting (JSON String, Number, Array, Object or token "
     "'null', 'true' or 'false')"},
    {"SingleQuotes", "{'a':[1]}",
     "Unexpected character (''' (code 39)): was expecting double-quote to start field name"},
    {"TrailingText", R"({"a":[1]}, x)", "Unexpected character (',' (code 44))"},
    {"TrailingComma", R"({"a":[1,]})",
     "Unexpected character (']' (code 93)): was expecting a valid value"},
    {"NoValue", R"({"a":})", "Unexpected character ('}' (code 125)): was expecting a valid value"},
    {"NoToken", R"({"a":[*]})",
     "Unexpected character ('*' (code 42)): was expecting a valid value"},
    {"NoComma", R"({"a":[1 2]})",
     "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries"},
    {"NoColon", R"({"a" [1]})",
     "Unexpected character ('[' (code 91)): was expecting a colon to separate field name and "
     "value"},
    {"CutOff", R"({"a":[1)", "Unexpected end-of-input"},
    {"CutOffInAString", R"({"a":["x)", "Unexpected end-of-input"},
    {"NoNumber", R"({"a":[1.2.3]})", "Invalid numeric value: 1.2.3"},
    {"RawControlCharacter", "{\"a\":[\"\t\"]}", "Invalid string: "},
    {"Nothing", "", "Filter is not an object"},
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

struct PlaceCase {
    const char* name;
    const char* pattern;
    const char* place;
};

// The first row is on record; the others follow from the rule by which it came about.
constexpr PlaceCase kPlaces[] = {
    {"ANumberCountsWhole", R"({"lift": 42})", "line: 1, column: 12"},
    {"AStringThatIsNotReadCountsWithItsQuote", R"({"s":"x"})", "line: 1, column: 7"},
    {"AStringThatIsReadCountsWhole", R"({"s":["x",[]]})", "line: 1, column: 12"},
    {"BehindANameStandsItsValue", R"({"s":[{"x":true}]})", "line: 1, column: 16"},
    {"LinesCount", "{\n  \"s\": [\n]}", "line: 3, column: 2"},
    {"CharactersCountAsInUtf16", "{\"\u00E9\U0001F986\":1}", "line: 1, column: 9"},
    {"AnObjectCountsWhole", R"({"a":{}})", "line: 1, column: 8"},
    {"TheRootItself", "[]", "line: 1, column: 2"},
};

class PatternPlace : public testing::TestWithParam<PlaceCase> {};

TEST_P(PatternPlace, IsWhereTheReaderStood) {
    const auto& row = GetParam();
    const auto pattern = EventPattern::compile(row.pattern);
    ASSERT_FALSE(pattern);
    const auto ending =
        "\n at [Source: (String)\"" + std::string(row.pattern) + "\"; " + row.place + "]";
    EXPECT_TRUE(pattern.error().message.ends_with(ending)) << pattern.error().message;
}

INSTANTIATE_TEST_SUITE_P(Pattern, PatternPlace, testing::ValuesIn(kPlaces),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Pattern, TheLaterOfTwoLeavesOfOnePathCounts) {
    const auto pattern =
        EventPattern::compile(R"({"detail":{"a":["x"],"b":{"c":[1]}},"detail":{"a":["y"]}})")
            .value();
    EXPECT_TRUE(pattern.matches(Event{.detail = R"({"a":"y","b":{"c":1}})"}));
    EXPECT_FALSE(pattern.matches(Event{.detail = R"({"a":"x","b":{"c":1}})"}));
    EXPECT_FALSE(pattern.matches(Event{.detail = R"({"a":"y"})"}));
}

TEST(Pattern, DeepNestingIsRefused) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += R"({"a":)";
    EXPECT_FALSE(EventPattern::compile(text));
}

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

TEST(Pattern, ArraysThatShareNothingDoNotMultiply) {
    // Taken one with each other these were 64 billion ways.
    std::string ones = "1";
    for (int i = 1; i < 4'000; ++i) ones += ",1";
    const auto pattern =
        EventPattern::compile(R"({"detail":{"p":[1],"q":[1],"r":[1],"s":[2]}})").value();
    const auto detail_with = [&ones](const char* last) {
        return R"({"p":[)" + ones + R"(],"q":[)" + ones + R"(],"r":[)" + ones + R"(],"s":)" + last +
               "}";
    };
    EXPECT_FALSE(pattern.matches(Event{.detail = detail_with("[1,3]")}));
    EXPECT_TRUE(pattern.matches(Event{.detail = detail_with("[1,2]")}));
}

TEST(Pattern, DetailThatIsNotJsonMatchesNothingBelowIt) {
    const auto pattern = EventPattern::compile(R"({"detail":{"a":[1]}})").value();
    EXPECT_FALSE(pattern.matches(Event{.detail = "{"}));
}

}  // namespace
}  // namespace ingestor::eventbridge
