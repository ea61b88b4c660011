#include "bus/targets/http_request.hpp"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ingestor::bus::targets {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

class HttpRequestTest : public ::testing::Test {
protected:
    HttpRequestTest() {
        event.id = "7d7e0a2b-6f0c-4b0f-9d49-3b3f7c1e0001";
        event.source = "depot.scale";
        event.detail_type = "Parcel Weighed";
        event.detail =
            R"({"city":"Oslo","to":"a/b ?","kg":12.50,"n":{"x":[1,2]},"line":"a\nb","none":null})";
        destination.endpoint = "https://hooks.example/in";
        connection.authorization = ports::BasicAuthorization{"ada", "love:lace"};
    }

    Result<ports::OutgoingRequest> make(std::string payload = "{}") {
        return make_http_request({.destination = destination,
                                  .connection = connection,
                                  .parameters = parameters,
                                  .event = event,
                                  .payload = std::move(payload),
                                  .authorization = "Bearer t",
                                  .message_id = "m-1",
                                  .now = TimePoint(std::chrono::seconds(1'614'265'330))});
    }

    eventbridge::Event event;
    ports::ApiDestination destination;
    ports::Connection connection;
    ports::TargetHttpParameters parameters;
};

TEST_F(HttpRequestTest, IsThePayloadWithTheHeadersOfEventBridge) {
    const auto request = make(R"({"a":1.0})").value();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, "https://hooks.example/in");
    EXPECT_EQ(request.body, R"({"a":1.0})");
    EXPECT_EQ(request.time_max, std::chrono::seconds(5));
    EXPECT_THAT(request.headers,
                Contains(Pair("User-Agent", "Amazon/EventBridge/ApiDestinations")));
    EXPECT_THAT(request.headers, Contains(Pair("Content-Type", "application/json; charset=utf-8")));
    EXPECT_THAT(request.headers, Contains(Pair("Range", "bytes=0-1048575")));
    EXPECT_THAT(request.headers, Contains(Pair("Authorization", "Basic YWRhOmxvdmU6bGFjZQ==")));
}

TEST_F(HttpRequestTest, BearsAnApiKeyOrAToken) {
    connection.authorization = ports::ApiKeyAuthorization{"X-Key", "k"};
    EXPECT_THAT(make()->headers, Contains(Pair("X-Key", "k")));
    EXPECT_THAT(make()->headers, Not(Contains(Key("Authorization"))));
    connection.authorization = ports::OAuthAuthorization{};
    EXPECT_THAT(make()->headers, Contains(Pair("Authorization", "Bearer t")));
}

TEST_F(HttpRequestTest, FillsThePathInOrder) {
    destination.endpoint = "https://hooks.example/*/parcels/*?full=*";
    parameters.path = {"$.detail.to", "fixed value", "$.detail.kg"};
    EXPECT_EQ(make()->url, "https://hooks.example/a%2Fb%20%3F/parcels/fixed%20value?full=12.50");
}

TEST_F(HttpRequestTest, NeedsAValueForEveryPlaceOfThePath) {
    destination.endpoint = "https://hooks.example/*";
    for (const auto* value : {"$.detail.nothing", "$.detail.none", "..", "."}) {
        parameters.path = {value};
        ASSERT_FALSE(make()) << value;
        EXPECT_EQ(make().error().code, Errc::invalid_argument);
    }
    parameters.path = {};
    EXPECT_FALSE(make());
}

TEST_F(HttpRequestTest, AddsHeadersAndQueryOfTheTarget) {
    destination.endpoint = "https://hooks.example/in?a=b";
    parameters.headers = {{"X-City", "$.detail.city"},
                          {"X-N", "$.detail.n"},
                          {"X-None", "$.detail.nothing"},
                          {"X-Team", "depot"},
                          {"X-Price", "$5"}};
    parameters.query = {{"city", "$.detail.city"}, {"none", "$.detail.nothing"}, {"p q", "r&s"}};
    const auto request = make().value();
    EXPECT_EQ(request.url, "https://hooks.example/in?a=b&city=Oslo&p%20q=r%26s");
    EXPECT_THAT(request.headers, Contains(Pair("X-City", "Oslo")));
    EXPECT_THAT(request.headers, Contains(Pair("X-N", R"({"x":[1,2]})")));
    EXPECT_THAT(request.headers, Contains(Pair("X-Team", "depot")));
    EXPECT_THAT(request.headers, Contains(Pair("X-Price", "$5")));
    EXPECT_THAT(request.headers, Not(Contains(Key("X-None"))));
}

TEST_F(HttpRequestTest, PrefersWhatTheConnectionSays) {
    connection.parameters = {.headers = {{"x-team", "ours"}, {"content-type", "text/plain"}},
                             .query = {{"key", "secret", true}},
                             .body = {}};
    parameters.headers = {{"X-Team", "theirs"}, {"authorization", "mine"}};
    parameters.query = {{"key", "theirs"}, {"other", "1"}};
    const auto request = make().value();
    EXPECT_EQ(request.url, "https://hooks.example/in?other=1&key=secret");
    EXPECT_THAT(request.headers, Contains(Pair("x-team", "ours")));
    EXPECT_THAT(request.headers, Not(Contains(Key("X-Team"))));
    EXPECT_THAT(request.headers, Contains(Pair("content-type", "text/plain")));
    EXPECT_THAT(request.headers, Not(Contains(Key("Content-Type"))));
    EXPECT_THAT(request.headers, Not(Contains(Key("authorization"))));
}

TEST_F(HttpRequestTest, AddsToTheBodyWithoutTouchingTheRest) {
    connection.parameters.body = {{"key", "s\"1", true}, {"b", "2"}};
    EXPECT_EQ(make("{ \"n\" : 1.00 }\n")->body, "{ \"n\" : 1.00 ,\"key\":\"s\\\"1\",\"b\":\"2\"}");
    EXPECT_EQ(make("{}")->body, R"({"key":"s\"1","b":"2"})");
    EXPECT_EQ(make(R"({"b":1,"c":3})")->body, R"({"b":"2","c":3,"key":"s\"1"})");
    for (const auto* payload : {"[1]", "\"text\"", "not json"}) {
        ASSERT_FALSE(make(payload)) << payload;
        EXPECT_THAT(make(payload).error().message, HasSubstr("body parameters"));
    }
}

TEST_F(HttpRequestTest, HasNoBodyWhereTheMethodHasNone) {
    connection.parameters.body = {{"key", "1"}};
    for (const auto* method : {"GET", "HEAD", "OPTIONS"}) {
        destination.method = method;
        EXPECT_EQ(make("[1]")->body, "") << method;
    }
    for (const auto* method : {"PUT", "PATCH", "DELETE"}) {
        destination.method = method;
        EXPECT_EQ(make("{}")->body, R"({"key":"1"})") << method;
    }
}

TEST_F(HttpRequestTest, IsSignedAsAWebhookInPlaceOfTheSecret) {
    const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    connection.parameters.headers = {{"Webhook-Signature", secret, true}};
    const auto request = make(R"({"a":1})").value();
    EXPECT_THAT(request.headers, Contains(Pair("webhook-id", "m-1")));
    EXPECT_THAT(request.headers, Contains(Pair("webhook-timestamp", "1614265330")));
    EXPECT_THAT(request.headers, Contains(Pair("webhook-signature", HasSubstr("v1,"))));
    EXPECT_THAT(request.headers, Contains(Key("Authorization")));
    for (const auto& [name, value] : request.headers) {
        EXPECT_THAT(value, Not(HasSubstr("whsec_"))) << name;
    }
}

}  // namespace
}  // namespace ingestor::bus::targets
