#include "api/body.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "api/body_limits.hpp"

namespace ingestor::api {
namespace {

namespace json = boost::json;

TEST(Body, RefusesWhatIsNoJsonObject) {
    for (const auto* text :
         {"", "{", "[]", "1", "{\"a\":1}x", "{'a':1}", "{\"a\":[[[[[[[[[[1]]]]]]]]]]}"}) {
        const auto body = parse_object(text);
        ASSERT_FALSE(body) << text;
        EXPECT_EQ(body.error().status, 422U) << text;
    }
}

TEST(Body, HoldsSoManyValuesAndNoMore) {
    const auto list_of = [](std::size_t count) {
        std::string text = R"({"a,[{":[1)";
        for (std::size_t i = 1; i < count; ++i) text += ",1";
        return text + "]}";
    };
    // The object and the list are values too, and what stands in a string is none.
    EXPECT_TRUE(parse_object(list_of(kJsonValuesMax - 2)));
    const auto refused = parse_object(list_of(kJsonValuesMax - 1));
    ASSERT_FALSE(refused);
    EXPECT_NE(std::get<std::string>(refused.error().body).find("too_long"), std::string::npos);
}

TEST(Body, ASubmitOfFullSizeFits) {
    // As Python's json writes it: everything beyond ASCII is an escape.
    std::string key;
    while (key.size() < 6 * (domain::kObjectKeyBytesMax / 2)) key += "\\u00e9";
    std::string name;
    while (name.size() < 12 * domain::kFilenameCharactersMax) name += "\\ud83d\\ude00";
    const auto file = R"({"file_key": ")" + key + R"(", "filename": ")" + name + "\"}";
    std::string text = R"({"job_name": ")" + name + R"(", "files": [)" + file;
    for (std::size_t i = 1; i < domain::kFilesInJobMax; ++i) text += ", " + file;
    text += "]}";
    EXPECT_LE(text.size(), kSubmitJsonBytesMax);
    EXPECT_GE(text.size(), kSubmitJsonBytesMax - kSubmitJsonBytesMax / 50) << "not tight";
    EXPECT_TRUE(parse_object(text));
}

TEST(Fields, CollectsEveryFaultWithItsPlace) {
    const auto body = json::parse(R"({"name": 1, "list": "x", "inner": {"a": null}})").as_object();
    Fields fields(body);
    EXPECT_EQ(fields.required_text("missing"), "");
    EXPECT_EQ(fields.required_text("name"), "");
    EXPECT_EQ(fields.required_list("list"), nullptr);
    Fields inner(body.at("inner").as_object(), "inner.0", fields.faults());
    EXPECT_EQ(inner.required_text("a"), "");
    EXPECT_EQ(inner.optional_text("a"), std::nullopt);
    EXPECT_EQ(
        json::serialize(std::move(fields.faults()).to_json()),
        R"([{"loc":["body","missing"],"msg":"Field required","type":"missing"},)"
        R"({"loc":["body","name"],"msg":"Input should be a valid string","type":"string_type"},)"
        R"({"loc":["body","list"],"msg":"Input should be a valid list","type":"list_type"},)"
        R"({"loc":["body","inner",0,"a"],"msg":"Input should be a valid string","type":"string_type"}])");
}

}  // namespace
}  // namespace ingestor::api
