#include "api/message.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace ingestor::api {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

struct Parcel {
    std::string code = {};
    std::string note = {};
    std::int64_t grams = 0;
    bool fragile = false;
    std::optional<TimePoint> sent_at = {};
    std::vector<std::string> marks = {};
    std::map<std::string, std::string> labels = {};
};
struct Load {
    std::string truck = "none";
    std::vector<Parcel> parcels = {};
};

const Message<Parcel>& parcel_message() {
    static const Message<Parcel> kMessage{
        "Parcel",
        {field("code", &Parcel::code,
               Type::text({.min = 1, .max = 3, .pattern = "^[ab]+$", .allowed = "ab"})),
         field("note", &Parcel::note, Type::text().or_null(), Presence::optional),
         field("grams", &Parcel::grams, Type::integer(1, 1'000)),
         field("fragile", &Parcel::fragile, Type::boolean(), Presence::optional),
         field("sent_at", &Parcel::sent_at, Type::time().or_null(), Presence::optional),
         field("marks", &Parcel::marks, Type::list(Type::text({.min = 1}), 2), Presence::optional),
         field("labels", &Parcel::labels, Type::text_map(1), Presence::optional),
         computed<Parcel>("heavy", Type::boolean(),
                          [](const Parcel& parcel) { return to_value(parcel.grams > 500); })}};
    return kMessage;
}

const Message<Parcel>& new_parcel_message() {
    static const Message<Parcel> kMessage = [] {
        auto fields = parcel_message().fields();
        fields.pop_back();
        return Message<Parcel>("NewParcel", std::move(fields));
    }();
    return kMessage;
}

const Message<Load>& load_message() {
    static const Message<Load> kMessage{
        "Load",
        {field("truck", &Load::truck, Type::text(), Presence::optional),
         list_field("parcels", &Load::parcels, new_parcel_message(), 2)},
        [](const json::object& members, const std::string& prefix, Faults& faults) {
            if (members.size() > 2) faults.add(Place::body, prefix + "truck", "Too much", "rule");
        }};
    return kMessage;
}

/// `loc` and type of each fault.
std::string faults_of(std::string_view text) {
    const auto read = load_message().read(text);
    if (read) return "none";
    std::string found;
    const auto detail = json::parse(std::get<std::string>(read.error().body)).at("detail");
    for (const auto& fault : detail.as_array()) {
        found += json::serialize(fault.at("loc")) + std::string(fault.at("type").as_string()) + ";";
    }
    return found;
}

std::string parcel_with(std::string_view members) {
    return R"({"parcels":[{"code":"a","grams":1,)" + std::string(members) + "}]}";
}

TEST(Message, ReadsWhatItWrites) {
    const Parcel parcel{.code = "ab",
                        .note = "",
                        .grams = 7,
                        .fragile = true,
                        .sent_at = TimePoint{1'500ms},
                        .marks = {"x"},
                        .labels = {{"k", "v"}}};
    const auto written = json::serialize(parcel_message().write(parcel));
    EXPECT_EQ(written, R"({"code":"ab","note":null,"grams":7,"fragile":true,)"
                       R"("sent_at":"1970-01-01T00:00:01.500Z","marks":["x"],"labels":{"k":"v"},)"
                       R"("heavy":false})");
    const auto read = new_parcel_message().read(written);
    ASSERT_TRUE(read);
    EXPECT_EQ(json::serialize(parcel_message().write(*read)), written);
}

TEST(Message, WhatIsLeftOutKeepsItsValue) {
    const auto load = load_message().read(R"({"parcels":[],"unknown":1})");
    ASSERT_TRUE(load);
    EXPECT_EQ(load->truck, "none");
}

struct FaultCase {
    const char* name;
    std::string body;
    const char* faults;
};

const FaultCase kFaults[] = {
    {"NoList", R"({})", R"(["body","parcels"]missing;)"},
    {"NoObject", R"({"parcels":[1]})", R"(["body","parcels",0]dict_type;)"},
    {"TooMany", R"({"parcels":[1,2,3]})", R"(["body","parcels"]too_long;)"},
    {"AllAtOnce", R"({"truck":1,"parcels":[{"code":""}]})",
     R"(["body","truck"]string_type;["body","parcels",0,"code"]string_too_short;)"
     R"(["body","parcels",0,"grams"]missing;)"},
    {"Pattern", R"({"parcels":[{"code":"abc","grams":1}]})",
     R"(["body","parcels",0,"code"]string_pattern_mismatch;)"},
    {"TooLong", R"({"parcels":[{"code":"aaaa","grams":1}]})",
     R"(["body","parcels",0,"code"]string_too_long;)"},
    {"LeastNumber", R"({"parcels":[{"code":"a","grams":0}]})",
     R"(["body","parcels",0,"grams"]greater_than_equal;)"},
    {"GreatestNumber", R"({"parcels":[{"code":"a","grams":1001}]})",
     R"(["body","parcels",0,"grams"]less_than_equal;)"},
    {"HugeNumber", R"({"parcels":[{"code":"a","grams":18446744073709551615}]})",
     R"(["body","parcels",0,"grams"]less_than_equal;)"},
    {"NoNumber", R"({"parcels":[{"code":"a","grams":1.5}]})",
     R"(["body","parcels",0,"grams"]int_type;)"},
    {"EdgesAreIn", R"({"parcels":[{"code":"aaa","grams":1000},{"code":"b","grams":1}]})", "none"},
    {"NoTime", parcel_with(R"("sent_at":"soon")"),
     R"(["body","parcels",0,"sent_at"]datetime_parsing;)"},
    {"NoTruth", parcel_with(R"("fragile":"yes")"), R"(["body","parcels",0,"fragile"]bool_type;)"},
    {"NullWhereItMayBe", parcel_with(R"("note":null,"sent_at":null)"), "none"},
    {"NullWhereItMayNotBe", parcel_with(R"("fragile":null)"),
     R"(["body","parcels",0,"fragile"]bool_type;)"},
    {"ItemOfAList", parcel_with(R"("marks":["x",""])"),
     R"(["body","parcels",0,"marks",1]string_too_short;)"},
    {"TextsOfAMap", parcel_with(R"("labels":{"k":1})"),
     R"(["body","parcels",0,"labels","k"]string_type;)"},
    {"LargeMap", parcel_with(R"("labels":{"k":"v","l":"w"})"),
     R"(["body","parcels",0,"labels"]too_long;)"},
    {"RuleBetweenMembers", R"({"parcels":[],"truck":"t","third":1})", R"(["body","truck"]rule;)"},
    {"NoJson", "{", R"(["body"]json_invalid;)"}};

class MessageFaults : public testing::TestWithParam<FaultCase> {};
TEST_P(MessageFaults, NameTheirPlace) {
    EXPECT_EQ(faults_of(GetParam().body), GetParam().faults);
}
INSTANTIATE_TEST_SUITE_P(Message, MessageFaults, testing::ValuesIn(kFaults),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Message, ItsSchemaSaysTheSame) {
    EXPECT_EQ(json::serialize(load_message().schema()),
              R"({"type":"object","title":"Load",)"
              R"("required":["parcels"],"properties":{"truck":{"type":"string"},)"
              R"("parcels":{"type":"array","maxItems":2,)"
              R"("items":{"$ref":"#/components/schemas/NewParcel"}}},)"
              R"("additionalProperties":false})");
    EXPECT_FALSE(load_message().request_schema().contains("additionalProperties"));
    const auto properties = new_parcel_message().schema().at("properties");
    EXPECT_EQ(json::serialize(properties.at("code")),
              R"({"type":"string","minLength":1,"maxLength":3,"pattern":"^[ab]+$"})");
    EXPECT_EQ(json::serialize(properties.at("note")), R"({"type":["string","null"]})");
    EXPECT_EQ(json::serialize(properties.at("grams")),
              R"({"type":"integer","minimum":1,"maximum":1000})");
    EXPECT_EQ(json::serialize(properties.at("sent_at")),
              R"({"type":["string","null"],"format":"date-time"})");
    EXPECT_EQ(json::serialize(properties.at("labels")),
              R"({"type":"object","maxProperties":1,"additionalProperties":{"type":"string"}})");
    EXPECT_EQ(json::serialize(Type::one_of({"a", "b"}).or_null().described("Which.").schema()),
              R"({"type":["string","null"],"enum":["a","b",null],"description":"Which."})");
}

TEST(Message, AParameterIsHeldToItsType) {
    const TextRule rule{.min = 1, .max = 2, .pattern = "^[ab]+$", .allowed = "ab"};
    EXPECT_EQ(parameter_of("ab", "code", rule), "ab");
    EXPECT_EQ(parameter_of("abb", "code", rule).error().field, "code");
    EXPECT_FALSE(parameter_of("", "code", rule));
    EXPECT_FALSE(parameter_of("c", "code", rule));
}

}  // namespace
}  // namespace ingestor::api
