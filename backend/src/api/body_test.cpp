#include "api/body.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

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
        json::serialize(fields.faults()),
        R"([{"loc":["body","missing"],"msg":"Field required","type":"missing"},)"
        R"({"loc":["body","name"],"msg":"Input should be a valid string","type":"string_type"},)"
        R"({"loc":["body","list"],"msg":"Input should be a valid list","type":"list_type"},)"
        R"({"loc":["body","inner",0,"a"],"msg":"Input should be a valid string","type":"string_type"}])");
}

}  // namespace
}  // namespace ingestor::api
