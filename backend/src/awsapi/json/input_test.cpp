#include "awsapi/json/input.hpp"

#include <string>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace ingestor::awsapi::json {
namespace {

constexpr TextRule kName{
    .required = true, .min = 1, .max = 5, .pattern = "[a-c]+", .allowed = "abc"};

class InputTest : public ::testing::Test {
protected:
    Input input(const char* text) {
        body = boost::json::parse(text).as_object();
        return Input(body, violations);
    }
    std::string message() { return violations.error().value().message; }

    boost::json::object body;
    Violations violations;
};

TEST_F(InputTest, ReadsWhatIsRight) {
    auto members =
        input(R"({"Name":"abc","Count":5,"Size":2.5,"Force":true,"State":"ON","None":null,
                             "List":[{"Name":"a"},{"Name":"b"}],"Ids":["a","b"],"Part":{"Name":"c"}})");
    EXPECT_EQ(members.text("Name", kName), "abc");
    EXPECT_EQ(members.integer("Count", 1, 5), 5);
    EXPECT_EQ(members.number("Size"), 2.5);
    EXPECT_TRUE(members.flag("Force"));
    EXPECT_EQ(members.one_of("State", {"ON", "OFF"}, true), "ON");
    EXPECT_FALSE(members.has("None"));
    EXPECT_EQ(members.text("None", {.max = 3}), "");
    auto list = members.objects("List", true, 1, 2);
    ASSERT_EQ(list.size(), 2U);
    EXPECT_EQ(list[1].text("Name", kName), "b");
    EXPECT_EQ(members.texts("Ids", kName, true, 1, 2).size(), 2U);
    EXPECT_EQ(members.object("Part")->text("Name", kName), "c");
    EXPECT_FALSE(violations.error());
}

TEST_F(InputTest, ReadsMapsOfTexts) {
    auto members =
        input(R"({"Map":{"a":"x","b":""},"Bad":{"zz":"xx"},"Many":{"a":"","b":""},"No":{"a":1}})");
    constexpr TextRule kKey{.min = 1, .max = 1, .pattern = "[a-c]+", .allowed = "abc"};
    constexpr TextRule kValue{.max = 1};
    EXPECT_EQ(members.text_map("Map", kKey, kValue, 2),
              (std::map<std::string, std::string>{{"a", "x"}, {"b", ""}}));
    EXPECT_TRUE(members.text_map("None", kKey, kValue, 2).empty());
    EXPECT_FALSE(violations.error());
    static_cast<void>(members.text_map("Bad", kKey, kValue, 2));
    static_cast<void>(members.text_map("Many", kKey, kValue, 1));
    EXPECT_EQ(
        message(),
        "3 validation errors detected: Value '{\"zz\":\"xx\"}' at 'bad' failed to satisfy "
        "constraint: Map keys must satisfy constraint: [Member must have length less than or "
        "equal to 1, Member must have length greater than or equal to 1, Member must satisfy "
        "regular expression pattern: [a-c]+]; Value '{\"zz\":\"xx\"}' at 'bad' failed to "
        "satisfy constraint: Map value must satisfy constraint: [Member must have length less "
        "than or equal to 1, Member must have length greater than or equal to 0]; Value "
        "'{\"a\":\"\",\"b\":\"\"}' at 'many' failed to satisfy constraint: Member must have "
        "length less than or equal to 1");
    static_cast<void>(members.text_map("No", kKey, kValue, 2));
    EXPECT_EQ(message(), "no.a must be a string");
}

TEST_F(InputTest, TellsEverythingThatIsWrongInWordsOfAws) {
    auto members = input(R"({"Name":"weigh 1","State":"FETCH","List":[{"Name":"a"},{}]})");
    static_cast<void>(members.text("Name", kName));
    static_cast<void>(members.one_of("State", {"HEAD", "POST"}, false));
    for (auto& each : members.objects("List", true, 1, 5)) {
        static_cast<void>(each.text("Name", kName));
    }
    EXPECT_EQ(violations.error()->code, "ValidationException");
    EXPECT_EQ(message(),
              "4 validation errors detected: Value 'weigh 1' at 'name' failed to satisfy "
              "constraint: Member must satisfy regular expression pattern: [a-c]+; Value 'weigh 1' "
              "at 'name' failed to satisfy constraint: Member must have length less than or equal "
              "to 5; Value 'FETCH' at 'state' failed to satisfy constraint: Member must satisfy "
              "enum value set: [HEAD, POST]; Value null at 'list.2.member.name' failed to satisfy "
              "constraint: Member must not be null");
}

TEST_F(InputTest, LimitsHoldAtTheirEdges) {
    auto members =
        input(R"({"Five":"\u00e9\u00e9\u00e9\u00e9\u00e9","Six":"aaaaaa","Low":0,"High":6,
                             "Empty":[],"Full":[{},{},{}]})");
    const TextRule rule{.min = 1, .max = 5};
    static_cast<void>(members.text("Five", rule));
    static_cast<void>(members.integer("High", 1, 6));
    static_cast<void>(members.objects("Full", true, 1, 3));
    EXPECT_FALSE(violations.error());
    static_cast<void>(members.text("Six", rule));
    static_cast<void>(members.integer("Low", 1, 6));
    static_cast<void>(members.integer("High", 1, 5));
    static_cast<void>(members.objects("Empty", true, 1, 3));
    static_cast<void>(members.objects("Full", true, 1, 2));
    EXPECT_TRUE(message().starts_with("5 validation errors detected"));
}

TEST_F(InputTest, AWrongTypeIsToldAlone) {
    auto members = input(R"({"Name":5,"List":"x","Ids":[1],"Force":"true","Count":"5"})");
    static_cast<void>(members.text("Other", kName));
    static_cast<void>(members.text("Name", kName));
    EXPECT_EQ(violations.error()->code, "SerializationException");
    EXPECT_EQ(message(), "name must be a string");
    static_cast<void>(members.objects("List", true, 1, 2));
    static_cast<void>(members.texts("Ids", kName, true, 1, 2));
    static_cast<void>(members.flag("Force"));
    static_cast<void>(members.integer("Count", 1, 9));
    EXPECT_EQ(message(), "name must be a string");
}

}  // namespace
}  // namespace ingestor::awsapi::json
