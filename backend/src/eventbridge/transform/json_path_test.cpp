#include "eventbridge/transform/json_path.hpp"

#include <gtest/gtest.h>

namespace ingestor::eventbridge::transform {
namespace {

constexpr std::string_view kJson =
    R"({"detail-type":"Parcel","resources":["arn:a","arn:b"],"detail":{"kg":12.50,"to":{"n":"Ada"},"items":[[1,2],{"sku":"x\"y"}],"":0,"a:b":true,"nil":null}})";

std::optional<std::string> find(std::string_view path) {
    const JsonText text(kJson);
    const auto found = text.find(JsonPath::parse(path).value());
    if (!found) return std::nullopt;
    return std::string(*found);
}

TEST(JsonPath, LeadsToTheTextOfOneValue) {
    EXPECT_EQ(find("$"), kJson);
    EXPECT_EQ(find("$.detail-type"), R"("Parcel")");
    EXPECT_EQ(find("$.detail.kg"), "12.50");
    EXPECT_EQ(find("$.detail.to"), R"({"n":"Ada"})");
    EXPECT_EQ(find("$.resources"), R"(["arn:a","arn:b"])");
    EXPECT_EQ(find("$.resources[1]"), R"("arn:b")");
    EXPECT_EQ(find("$.detail.items[0][1]"), "2");
    EXPECT_EQ(find("$.detail.items[1].sku"), R"("x\"y")");
    EXPECT_EQ(find("$.detail.a:b"), "true");
    EXPECT_EQ(find("$.detail.nil"), "null");
}

TEST(JsonPath, LeadsNowhereWhereTheEventHasNothing) {
    for (const auto* path : {"$.none", "$.detail.kg.n", "$.detail-type[0]", "$.resources[2]",
                             "$.resources.n", "$.detail.to[0]", "$.Detail"}) {
        EXPECT_EQ(find(path), std::nullopt) << path;
    }
}

TEST(JsonPath, WhatIsNoDotNotationIsRefused) {
    for (const auto* path :
         {"", "detail", "$detail", "$.", "$..a", "$.a.", "$.*", "$.a[*]", "$.a['b']", "$['a']",
          "$.a[-1]", "$.a[1", "$.a[]", "$.a b", "$.a[99999999999999999999]", "$.a?", "$.a[0]b"}) {
        const auto parsed = JsonPath::parse(path);
        ASSERT_FALSE(parsed) << path;
        EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
        EXPECT_TRUE(parsed.error().message.starts_with(path)) << parsed.error().message;
    }
}

TEST(JsonPath, WhatIsNoJsonHoldsNothing) {
    for (const auto* json : {"", "{", "12", R"({"a" 1})", "[1]"}) {
        EXPECT_EQ(JsonText(json).find(JsonPath::parse("$.a").value()), std::nullopt) << json;
    }
}

}  // namespace
}  // namespace ingestor::eventbridge::transform
