#include "bus/destinations/oauth_tokens.hpp"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bus/destinations/testing/destination_world.hpp"

namespace ingestor::bus::destinations {
namespace {

using namespace std::chrono_literals;
using testing::DestinationWorld;
using ::testing::HasSubstr;
using testing::kOAuth;
using State = ports::ConnectionState;

class OAuthTokensTest : public ::testing::Test {
protected:
    OAuthTokensTest() {
        answer(200, R"({"access_token":"t-1","token_type":"bearer","expires_in":100})");
    }

    void answer(int status, std::string body) {
        world.caller.script = [status, body = std::move(body)](const ports::OutgoingRequest&) {
            return ports::IncomingAnswer{.status = status, .body = body};
        };
    }
    Result<std::string> authorization() {
        return world.run(world.tokens.authorization(*world.destinations.find_connection("c")));
    }
    const ports::Connection& connection() { return *world.destinations.find_connection("c"); }

    DestinationWorld world;
};

TEST_F(OAuthTokensTest, AskWithTheCredentialsOfTheClient) {
    world.connection("c", kOAuth);
    EXPECT_EQ(authorization().value(), "Bearer t-1");
    ASSERT_EQ(world.caller.requests.size(), 1U);
    const auto& request = world.caller.requests[0];
    EXPECT_EQ(request.url, "https://issuer.example/token");
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.body, "grant_type=client_credentials&client_id=id&client_secret=s%26cret");
    EXPECT_THAT(request.headers, ::testing::Contains(std::pair<std::string, std::string>(
                                     "Content-Type", "application/x-www-form-urlencoded")));
    EXPECT_EQ(connection().state, State::authorized);
}

TEST_F(OAuthTokensTest, SendWhatTheConnectionAddsToTheRequest) {
    auto client = kOAuth;
    client.oauth_parameters = {.headers = {{"Content-Type", "application/json"}},
                               .query = {{"tenant", "a b"}},
                               .body = {{"audience", "https://api"}, {"grant_type", "password"}}};
    world.connection("c", client);
    EXPECT_TRUE(authorization());
    const auto& request = world.caller.requests.at(0);
    EXPECT_EQ(request.url, "https://issuer.example/token?tenant=a%20b");
    EXPECT_EQ(request.body, R"({"audience":"https://api","grant_type":"password",)"
                            R"("client_id":"id","client_secret":"s&cret"})");
}

TEST_F(OAuthTokensTest, AskInTheQueryWithGet) {
    auto client = kOAuth;
    client.method = "GET";
    world.connection("c", client);
    EXPECT_TRUE(authorization());
    EXPECT_EQ(world.caller.requests.at(0).body, "");
    EXPECT_EQ(world.caller.requests.at(0).url,
              "https://issuer.example/"
              "token?grant_type=client_credentials&client_id=id&client_secret=s%26cret");
}

TEST_F(OAuthTokensTest, KeepATokenUntilShortlyBeforeItExpires) {
    world.connection("c", kOAuth);
    world.clock.advance(69s);
    EXPECT_TRUE(authorization());
    EXPECT_EQ(world.caller.requests.size(), 1U);
    world.clock.advance(1s);
    answer(200, R"({"access_token":"t-2","expires_in":"x"})");
    EXPECT_EQ(authorization().value(), "Bearer t-2");
    EXPECT_EQ(world.caller.requests.size(), 2U);
}

TEST_F(OAuthTokensTest, AskAgainOnceOneWasRefused) {
    world.connection("c", kOAuth);
    world.tokens.forget(connection());
    answer(200, R"({"access_token":"t-2"})");
    EXPECT_EQ(authorization().value(), "Bearer t-2");
}

TEST_F(OAuthTokensTest, AskAgainForAnotherClient) {
    world.connection("c", kOAuth);
    auto other = kOAuth;
    other.client_secret = "new";
    ASSERT_TRUE(world.run(world.connections.update(world.who, "c", {.authorization = other})));
    EXPECT_EQ(world.caller.requests.size(), 2U);
    EXPECT_THAT(world.caller.requests[1].body, HasSubstr("client_secret=new"));
}

TEST_F(OAuthTokensTest, NoteThatTheClientIsRefused) {
    answer(401, R"({"error":"invalid_client"})");
    world.connection("c", kOAuth);
    EXPECT_EQ(connection().state, State::deauthorized);
    EXPECT_THAT(connection().state_reason, HasSubstr("invalid_client"));
    const auto refused = authorization();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unauthenticated);
    answer(200, R"({"access_token":"t-2"})");
    EXPECT_TRUE(authorization());
    EXPECT_EQ(connection().state, State::authorized);
    EXPECT_EQ(connection().state_reason, "");
}

TEST_F(OAuthTokensTest, TellNoSecretThatTheEndpointRepeats) {
    answer(400, "bad: client_id=id&client_secret=s%26cret s&cret");
    world.connection("c", kOAuth);
    EXPECT_EQ(connection().state_reason,
              "The authorization endpoint answered 400: bad: client_id=id&client_secret=*** ***");
}

TEST_F(OAuthTokensTest, WaitForAnEndpointThatDoesNotAnswer) {
    world.caller.script = [](const ports::OutgoingRequest&) {
        return fail(Errc::timed_out, "no answer");
    };
    world.connection("c", kOAuth);
    EXPECT_EQ(connection().state, State::authorizing);
    EXPECT_EQ(connection().state_reason, "no answer");
    EXPECT_EQ(authorization().error().code, Errc::timed_out);
    answer(503, "later");
    EXPECT_EQ(authorization().error().code, Errc::unavailable);
    EXPECT_EQ(connection().state, State::authorizing);
}

TEST_F(OAuthTokensTest, TakeNothingFromAnAnswerThatHasNoToken) {
    for (const auto* body :
         {"", "{}", "[]", "not json", R"({"access_token":""})", R"({"access_token":7})",
          R"({"access_token":"a\r\nX: y"})", R"({"access_token":"a","token_type":"b\nc"})"}) {
        answer(200, body);
        const auto made = world.connection("c", kOAuth);
        EXPECT_FALSE(authorization()) << body;
        EXPECT_NE(connection().state, State::authorized) << body;
        ASSERT_TRUE(world.run(world.connections.remove(world.who, "c")));
    }
}

}  // namespace
}  // namespace ingestor::bus::destinations
