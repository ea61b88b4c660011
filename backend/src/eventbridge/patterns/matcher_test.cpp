#include "eventbridge/patterns/matcher.hpp"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace ingestor::eventbridge::patterns {
namespace {

Matcher matcher_of(std::initializer_list<std::string> patterns) {
    RuleSet::Builder builder;
    for (const auto& text : patterns) {
        const auto pattern = read_pattern(text).value();
        builder.add(pattern);
    }
    return Matcher(std::make_shared<const RuleSet>(builder.build()));
}

bool matches(const std::string& pattern, std::string_view event) {
    auto matcher = matcher_of({pattern});
    return !matcher.match(event).value().empty();
}

struct MatchCase {
    const char* name;
    const char* pattern;
    const char* matching;
    const char* missing;
};

constexpr MatchCase kMatches[] = {
    {"ExactString", R"({"city":["Oslo","Bergen"]})", R"({"city":"Bergen"})", R"({"city":"oslo"})"},
    {"ExactNumber", R"({"n":[300]})", R"({"n":3.0e2})", R"({"n":"300"})"},
    {"ExactBoolean", R"({"ok":[true]})", R"({"ok":true})", R"({"ok":"true"})"},
    {"Null", R"({"x":[null]})", R"({"x":null})", R"({})"},
    {"ArrayInEvent", R"({"tags":["hot"]})", R"({"tags":["cold","hot"]})", R"({"tags":[]})"},
    {"ArrayOfObjects", R"({"lines":{"sku":["A1"],"qty":[2]}})",
     R"({"lines":[{"sku":"B7","qty":9},{"sku":"A1","qty":2}]})",
     R"({"lines":[{"sku":"A1","qty":9},{"sku":"B7","qty":2}]})"},
    {"NestedArrays", R"({"m":{"x":[1],"y":[2]}})", R"({"m":[[{"x":1,"y":2}]]})",
     R"({"m":[[{"x":1},{"y":2}]]})"},
    {"Prefix", R"({"city":[{"prefix":"Ber"}]})", R"({"city":"Bergen"})", R"({"city":"bergen"})"},
    {"PrefixNoCase", R"({"city":[{"prefix":{"equals-ignore-case":"ber"}}]})",
     R"({"city":"BERLIN"})", R"({"city":"Oslo"})"},
    {"Suffix", R"({"f":[{"suffix":".csv"}]})", R"({"f":"a.csv"})", R"({"f":"a.CSV"})"},
    {"SuffixNoCase", R"({"f":[{"suffix":{"equals-ignore-case":".csv"}}]})", R"({"f":"a.CsV"})",
     R"({"f":"a.csv.gz"})"},
    {"EqualsIgnoreCase", R"({"who":[{"equals-ignore-case":"Ada"}]})", R"({"who":"aDA"})",
     R"({"who":"Adam"})"},
    {"AnythingBut", R"({"s":[{"anything-but":"idle"}]})", R"({"s":"busy"})", R"({"s":"idle"})"},
    {"AnythingButList", R"({"s":[{"anything-but":["idle","off"]}]})", R"({"s":"on"})",
     R"({"s":"off"})"},
    {"AnythingButNumbers", R"({"n":[{"anything-but":[4,5.5]}]})", R"({"n":6})", R"({"n":5.50})"},
    {"AnythingButPrefix", R"({"s":[{"anything-but":{"prefix":"tmp-"}}]})", R"({"s":"prod-1"})",
     R"({"s":"tmp-1"})"},
    {"AnythingButSuffixes", R"({"s":[{"anything-but":{"suffix":["~",".bak"]}}]})",
     R"({"s":"a.txt"})", R"({"s":"a.bak"})"},
    {"AnythingButNoCase", R"({"s":[{"anything-but":{"equals-ignore-case":["idle","off"]}}]})",
     R"({"s":"on"})", R"({"s":"OFF"})"},
    {"AnythingButWildcard", R"({"s":[{"anything-but":{"wildcard":"*/tmp/*"}}]})",
     R"({"s":"/var/log"})", R"({"s":"/a/tmp/b"})"},
    {"NumericSingle", R"({"n":[{"numeric":["=",2.50]}]})", R"({"n":25e-1})", R"({"n":2.6})"},
    {"NumericRange", R"({"n":[{"numeric":[">",0,"<=",10]}]})", R"({"n":10})", R"({"n":0})"},
    {"ExistsTrue", R"({"a":{"b":[{"exists":true}]}})", R"({"a":{"b":null}})",
     R"({"a":{"b":{"c":1}}})"},
    {"ExistsFalse", R"({"a":{"b":[{"exists":false}]}})", R"({"a":{"b":[]}})", R"({"a":{"b":""}})"},
    {"CidrV4", R"({"ip":[{"cidr":"10.1.0.0/16"}]})", R"({"ip":"10.1.200.7"})",
     R"({"ip":"10.2.0.1"})"},
    {"CidrV6", R"({"ip":[{"cidr":"2001:db8::/32"}]})", R"({"ip":"2001:db8:1::9"})",
     R"({"ip":"2001:db9::1"})"},
    {"Wildcard", R"({"p":[{"wildcard":"/in/*/new/*.json"}]})", R"({"p":"/in/eu/x/new/7.json"})",
     R"({"p":"/in/new/7.json"})"},
    {"WildcardLiteralStar", R"({"p":[{"wildcard":"50\\*off"}]})", R"({"p":"50*off"})",
     R"({"p":"50xoff"})"},
    {"Or", R"({"$or":[{"n":[{"numeric":[">",9]}]},{"vip":[true]}]})", R"({"n":1,"vip":true})",
     R"({"n":1,"vip":false})"},
    {"MixedAlternatives", R"({"city":["Oslo",{"prefix":"Ber"},{"exists":false}]})", R"({})",
     R"({"city":"Rome"})"},
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
    {"ArraysInArrays", R"({"m":{"x":[1],"y":[2]}})", R"({"m":[[{"x":1,"y":2}]]})",
     R"({"m":[[{"x":1},{"y":2}]]})"},
    {"ArraysAreFlattened", R"({"t":["x"]})", R"({"t":[["y",["x"]]]})", R"({"t":[[]]})"},
    {"DottedKeyIsAPath", R"({"a.b":["q"]})", R"({"a":{"b":"q"}})", R"({"a":{"c":"q"}})"},
    {"PathFindsADottedKey", R"({"a":{"b":["q"]}})", R"({"a.b":"q"})", R"({"ab":"q"})"},
    {"DifferentArraysAreIndependent", R"({"p":{"v":[1]},"q":{"v":[2]}})",
     R"({"p":[{"v":0},{"v":1}],"q":[{"v":2}]})", R"({"p":[{"v":1}],"q":[{"v":1}]})"},
    {"MembersThatAreNotNamedCountForNothing", R"({"a":{"b":["x"]}})",
     R"({"z":{"a":{"b":"y"}},"a":{"z":[{"b":1}],"b":"x"}})", R"({"z":{"a":{"b":"x"}}})"},
    {"EscapesInNames", R"({"a\u0062c":["x"]})", R"({"\u0061bc":"x"})", R"({"\\u0061bc":"x"})"},
    {"EscapesInValues", R"({"a":["\u00e9\n"]})", R"({"a":"\u00E9\u000a"})", R"({"a":"\\u00e9"})"},
    {"PairsOfSurrogates", R"({"a":[{"suffix":"\ud83e\udd86"}]})", "{\"a\":\"x\U0001F986\"}",
     R"({"a":"x"})"},
    {"SpaceBetweenTokens", R"({"a":{"b":[1]}})", "\n{ \"a\" :\t{ \"b\" : 1 } \r\n}\n",
     R"({ "a" : { "b" : 2 } })"},
    {"NamesOfEightBytesAndMore", R"({"abcdefgh":[1],"abcdefghi":[2]})",
     R"({"abcdefgh":1,"abcdefghi":2})", R"({"abcdefgh":1,"abcdefghj":2})"},
    {"NamesThatBeginAlike", R"({"abcdefghX":[1]})", R"({"abcdefghX":1})", R"({"abcdefghY":1})"},
    {"EmptyName", R"({"":{"":["x"]}})", R"({"":{"":"x"}})", R"({"":"x"})"},
    {"DotsAtTheEdge", R"({"a.":["x"]})", R"({"a":{"":"x"}})", R"({"a":"x"})"},
    {"ADottedNameIsNotSplitTwice", R"({"st.x":{"x":["1"]}})", R"({"st":{"x.x":"1"}})",
     R"({"st.x":"1"})"},
    {"DigitsBeyondDoubles", R"({"n":[9007199254740993]})", R"({"n":9007199254740993})",
     R"({"n":9007199254740992})"},
    {"AddressesHaveManySpellings", R"({"ip":["2001:db8::1"]})", R"({"ip":"2001:0DB8:0:0:0:0:0:1"})",
     R"({"ip":"2001:db8::2"})"},
    {"AllAddressesOfAVersion", R"({"ip":[{"cidr":"0.0.0.0/0"}]})", R"({"ip":"255.0.0.1"})",
     R"({"ip":"::1"})"},
    {"AnythingButTakesOtherTypes", R"({"s":[{"anything-but":["x"]}]})", R"({"s":5})",
     R"({"s":"x"})"},
    {"AnythingButTakesNull", R"({"s":[{"anything-but":[1]}]})", R"({"s":null})", R"({})"},
    {"AnythingButTakesOneOfAList", R"({"s":[{"anything-but":"x"}]})", R"({"s":["x","y"]})",
     R"({"s":["x","x"]})"},
    {"TwoAnythingButsAreAlternatives", R"({"s":[{"anything-but":"a"},{"anything-but":"b"}]})",
     R"({"s":"a"})", R"({"s":[]})"},
    {"WildcardTakesLineBreaks", R"({"s":[{"wildcard":"a*b*c"}]})", R"({"s":"a\nbc"})",
     R"({"s":"acb"})"},
    {"WildcardPiecesDoNotOverlap", R"({"s":[{"wildcard":"ab*ba"}]})", R"({"s":"abba"})",
     R"({"s":"aba"})"},
    {"ExistsLooksAtLeaves", R"({"a":[{"exists":true}]})", R"({"a":[{},1]})", R"({"a":[{},[]]})"},
    {"AbsenceAfterAnElement", R"({"a":{"b":["x"],"c":[{"exists":false}]}})",
     R"({"a":[{"b":"x"},{"c":1}]})", R"({"a":[{"b":"x","c":1},{}]})"},
    {"AbsenceBeforeAnElement", R"({"a":{"c":["x"],"b":[{"exists":false}]}})",
     R"({"a":[{"c":"x"}]})", R"({"a":[{"c":"x"},{"b":1}]})"},
    {"AbsenceByTheChoiceOfAnElement", R"({"a":{"c":["x"],"d":[{"exists":false}]}})",
     R"({"a.c":"x","a":[{"c":"x"},{"d":1}]})", R"({"a.c":"x","a":[{"c":"y"},{"d":1}]})"},
    {"OrReplacesWhatStandsBefore", R"({"a":["x"],"$or":[{"a":["y"]},{"b":["z"]}]})", R"({"a":"y"})",
     R"({"a":"x"})"},
    {"WhatStandsBehindReplacesOr", R"({"$or":[{"a":["y"]},{"b":["z"]}],"a":["x"]})",
     R"({"a":"x","b":"w"})", R"({"a":"y"})"},
    {"TheLaterLeafOfAPathCounts", R"({"a":["x"],"b":{"c":[1]},"a":["y"]})",
     R"({"a":"y","b":{"c":1}})", R"({"a":"x","b":{"c":1}})"},
    {"ObjectsOfOneNameAreOne", R"({"a":{"b":["x"]},"a":{"c":["y"]}})", R"({"a":{"b":"x","c":"y"}})",
     R"({"a":{"c":"y"}})"},
    {"FoldingIsOneForOne", R"({"a":[{"equals-ignore-case":"STRA\u00dfE"}]})",
     R"({"a":"stra\u1E9Ee"})", R"({"a":"STRASSE"})"},
};

class MatcherCase : public ::testing::TestWithParam<MatchCase> {};

TEST_P(MatcherCase, HitsAndMisses) {
    const auto& row = GetParam();
    EXPECT_TRUE(matches(row.pattern, row.matching)) << row.matching;
    EXPECT_FALSE(matches(row.pattern, row.missing)) << row.missing;
}

INSTANTIATE_TEST_SUITE_P(Matcher, MatcherCase, ::testing::ValuesIn(kMatches),
                         [](const auto& row) { return std::string(row.param.name); });

class MalformedEvent : public ::testing::TestWithParam<const char*> {};

TEST_P(MalformedEvent, IsSaid) {
    auto matcher = matcher_of({R"({"a":{"b":[1,"x",{"exists":false}]}})"});
    EXPECT_FALSE(matcher.match(GetParam())) << GetParam();
    EXPECT_TRUE(matcher.match(R"({"a":{"b":1}})"));
}

INSTANTIATE_TEST_SUITE_P(
    Matcher, MalformedEvent,
    ::testing::Values("", " ", "x", "[]", "1", "{", "}", R"({"a")", R"({"a":)", R"({"a":1)",
                      R"({"a":1,})", R"({,})", R"({"a" 1})", R"({"a":{"b":x}})", R"({"a":{"b":[1})",
                      R"({"a":{"b":nul}})", R"({"a":1} x)", R"({"a":1}{})", R"({"a":{"b":"\q"}})",
                      R"({"z":,})", R"({"a":{"b":[1,]}})", "{\"a\":\"\xff\"}", R"({"a":{"b":"x})"));

TEST(Matcher, RulesAreTheNumbersOfTheirPatterns) {
    auto matcher = matcher_of({R"({"a":[1]})", R"({"a":[2]})", R"({"a":[{"numeric":[">",0]}]})",
                               R"({"b":[{"exists":false}]})"});
    const auto found = matcher.match(R"({"a":2})").value();
    EXPECT_EQ(std::set<std::uint32_t>(found.begin(), found.end()),
              (std::set<std::uint32_t>{1, 2, 3}));
    EXPECT_EQ(matcher.match(R"({"b":2})").value().size(), 0U);
}

TEST(Matcher, ManyNamesAndTextsAreToldApart) {
    RuleSet::Builder builder;
    constexpr std::uint32_t kMany = 300;
    for (std::uint32_t i = 0; i < kMany; ++i) {
        builder.add(read_pattern(fmt::format(R"({{"name-{0}":{{"x":["{0}",{{"prefix":"{0}-"}},)"
                                             R"({{"suffix":"+{0}"}}]}}}})",
                                             i))
                        .value());
        builder.add(read_pattern(fmt::format(R"({{"y":["{0}",{{"prefix":"{0}-"}},)"
                                             R"({{"suffix":"+{0}"}}]}})",
                                             i))
                        .value());
    }
    Matcher matcher(std::make_shared<const RuleSet>(builder.build()));
    const auto only = [&matcher](const std::string& event) {
        const auto found = matcher.match(event).value();
        return found.size() == 1 ? found.front() : ~0U;
    };
    for (std::uint32_t i = 0; i < kMany; ++i) {
        for (const auto* value : {R"({})", R"({}-z)", R"(z+{})"}) {
            const auto text = fmt::format(fmt::runtime(value), i);
            EXPECT_EQ(only(fmt::format(R"({{"name-{}":{{"x":"{}"}}}})", i, text)), 2 * i);
            EXPECT_EQ(only(fmt::format(R"({{"name-{}.x":"{}"}})", i, text)), 2 * i);
            EXPECT_EQ(only(fmt::format(R"({{"y":"{}"}})", text)), 2 * i + 1);
        }
    }
    EXPECT_TRUE(matcher.match(R"({"name-300":{"x":"1"},"y":"300"})").value().empty());
}

TEST(Matcher, NothingBehindTheEventIsTakenForIt) {
    auto matcher = matcher_of({R"({"a":[1],"b":[{"exists":false}]})"});
    const std::string text = R"({"a":1},"b":2})" + std::string(Matcher::kPadding, '}');
    EXPECT_EQ(matcher.match(std::string_view(text).substr(0, 7), text.size()).value().size(), 1U);
}

TEST(Matcher, ArraysThatShareNothingDoNotMultiply) {
    // Taken one with each other these were 64 billion ways.
    std::string ones = R"({"p":{"v":1}})";
    for (int i = 1; i < 4'000; ++i) ones += R"(,{"p":{"v":1},"q":[{"v":1},{"v":1}]})";
    const auto pattern = R"({"d":{"p":{"v":[1]},"q":{"v":[1]},"r":{"v":[2]}}})";
    EXPECT_FALSE(matches(pattern, R"({"d":[)" + ones + R"(,{"r":{"v":2}}]})"));
    EXPECT_TRUE(
        matches(pattern, R"({"d":[)" + ones + R"(,{"p":{"v":1},"q":{"v":1},"r":{"v":2}}]})"));
}

TEST(Matcher, LongSearchesRememberWhereTheyFailed) {
    // Each element of d holds two arrays of a hundred that fit, and none of the third.
    std::string ones = "1";
    for (int i = 1; i < 100; ++i) ones += ",1";
    std::string elements;
    for (int i = 0; i < 100; ++i) {
        elements += fmt::format(R"({{"p":[{0}],"q":[{0}],"r":[{0}],"s":[{0}]}},)", ones);
    }
    const auto pattern = R"({"d":{"p":[1],"q":[1],"r":[1],"s":[2]}})";
    const auto event = [&](const char* last) { return R"({"d":[)" + elements + last + "]}"; };
    EXPECT_FALSE(matches(pattern, event(R"({"s":[2]})")));
    EXPECT_TRUE(matches(pattern, event(R"({"p":1,"q":[1],"r":1,"s":[1,2]})")));
}

TEST(Matcher, DeepNestingIsMalformedAndNotACrash) {
    auto matcher = matcher_of({R"({"a":[1]})"});
    const auto nested = [](std::size_t depth) {
        return R"({"a":)" + std::string(depth, '[') + "1" + std::string(depth, ']') + "}";
    };
    EXPECT_EQ(matcher.match(nested(1'000)).value().size(), 1U);
    EXPECT_FALSE(matcher.match(nested(1'001)));
    EXPECT_FALSE(matcher.match(nested(200'000)));
}

}  // namespace
}  // namespace ingestor::eventbridge::patterns
