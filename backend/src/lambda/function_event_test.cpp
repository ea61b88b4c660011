#include "lambda/function_event.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ingestor::lambda {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

constexpr const char* kBusEvent = R"({"version":"0","id":"e-1",
    "detail-type":"Document Processing Required","source":"agent2.ingestor",
    "account":"111111111111","time":"2026-01-02T03:04:05Z","region":"us-east-1",
    "resources":["arn:aws:x"],"detail":{"job_id":"j-1","user_id":"u-1","files":[]}})";

std::string with(std::string_view event, const char* member, json::value value) {
    auto object = json::parse(event).as_object();
    object[member] = std::move(value);
    return json::serialize(object);
}

struct KindCase {
    const char* name;
    const char* payload;
    const char* kind;
};
constexpr KindCase kKinds[] = {
    {"RestApi", R"({"resource":"/{proxy+}","path":"/","httpMethod":"GET","requestContext":{}})",
     "http"},
    {"HttpApi", R"({"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"GET"}}})",
     "http"},
    {"Bus", kBusEvent, "event"},
    {"Schedule", R"({"version":"0","id":"e-2","detail-type":"Scheduled Event",
        "source":"aws.events","time":"2026-01-02T03:04:05Z","resources":[],"detail":{}})",
     "sweep"},
    {"Sweep", R"({"action":"sweep"})", "sweep"},
    {"Health", R"({"action":"health"})", "health"},
    {"Process", R"({"action":"process","job_id":"j-1","user_id":"u-1"})", "event"},
    {"Queue", R"({"Records":[{"eventSource":"aws:sqs","messageId":"m-1","body":"{}"}]})", "queue"},
};
class KindOfEvent : public testing::TestWithParam<KindCase> {};
TEST_P(KindOfEvent, IsToldByItsPayload) {
    const auto event = parse_function_event(GetParam().payload, "");
    ASSERT_TRUE(event) << event.error().message;
    EXPECT_EQ(kind_of(*event), GetParam().kind);
}
INSTANTIATE_TEST_SUITE_P(FunctionEvent, KindOfEvent, testing::ValuesIn(kKinds),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(FunctionEvent, AnEventOfTheBusIsReadWhole) {
    const auto parsed = parse_function_event(kBusEvent, "");
    ASSERT_TRUE(parsed) << parsed.error().message;
    const auto& [job_id, event] = std::get<ProcessEvent>(*parsed);
    EXPECT_EQ(job_id.value(), "j-1");
    EXPECT_EQ(json::parse(eventbridge::to_json(event)), json::parse(kBusEvent));
}

TEST(FunctionEvent, AnObjectThatWasCreatedIsTold) {
    const auto parsed = parse_function_event(
        R"({"version":"0","id":"e-2","detail-type":"Object Created","source":"aws.s3",)"
        R"("account":"111122223333","time":"2026-01-02T03:04:05Z","region":"us-east-1",)"
        R"("resources":["arn:aws:s3:::b"],"detail":{"bucket":{"name":"b"},"object":{"key":"k"}}})",
        "");
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(kind_of(*parsed), "object");
    const auto& event = std::get<ObjectEvent>(*parsed).event;
    EXPECT_EQ(event.id, "e-2");
    EXPECT_EQ(event.detail, R"({"bucket":{"name":"b"},"object":{"key":"k"}})");
}

TEST(FunctionEvent, AProcessActionIsAnEventOfItsJob) {
    const auto parsed =
        parse_function_event(R"({"action":"process","job_id":"j-1","user_id":"u-1"})", "");
    ASSERT_TRUE(parsed) << parsed.error().message;
    const auto& [job_id, event] = std::get<ProcessEvent>(*parsed);
    EXPECT_EQ(job_id.value(), "j-1");
    EXPECT_EQ(event.source, "agent2.ingestor");
    EXPECT_EQ(event.detail_type, "Document Processing Required");
    EXPECT_EQ(json::parse(event.detail), json::parse(R"({"job_id":"j-1","user_id":"u-1"})"));
}

TEST(FunctionEvent, AQueueHoldsEventsAndRecordsOfFailedInvocations) {
    const auto record = [](const char* id, std::string body) {
        return json::object{{"eventSource", "aws:sqs"}, {"messageId", id}, {"body", body}};
    };
    const json::object wrapped{{"version", "1.0"}, {"requestPayload", json::parse(kBusEvent)}};
    json::array records;
    records.push_back(record("m-1", std::string(kBusEvent)));
    records.push_back(record("m-2", json::serialize(wrapped)));
    records.push_back(record("m-3", "not JSON"));
    records.push_back(record("m-4", R"({"action":"sweep"})"));
    const auto parsed =
        parse_function_event(json::serialize(json::object{{"Records", records}}), "");
    ASSERT_TRUE(parsed) << parsed.error().message;
    const auto& messages = std::get<QueueEvent>(*parsed).messages;
    ASSERT_EQ(messages.size(), 4U);
    EXPECT_EQ(messages[0].id, "m-1");
    ASSERT_TRUE(messages[0].event) << messages[0].event.error().message;
    EXPECT_EQ(std::get<ProcessEvent>(*messages[0].event).job_id.value(), "j-1");
    ASSERT_TRUE(messages[1].event) << messages[1].event.error().message;
    EXPECT_EQ(std::get<ProcessEvent>(*messages[1].event).event.id, "e-1");
    EXPECT_FALSE(messages[2].event);
    EXPECT_FALSE(messages[3].event);
}

struct RefusalCase {
    const char* name;
    std::string payload;
    const char* says;
};
const RefusalCase kRefusals[] = {
    {"Empty", "", "not JSON"},
    {"NoObject", "[]", "no JSON object"},
    {"NothingInIt", "{}", "it has: none"},
    {"UnknownKeys", R"({"hello":1,"world":2})", "it has: hello, world"},
    {"UnknownAction", R"({"action":"dance"})", "process, sweep or health"},
    {"ProcessWithoutJob", R"({"action":"process","user_id":"u"})", "job_id"},
    {"ProcessWithoutUser", R"({"action":"process","job_id":"j"})", "user_id"},
    {"OtherDetailType", with(kBusEvent, "detail-type", "Document Processing Completed"),
     "Document Processing Completed"},
    {"OtherSource", with(kBusEvent, "source", "emergency.docs"), "emergency.docs"},
    {"NoJobInTheDetail", with(kBusEvent, "detail", json::object{}), "names no job"},
    {"DetailIsNoObject", with(kBusEvent, "detail", "x"), "detail"},
    {"TimeIsNoTime", with(kBusEvent, "time", "yesterday"), "time"},
    {"NoId", with(kBusEvent, "id", nullptr), "id"},
    {"RecordsOfAnotherService", R"({"Records":[{"eventSource":"aws:s3"}]})", "it has: Records"},
    {"MixedRecords", R"({"Records":[{"eventSource":"aws:sqs","messageId":"m","body":""},{}]})",
     "it has: Records"},
    {"RecordWithoutId", R"({"Records":[{"eventSource":"aws:sqs","body":""}]})", "messageId"},
};
class RefusedEvent : public testing::TestWithParam<RefusalCase> {};
TEST_P(RefusedEvent, SaysWhy) {
    const auto event = parse_function_event(GetParam().payload, "");
    ASSERT_FALSE(event);
    EXPECT_EQ(event.error().code, Errc::invalid_argument);
    EXPECT_THAT(event.error().message, HasSubstr(GetParam().says));
}
INSTANTIATE_TEST_SUITE_P(FunctionEvent, RefusedEvent, testing::ValuesIn(kRefusals),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(FunctionEvent, ALongListOfKeysIsCutShort) {
    json::object event;
    for (int i = 0; i < 100; ++i) event["key" + std::to_string(i)] = 1;
    const auto parsed = parse_function_event(json::serialize(event), "");
    ASSERT_FALSE(parsed);
    EXPECT_THAT(parsed.error().message, HasSubstr("key19, …"));
}

}  // namespace
}  // namespace ingestor::lambda
