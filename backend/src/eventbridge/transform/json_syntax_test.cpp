#include "eventbridge/transform/json_syntax.hpp"

#include <random>
#include <string>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace ingestor::eventbridge::transform {
namespace {

TEST(JsonSyntax, OneValueOfAnyKindIsSound) {
    for (const auto* text :
         {"1", "\"x\"", "null", " [ ] ", "{}", R"({"a":[1,{"b":"\u00e9"}],"c":{}})", "-1.5e+3",
          "\n{\n\"a\" : true }"}) {
        EXPECT_TRUE(check_json(text)) << text;
    }
    const std::string deep(100'000, '[');
    EXPECT_TRUE(check_json(deep + std::string(100'000, ']')));
    EXPECT_FALSE(check_json(deep));
}

TEST(JsonSyntax, AFaultTellsHowFarTheTextCouldBeRead) {
    struct Row {
        std::string text;
        std::string place;
    };
    for (const auto& [text, place] :
         {Row{"env:dev", "line: 1, column: 4"}, Row{"{'db_name':1}", "line: 1, column: 3"},
          Row{"", "line: 1, column: 1"}, Row{"{\n\"a\":1,}", "line: 2, column: 8"},
          Row{"{\"a\"", "line: 1, column: 5"}, Row{"[1 2]", "line: 1, column: 5"},
          Row{"{} {}", "line: 1, column: 5"}}) {
        const auto checked = check_json(text);
        ASSERT_FALSE(checked) << text;
        EXPECT_EQ(checked.error().message, "[Source: (String)\"" + text + "\"; " + place + "]");
    }
}

TEST(JsonSyntax, StringsMayStandOnLines) {
    EXPECT_TRUE(check_json_strings("\"a\"\n\"b\"  \"c\"\n"));
    for (const auto* text : {"", " ", "\"a\" 1", "\"a", "\"a\",\"b\"", "x"}) {
        EXPECT_FALSE(check_json_strings(text)) << text;
    }
}

TEST(JsonSyntax, AgreesWithAParserOnTextsNearJson) {
    constexpr std::string_view kPieces[] = {"{", "}",     "[", "]",    ",",
                                            ":", "\"a\"", "1", "null", " "};
    std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same texts each time.
    int sound = 0;
    for (int n = 0; n < 200'000; ++n) {
        std::string text;
        for (auto pieces = 1 + random() % 9; pieces > 0; --pieces) {
            text += kPieces[random() % std::size(kPieces)];
        }
        boost::system::error_code error;
        static_cast<void>(boost::json::parse(text, error));
        ASSERT_EQ(check_json(text).has_value(), !error) << text;
        sound += !error;
    }
    EXPECT_GT(sound, 1'000);
}

}  // namespace
}  // namespace ingestor::eventbridge::transform
