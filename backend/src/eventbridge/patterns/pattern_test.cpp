#include "eventbridge/patterns/pattern.hpp"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace ingestor::eventbridge::patterns {
namespace {

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
    {"TwoOperators", R"({"a":[{"prefix":"x","suffix":"y"}]})",
     "Only one key allowed in match expression"},
    {"PrefixOfANumber", R"({"a":[{"prefix":1}]})", "prefix match pattern must be a string"},
    {"SuffixOfAList", R"({"a":[{"suffix":["x"]}]})", "suffix match pattern must be a string"},
    {"IgnoreCaseOfANumber", R"({"a":[{"equals-ignore-case":1}]})",
     "equals-ignore-case match pattern must be a string"},
    {"WildcardOfAWord", R"({"a":[{"wildcard":true}]})", "wildcard match pattern must be a string"},
    {"PrefixOfNothing", R"({"a":[{"prefix":{}}]})", "Prefix expression name not found"},
    {"SuffixOfAWildcard", R"({"a":[{"suffix":{"wildcard":"x"}}]})",
     "Unsupported suffix pattern: wildcard"},
    {"ExistsOfAString", R"({"a":[{"exists":"true"}]})",
     "exists match pattern must be either true or false."},
    {"CidrOfANumber", R"({"a":[{"cidr":10}]})", "prefix match pattern must be a string"},
    {"CidrWithoutBits", R"({"a":[{"cidr":"10.0.0.0"}]})", "Malformed CIDR, one '/' required"},
    {"CidrWithWords", R"({"a":[{"cidr":"10.0.0.0/x"}]})",
     "Malformed CIDR, mask bits must be an integer"},
    {"CidrBelowZero", R"({"a":[{"cidr":"10.0.0.0/-1"}]})",
     "Malformed CIDR, mask bits must not be negative"},
    {"CidrOfAName", R"({"a":[{"cidr":"host/8"}]})", "Nonstandard IP address: host"},
    {"CidrOutOfRange", R"({"a":[{"cidr":"300.0.0.0/8"}]})", "Invalid IP address: 300.0.0.0"},
    {"CidrOfOneAddress", R"({"a":[{"cidr":"10.0.0.1/32"}]})", "IPv4 mask bits must be < 32"},
    {"CidrOfOneLongAddress", R"({"a":[{"cidr":"::1/128"}]})", "IPv6 mask bits must be < 128"},
    {"NumericOfANumber", R"({"a":[{"numeric":1}]})", "Value of numeric must be an array."},
    {"NumericOfNothing", R"({"a":[{"numeric":[]}]})", "Invalid member in numeric match: ]"},
    {"NumericWithoutOperator", R"({"a":[{"numeric":[5]}]})", "Invalid member in numeric match: 5"},
    {"NumericUnknown", R"({"a":[{"numeric":["!=",1]}]})",
     "Unrecognized numeric range operator: !="},
    {"NumericOfAString", R"({"a":[{"numeric":["=","1"]}]})", "Value of equals must be numeric"},
    {"NumericCut", R"({"a":[{"numeric":[">",0,"<"]}]})", "Value of < must be numeric"},
    {"TwoLowerBounds", R"({"a":[{"numeric":[">",0,">",1]}]})", "Bad numeric range operator: >"},
    {"UpperBoundIsNoOperator", R"({"a":[{"numeric":[">",0,2]}]})", "Bad value in numeric range: 2"},
    {"UpperBoundFirst", R"({"a":[{"numeric":["<",5,">",0]}]})",
     "Too many elements in numeric expression"},
    {"ThreeBounds", R"({"a":[{"numeric":[">",0,"<",5,"<",6]}]})",
     "Too many terms in numeric range expression"},
    {"EmptyRange", R"({"a":[{"numeric":[">=",5,"<=",5]}]})", "Bottom must be less than top"},
    {"NumberTooLarge", R"({"a":[{"numeric":["<",1e400]}]})", "Cannot compare number : 1e400"},
    {"AnythingButNull", R"({"a":[{"anything-but":null}]})",
     "Value of anything-but must be an array or single string/number value."},
    {"AnythingButNothing", R"({"a":[{"anything-but":[]}]})",
     "Inside anything but list, either all values are number or string, mixed type is not"},
    {"AnythingButMixed", R"({"a":[{"anything-but":[1,"x"]}]})",
     "Inside anything but list, either all values are number or string, mixed type is not"},
    {"AnythingButAWordInAList", R"({"a":[{"anything-but":["x",true]}]})",
     "Inside anything but list, start|null|boolean is not supported."},
    {"AnythingButAnEmptyObject", R"({"a":[{"anything-but":{}}]})",
     "Anything-But expression name not found"},
    {"AnythingButNumeric", R"({"a":[{"anything-but":{"numeric":["=",1]}}]})",
     "Unsupported anything-but pattern: numeric"},
    {"AnythingButTwoTests", R"({"a":[{"anything-but":{"prefix":"x","suffix":"y"}}]})",
     "Too many elements in numeric expression"},
    {"AnythingButAnEmptyPrefix", R"({"a":[{"anything-but":{"prefix":""}}]})",
     "Null prefix/suffix not allowed"},
    {"AnythingButAnEmptySuffixInAList", R"({"a":[{"anything-but":{"suffix":["x",""]}}]})",
     "Null prefix/suffix not allowed"},
    {"AnythingButNoPrefixes", R"({"a":[{"anything-but":{"prefix":[]}}]})",
     "Inside anything but list, either all values are number or string, mixed type is not"},
    {"AnythingButAPrefixOfANumber", R"({"a":[{"anything-but":{"prefix":1}}]})",
     "prefix/suffix match pattern must be a string"},
    {"AnythingButAPrefixWithoutCase",
     R"({"a":[{"anything-but":{"prefix":{"equals-ignore-case":"x"}}}]})",
     "Value of anything-but must be an array or single string/number value."},
    {"AnythingButANumberWithoutCase", R"({"a":[{"anything-but":{"equals-ignore-case":1}}]})",
     "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported."},
    {"AnythingButAWildcardOfANumber", R"({"a":[{"anything-but":{"wildcard":1}}]})",
     "wildcard match pattern must be a string"},
    {"TwoStars", R"({"a":[{"wildcard":"a**"}]})", "Consecutive wildcard characters at pos 2"},
    {"UnknownEscape", R"({"a":[{"wildcard":"a\\x"}]})", "Invalid escape character at pos 2"},
    {"EscapeOfNothing", R"({"a":[{"wildcard":"\\"}]})", "Invalid escape character at pos 1"},
    {"WildcardThatTakesLong", R"({"a":[{"wildcard":"*:*:*:*:*:event-bus/*"}]})",
     "Rule is too complex - try using fewer wildcard characters or fewer repeating character "
     "sequences after a wildcard character"},
    {"OrOfAnObject", R"({"$or":{"a":[1]}})", "It must be an Array followed with $or."},
    {"OrOfOne", R"({"$or":[{"a":[1]}]})",
     "There must have at least 2 Objects in $or relationship."},
    {"OrOfNone", R"({"$or":[]})", "There must have at least 2 Objects in $or relationship."},
    {"OrOfScalars", R"({"$or":[1,2]})",
     "Only JSON object is allowed in array of $or relationship."},
    {"OrOfOperators", R"({"a":{"$or":[{"prefix":["x"]},{"b":[1]}]}})",
     "prefix is Ruler reserved fieldName which cannot be used inside $or."},
    {"BareWord", R"({"a":[yes]})",
     "Unrecognized token 'yes': was expecting (JSON String, Number, Array, Object or token "
     "'null', 'true' or 'false')"},
    {"SingleQuotes", "{'a':[1]}",
     "Unexpected character (''' (code 39)): was expecting double-quote to start field name"},
    {"LatinCharacter", "{\"a\":µ}",
     "Unexpected character ('µ' (code 181)): was expecting a valid value"},
    {"WideCharacter", "{\"a\":€}",
     "Unexpected character ('€' (code 8364 / 0x20ac)): was expecting a valid value"},
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

class PatternError : public ::testing::TestWithParam<ErrorCase> {};

TEST_P(PatternError, NamesTheReason) {
    const auto& row = GetParam();
    const auto pattern = read_pattern(row.pattern);
    ASSERT_FALSE(pattern);
    EXPECT_EQ(pattern.error().code, Errc::invalid_argument);
    EXPECT_TRUE(pattern.error().message.starts_with(
        std::string("Event pattern is not valid. Reason: ") + row.reason))
        << pattern.error().message;
}

INSTANTIATE_TEST_SUITE_P(Pattern, PatternError, ::testing::ValuesIn(kErrors),
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

class PatternPlace : public ::testing::TestWithParam<PlaceCase> {};

TEST_P(PatternPlace, IsWhereTheReaderStood) {
    const auto& row = GetParam();
    const auto pattern = read_pattern(row.pattern);
    ASSERT_FALSE(pattern);
    const auto ending =
        "\n at [Source: (String)\"" + std::string(row.pattern) + "\"; " + row.place + "]";
    EXPECT_TRUE(pattern.error().message.ends_with(ending)) << pattern.error().message;
}

INSTANTIATE_TEST_SUITE_P(Pattern, PatternPlace, ::testing::ValuesIn(kPlaces),
                         [](const auto& row) { return std::string(row.param.name); });

/// Of a message, how often it says where.
std::size_t count_places(const std::string& message) {
    std::size_t count = 0;
    for (auto at = message.find("\n at [Source"); at != std::string::npos;
         at = message.find("\n at [Source", at + 1)) {
        ++count;
    }
    return count;
}

TEST(Pattern, AnErrorOfAListTellsItsPlaceTwiceAndOneOfContentsNever) {
    const auto places = [](const char* pattern) {
        return count_places(read_pattern(pattern).error().message);
    };
    EXPECT_EQ(places(R"({"a":[{"anything-but":["x",true]}]})"), 2U);
    EXPECT_EQ(places(R"({"a":[{"anything-but":["x",1]}]})"), 1U);
    EXPECT_EQ(places(R"({"a":[{"cidr":"host/8"}]})"), 0U);
    EXPECT_EQ(places(R"({"a":[{"wildcard":"*:*:*:*:*:event-bus/*"}]})"), 0U);
}

TEST(Pattern, DeepNestingIsRefused) {
    const auto nested = [](int depth) {
        std::string text;
        for (int i = 0; i < depth; ++i) text += R"({"a":)";
        text += "[1]";
        text.append(static_cast<std::size_t>(depth), '}');
        return text;
    };
    EXPECT_TRUE(read_pattern(nested(kPatternDepthMax)));
    EXPECT_FALSE(read_pattern(nested(kPatternDepthMax + 1)));
    EXPECT_FALSE(read_pattern(nested(100'000)));
}

TEST(Pattern, CombinationsOfBranchesAreLimited) {
    const auto branches = [](int count) {
        std::string list;
        for (int i = 0; i < count; ++i) list += fmt::format("{{\"f{}\":[1]}},", i);
        list.pop_back();
        return R"("$or":[)" + list + "]";
    };
    const auto pattern = [&](int last) {
        return fmt::format(R"({{{},"x":{{{}}},"y":{{{}}}}})", branches(10), branches(10),
                           branches(last));
    };
    EXPECT_EQ(read_pattern(pattern(10)).value().conjunctions.size(), kCombinationsMax);
    const auto refused = read_pattern(pattern(11));
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("Rule is too complex"), std::string::npos);
}

TEST(Pattern, WildcardsOfAFieldAreMeasuredTogether) {
    // The figures on record: 7 for the first, 9 for the three together, 17 for the last.
    EXPECT_TRUE(read_pattern(R"({"a":[{"wildcard":"/Users/*/dir/dir/dir/dir/dir/doc.txt"}]})"));
    EXPECT_TRUE(
        read_pattern(R"({"a":[{"wildcard":"*x*"},{"wildcard":"*y*"},{"wildcard":"*z*"}]})"));
    EXPECT_FALSE(read_pattern(R"({"a":[{"wildcard":"*x*"},{"wildcard":"*y*"},{"wildcard":"*z*"},
                                       {"anything-but":{"wildcard":"*u*"}}]})"));
    EXPECT_TRUE(read_pattern(R"({"a":[{"wildcard":"*x*"},{"wildcard":"*y*"},{"wildcard":"*z*"}],
                                 "b":[{"wildcard":"*u*"}]})"));
    EXPECT_FALSE(read_pattern(R"({"a":[{"wildcard":"*aaaaaaaaaaaaaaaa"}]})"));
}

}  // namespace
}  // namespace ingestor::eventbridge::patterns
