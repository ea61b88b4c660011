#include "lambda/http_event.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ingestor::lambda {
namespace {

namespace json = boost::json;
using testing::ElementsAre;

json::object v1_event() {
    return json::parse(R"({
        "resource": "/{proxy+}", "path": "/jobs/1", "httpMethod": "POST",
        "headers": {"Host": "a1.execute-api.eu-west-1.amazonaws.com", "Accept": "text/html"},
        "multiValueHeaders": {"Host": ["a1.execute-api.eu-west-1.amazonaws.com"],
                              "Accept": ["*/*", "text/html"], "X-Request-ID": ["own-1"]},
        "queryStringParameters": {"status": "failed"},
        "multiValueQueryStringParameters": {"status": ["queued", "failed"]},
        "pathParameters": {"proxy": "jobs/1"}, "stageVariables": null,
        "requestContext": {"stage": "dev", "path": "/dev/jobs/1", "requestId": "gw-1",
                           "identity": {"sourceIp": "203.0.113.9"}},
        "body": "{\"a\":1}", "isBase64Encoded": false})")
        .as_object();
}

json::object v2_event() {
    return json::parse(R"({
        "version": "2.0", "routeKey": "ANY /{proxy+}", "rawPath": "/dev/jobs/1",
        "rawQueryString": "status=queued&status=failed&q=a%2Cb+c", "cookies": ["s=1", "t=2"],
        "headers": {"content-type": "application/json", "accept": "*/*,text/html"},
        "queryStringParameters": {"status": "queued,failed", "q": "a,b c"},
        "requestContext": {"http": {"method": "GET", "path": "/dev/jobs/1",
                                    "sourceIp": "203.0.113.9"},
                           "requestId": "gw-2", "stage": "dev"},
        "body": "aGVsbG8=", "isBase64Encoded": true})")
        .as_object();
}

std::vector<std::string> values(const http::Request& request, const char* name) {
    std::vector<std::string> all;
    const auto [begin, end] = request.headers.equal_range(name);
    for (auto it = begin; it != end; ++it) all.emplace_back(it->value());
    return all;
}

TEST(HttpEvent, ARequestOfARestApiKeepsEveryValue) {
    const auto event = parse_http_event(v1_event(), "");
    ASSERT_TRUE(event) << event.error().message;
    EXPECT_EQ(event->format, PayloadFormat::v1);
    const auto& request = event->request;
    EXPECT_EQ(request.method, boost::beast::http::verb::post);
    EXPECT_EQ(request.method_text, "POST");
    EXPECT_EQ(request.target, "/jobs/1?status=queued&status=failed");
    EXPECT_THAT(values(request, "accept"), ElementsAre("*/*", "text/html"));
    EXPECT_EQ(request.remote_address, "203.0.113.9");
    EXPECT_EQ(request.request_id, "own-1");
    EXPECT_EQ(event->gateway_id, "gw-1");
    EXPECT_EQ(event->body, "{\"a\":1}");
}

TEST(HttpEvent, ARestApiWithoutListsIsReadFromItsSingleValues) {
    auto event = v1_event();
    event["multiValueHeaders"] = nullptr;
    event.erase("multiValueQueryStringParameters");
    const auto parsed = parse_http_event(event, "");
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->request.target, "/jobs/1?status=failed");
    EXPECT_THAT(values(parsed->request, "accept"), ElementsAre("text/html"));
    EXPECT_EQ(parsed->request.request_id, "");
}

TEST(HttpEvent, EmptyMapsAndBodiesMayBeNull) {
    auto event = v1_event();
    for (const char* name : {"headers", "multiValueHeaders", "queryStringParameters",
                             "multiValueQueryStringParameters", "body"}) {
        event[name] = nullptr;
    }
    const auto parsed = parse_http_event(event, "");
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->request.target, "/jobs/1");
    EXPECT_EQ(parsed->body, "");
}

TEST(HttpEvent, ARequestOfAnHttpApiKeepsItsQueryAsItCame) {
    const auto event = parse_http_event(v2_event(), "");
    ASSERT_TRUE(event) << event.error().message;
    EXPECT_EQ(event->format, PayloadFormat::v2);
    const auto& request = event->request;
    EXPECT_EQ(request.method, boost::beast::http::verb::get);
    EXPECT_EQ(request.target, "/jobs/1?status=queued&status=failed&q=a%2Cb+c");
    EXPECT_EQ(request.query_parameter("q"), "a,b c");
    EXPECT_THAT(values(request, "cookie"), ElementsAre("s=1; t=2"));
    EXPECT_EQ(request.remote_address, "203.0.113.9");
    EXPECT_EQ(event->gateway_id, "gw-2");
    EXPECT_EQ(event->body, "hello");
}

struct QueryCase {
    const char* name;
    const char* parameters;
    const char* query;
};
constexpr QueryCase kQueries[] = {
    {"BlanksAndPlus", R"({"q": ["a b+c"]})", "q=a%20b%2Bc"},
    {"Separators", R"({"a&b": ["c=d&e"]})", "a%26b=c%3Dd%26e"},
    {"Unicode", R"({"q": ["Grüße"]})", "q=Gr%C3%BC%C3%9Fe"},
    {"NoValue", R"({"flag": [""]})", "flag="},
};
class V1Query : public testing::TestWithParam<QueryCase> {};
TEST_P(V1Query, IsEncodedAgain) {
    auto event = v1_event();
    event["multiValueQueryStringParameters"] = json::parse(GetParam().parameters);
    const auto parsed = parse_http_event(event, "");
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->request.query(), GetParam().query);
}
INSTANTIATE_TEST_SUITE_P(HttpEvent, V1Query, testing::ValuesIn(kQueries),
                         [](const auto& row) { return std::string(row.param.name); });

struct PathCase {
    const char* name;
    const char* path;  ///< As the gateway gives it, behind its stage.
    const char* target;
};
constexpr PathCase kPaths[] = {
    {"Plain", "/jobs/1", "/jobs/1"},
    {"Root", "/", "/"},
    {"EncodedBlank", "/a%20b", "/a%20b"},
    {"DecodedBlank", "/a b", "/a%20b"},
    {"EncodedSlash", "/a%2Fb", "/a%2Fb"},
    {"LowerCaseEscape", "/a%2fb", "/a%2fb"},
    {"Plus", "/a+b", "/a+b"},
    {"Unicode", "/Grüße", "/Gr%C3%BC%C3%9Fe"},
    {"EncodedUnicode", "/Gr%C3%BC", "/Gr%C3%BC"},
    {"LonePercent", "/100%/a%zz", "/100%25/a%25zz"},
    {"QuestionMark", "/a?b#c", "/a%3Fb%23c"},
    {"DoubleSlash", "//jobs", "//jobs"},
};
class PathOfEvent : public testing::TestWithParam<PathCase> {};
TEST_P(PathOfEvent, IsATargetInBothShapes) {
    auto v1 = v1_event();
    v1["path"] = GetParam().path;
    v1["multiValueQueryStringParameters"] = nullptr;
    v1["queryStringParameters"] = nullptr;
    const auto rest = parse_http_event(v1, "");
    ASSERT_TRUE(rest) << rest.error().message;
    EXPECT_EQ(rest->request.target, GetParam().target);

    auto v2 = v2_event();
    v2["rawPath"] = std::string("/dev") + GetParam().path;
    v2["rawQueryString"] = "";
    const auto http_api = parse_http_event(v2, "");
    ASSERT_TRUE(http_api) << http_api.error().message;
    EXPECT_EQ(http_api->request.target, GetParam().target);
}
INSTANTIATE_TEST_SUITE_P(HttpEvent, PathOfEvent, testing::ValuesIn(kPaths),
                         [](const auto& row) { return std::string(row.param.name); });

struct PrefixCase {
    const char* name;
    const char* base_path;
    const char* stage;
    const char* path;
    const char* target;
};
constexpr PrefixCase kPrefixes[] = {
    {"NamedStage", "", "dev", "/dev/jobs", "/jobs"},
    {"StageAlone", "", "dev", "/dev", "/"},
    {"DefaultStage", "", "$default", "/jobs", "/jobs"},
    {"StageIsAWholeSegment", "", "dev", "/devices", "/devices"},
    {"StageStandsOnce", "", "dev", "/dev/dev/jobs", "/dev/jobs"},
    {"BasePath", "/api", "$default", "/api/jobs", "/jobs"},
    {"BasePathWithSlash", "/api/", "$default", "/api/jobs", "/jobs"},
    {"BasePathIsAWholeSegment", "/api", "$default", "/apis", "/apis"},
    {"BasePathThenStage", "/api", "dev", "/api/dev/jobs", "/jobs"},
};
class PrefixOfPath : public testing::TestWithParam<PrefixCase> {};
TEST_P(PrefixOfPath, IsNoPartOfTheTarget) {
    auto event = v2_event();
    event["rawPath"] = GetParam().path;
    event["rawQueryString"] = "";
    event["requestContext"].as_object()["stage"] = GetParam().stage;
    const auto parsed = parse_http_event(event, GetParam().base_path);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->request.target, GetParam().target);
}
INSTANTIATE_TEST_SUITE_P(HttpEvent, PrefixOfPath, testing::ValuesIn(kPrefixes),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(HttpEvent, ARestApisStageIsTakenOffWhereTheGatewayLeftIt) {
    auto event = v1_event();
    event["multiValueQueryStringParameters"] = nullptr;
    event["queryStringParameters"] = nullptr;
    event["path"] = "/dev/jobs/1";
    EXPECT_EQ(parse_http_event(event, "").value().request.target, "/jobs/1");
    // A path that merely looks so: the stage has been taken off before.
    event["requestContext"].as_object()["path"] = "/dev/dev/jobs/1";
    EXPECT_EQ(parse_http_event(event, "").value().request.target, "/dev/jobs/1");
}

TEST(HttpEvent, ARequestIdThatIsUnfitForTheLogIsLeftOut) {
    auto event = v1_event();
    event["multiValueHeaders"].as_object()["X-Request-ID"] = json::array{"a b"};
    EXPECT_EQ(parse_http_event(event, "").value().request.request_id, "");
}

struct MalformedCase {
    const char* name;
    const char* member;
    const char* value;
    const char* field;
};
constexpr MalformedCase kMalformed[] = {
    {"BodyIsNoText", "body", "7", "body"},
    {"HeaderIsNoText", "multiValueHeaders", R"({"A": [1]})", "multiValueHeaders.A"},
    {"HeaderIsNoList", "multiValueHeaders", R"({"A": "b"})", "multiValueHeaders.A"},
    {"HeaderBreaksItsLine", "multiValueHeaders", R"({"A": ["b\r\nC: d"]})", "multiValueHeaders.A"},
    {"HeaderNameIsNoToken", "multiValueHeaders", R"({"A:": ["b"]})", "multiValueHeaders.A:"},
    {"MethodIsNoToken", "httpMethod", R"("GET /")", "httpMethod"},
};
class MalformedHttpEvent : public testing::TestWithParam<MalformedCase> {};
TEST_P(MalformedHttpEvent, IsRefusedByField) {
    auto event = v1_event();
    event[GetParam().member] = json::parse(GetParam().value);
    const auto parsed = parse_http_event(event, "");
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
    EXPECT_EQ(parsed.error().field, GetParam().field);
}
INSTANTIATE_TEST_SUITE_P(HttpEvent, MalformedHttpEvent, testing::ValuesIn(kMalformed),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(HttpEvent, ABodyThatIsNotTheBase64ItClaimsIsRefused) {
    auto event = v2_event();
    event["body"] = "not base64!";
    const auto parsed = parse_http_event(event, "");
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().field, "body");
}

}  // namespace
}  // namespace ingestor::lambda
