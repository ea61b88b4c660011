#include "logs/filter_pattern.hpp"

#include <string>

#include <gtest/gtest.h>

namespace ingestor::logs {
namespace {

struct FilterCase {
    const char* name;
    const char* pattern;
    const char* wanted;
    const char* unwanted;
};

constexpr FilterCase kCases[] = {
    {"Terms", "ERROR jammed", "the scale jammed: ERROR", "ERROR"},
    {"CaseMatters", "ERROR", "an ERROR", "an error"},
    {"Phrase", R"("scale jammed")", "the scale jammed", "jammed scale"},
    {"Either", "?ERROR ?WARN", "a WARN", "an INFO"},
    {"AllOfOneAndOneOfSome", "job ?ERROR ?WARN", "WARN of a job", "WARN"},
    {"Not", "ERROR -test", "ERROR 1", "ERROR of a test"},
    {"NotAPhrase", R"(ERROR -"a test")", "ERROR of test", "ERROR of a test"},
    {"Property", R"({ $.level = "error" })", R"({"level":"error"})", R"({"level":"info"})"},
    {"Stars", R"({$.level="ERR*"})", R"({"level":"ERROR"})", R"({"level":"INFO"})"},
    {"StarsWithin", R"({$.a = "x*y*z"})", R"({"a":"x1y2z"})", R"({"a":"xz"})"},
    {"Unequal", R"({ $.level != "info" })", R"({"level":"error"})", R"({"level":"info"})"},
    {"Numbers", "{ $.status >= 500 }", R"({"status":503})", R"({"status":404})"},
    {"EqualNumbers", "{ $.n = 1 }", R"({"n":1.0})", R"({"n":"1"})"},
    {"Nested", "{ $.a.b[1].c < 2 }", R"({"a":{"b":[0,{"c":1}]}})", R"({"a":{"b":[0,{"c":2}]}})"},
    {"Both", "{ $.a = 1 && $.b = 2 }", R"({"a":1,"b":2})", R"({"a":1,"b":3})"},
    {"Combination", R"({ ($.a = 1 || $.b = 2) && $.c = "x" })", R"({"b":2,"c":"x"})",
     R"({"a":1,"c":"y"})"},
    {"AndBindsMore", "{ $.a = 1 || $.b = 2 && $.c = 3 }", R"({"a":1})", R"({"b":2})"},
    {"Null", "{ $.a IS NULL }", R"({"a":null})", R"({})"},
    {"True", "{ $.a IS TRUE }", R"({"a":true})", R"({"a":"true"})"},
    {"False", "{ $.a IS FALSE }", R"({"a":false})", R"({"a":null})"},
    {"Missing", "{ $.a NOT EXISTS }", R"({"b":1})", R"({"a":null})"},
    {"OnlyJson", "{ $.a NOT EXISTS }", "{}", "plain text"},
};

class Filter : public ::testing::TestWithParam<FilterCase> {};

TEST_P(Filter, WantsSomeMessages) {
    const auto& row = GetParam();
    const auto pattern = FilterPattern::parse(row.pattern);
    ASSERT_TRUE(pattern) << pattern.error();
    EXPECT_TRUE(pattern->matches(row.wanted));
    EXPECT_FALSE(pattern->matches(row.unwanted));
}

INSTANTIATE_TEST_SUITE_P(FilterPattern, Filter, ::testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(FilterPattern, NothingWantsEverything) {
    for (const auto* text : {"", " ", "\t"}) {
        const auto pattern = FilterPattern::parse(text);
        ASSERT_TRUE(pattern);
        EXPECT_TRUE(pattern->matches("anything"));
        EXPECT_TRUE(pattern->matches(""));
    }
}

TEST(FilterPattern, SaysWhatIsWrong) {
    for (const auto* text : {"\"open", "a-b", "{ $.a }", "{ $.a = 1", "{ a = 1 }", "{ $.a < x }",
                             "{ $.a = 1 && }", "{ ($.a = 1 }", "{ $.a[x] = 1 }", "{}", "[a, b]",
                             "%re%", "{ $ = 1 }", "{ $.a IS MAYBE }", "?", "-"}) {
        const auto pattern = FilterPattern::parse(text);
        ASSERT_FALSE(pattern) << text;
        EXPECT_FALSE(pattern.error().empty());
    }
    EXPECT_FALSE(
        FilterPattern::parse("{" + std::string(500, '(') + "$.a=1" + std::string(500, ')') + "}"));
}

}  // namespace
}  // namespace ingestor::logs
