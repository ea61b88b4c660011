#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bus/destinations/checks.hpp"
#include "bus/destinations/testing/destination_world.hpp"

namespace ingestor::bus::destinations {
namespace {

using testing::DestinationWorld;
using ::testing::HasSubstr;
using testing::kBasic;
using testing::kKey;
using testing::kOAuth;
using State = ports::ConnectionState;

constexpr const char* kEndpoint = "https://hooks.example/in";

class DestinationsTest : public ::testing::Test {
protected:
    DestinationWorld world;
};

TEST_F(DestinationsTest, AreForOperators) {
    const ports::Principal user{.user_id = domain::UserId("ada")};
    const auto made = world.run(world.connections.create(user, "c", {.authorization = kBasic}));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::permission_denied);
    EXPECT_EQ(world.connections.list(user).error().code, Errc::permission_denied);
    EXPECT_EQ(world.connections.find(user, "c").error().code, Errc::permission_denied);
    EXPECT_EQ(world.run(world.operations.create(user, "d", {})).error().code,
              Errc::permission_denied);
    EXPECT_EQ(world.operations.list(user).error().code, Errc::permission_denied);
    EXPECT_EQ(world.run(world.operations.remove(user, "d")).error().code, Errc::permission_denied);
}

TEST_F(DestinationsTest, StayOverARestart) {
    const auto made = world.connection("c", kKey, {.headers = {{"X-Team", "depot"}}});
    EXPECT_EQ(made.state, State::authorized);
    const auto destination = world.destination("d", made, kEndpoint);
    // As after a restart.
    ApiDestinations again(world.io.get_executor(), world.store, world.clock, world.names);
    ASSERT_TRUE(world.run(again.open()));
    ASSERT_NE(again.find_connection("c"), nullptr);
    EXPECT_EQ(*again.find_connection("c"), made);
    ASSERT_NE(again.destination_at(world.names.api_destination_arn("d", destination.id)), nullptr);
    EXPECT_EQ(*again.find_destination("d"), destination);
}

TEST_F(DestinationsTest, AreAnotherWhenMadeAgain) {
    const auto first = world.connection("c", kBasic);
    const auto destination = world.destination("d", first, kEndpoint);
    EXPECT_TRUE(world.operations.is_active(destination));
    ASSERT_TRUE(world.run(world.connections.remove(world.who, "c")));
    EXPECT_FALSE(world.operations.is_active(destination));
    const auto second = world.connection("c", kBasic);
    EXPECT_NE(first.id, second.id);
    EXPECT_EQ(world.destinations.connection_at(world.names.connection_arn("c", first.id)), nullptr);
    EXPECT_NE(world.destinations.connection_at(world.names.connection_arn("c", second.id)),
              nullptr);
    EXPECT_FALSE(world.operations.is_active(destination));
}

TEST_F(DestinationsTest, TakeANameOnce) {
    const auto made = world.connection("c", kBasic);
    world.destination("d", made, kEndpoint);
    auto again = world.run(world.connections.create(world.who, "c", {.authorization = kBasic}));
    EXPECT_EQ(again.error().code, Errc::conflict);
    const auto arn = world.names.connection_arn("c", made.id);
    auto twice = world.run(
        world.operations.create(world.who, "d", {.connection_arn = arn, .endpoint = kEndpoint}));
    EXPECT_EQ(twice.error().code, Errc::conflict);
    EXPECT_EQ(twice.error().message, "An api-destination 'd' already exists.");
}

TEST_F(DestinationsTest, ChangeWhatIsSaidAlone) {
    world.connection("c", kBasic);
    auto changed = world.run(world.connections.update(
        world.who, "c",
        {.authorization =
             AuthorizationChange{.kind = AuthorizationKind::basic, .password = "byron"}}));
    ASSERT_TRUE(changed) << changed.error().message;
    EXPECT_EQ(changed->authorization,
              ports::Authorization(ports::BasicAuthorization{"ada", "byron"}));
    changed = world.run(world.connections.update(world.who, "c", {.description = "of Ada"}));
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->description, "of Ada");
    EXPECT_EQ(changed->authorization,
              ports::Authorization(ports::BasicAuthorization{"ada", "byron"}));
}

TEST_F(DestinationsTest, NameWhatIsMissingOfAnAuthorization) {
    const auto made = world.run(world.connections.create(
        world.who, "c",
        {.authorization =
             AuthorizationChange{.kind = AuthorizationKind::api_key, .api_key_name = "X-Key"}}));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::invalid_argument);
    EXPECT_THAT(made.error().message, HasSubstr("ApiKeyAuthParameters.ApiKeyValue is required"));
}

TEST_F(DestinationsTest, LoseTheirSecretsWhenDeauthorized) {
    const auto made = world.connection("c", kKey, {.headers = {{"X-Secret", "s", true}}});
    const auto destination = world.destination("d", made, kEndpoint);
    const auto changed = world.run(world.connections.deauthorize(world.who, "c"));
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->state, State::deauthorized);
    EXPECT_FALSE(changed->has_secrets);
    EXPECT_EQ(changed->authorization,
              ports::Authorization(ports::ApiKeyAuthorization{"X-Api-Key", ""}));
    EXPECT_TRUE(changed->parameters.headers.empty());
    EXPECT_FALSE(world.operations.is_active(destination));
    const auto again = world.run(world.connections.update(world.who, "c", {.authorization = kKey}));
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->has_secrets);
    EXPECT_TRUE(world.operations.is_active(destination));
}

TEST_F(DestinationsTest, RefuseEndpointsThatAreNoUrlOfHttp) {
    const auto made = world.connection("c", kBasic);
    const auto arn = world.names.connection_arn("c", made.id);
    for (const auto* url :
         {"ftp://hooks.example/", "hooks.example/in", "https://", "https:///in", "//hooks.example",
          "https://ada:pw@hooks.example/", "https://hooks.example/#top", "https://*.example/",
          "file:///etc/passwd", ""}) {
        const auto refused = world.run(
            world.operations.create(world.who, "d", {.connection_arn = arn, .endpoint = url}));
        ASSERT_FALSE(refused) << url;
        EXPECT_EQ(refused.error().code, Errc::invalid_argument) << url;
        EXPECT_EQ(refused.error().field, "InvocationEndpoint") << url;
    }
    for (const auto* url : {"https://hooks.example", "HTTPS://hooks.example:8443/a/*?b=c",
                            "http://127.0.0.1:9/", "https://[2001:db8::1]/x@y"}) {
        EXPECT_TRUE(check_endpoint(url, "InvocationEndpoint")) << url;
    }
}

TEST_F(DestinationsTest, RefuseHeadersThatTheRequestSetsItself) {
    for (const auto* name : {"Host", "content-length", "Transfer-Encoding", "CONNECTION"}) {
        const auto made = world.run(world.connections.create(
            world.who, "c", {.authorization = kBasic, .parameters = {{.headers = {{name, "x"}}}}}));
        ASSERT_FALSE(made) << name;
        EXPECT_EQ(made.error().code, Errc::invalid_argument);
    }
}

TEST_F(DestinationsTest, RefuseAWebhookSecretThatIsNone) {
    for (const auto* secret : {"abc", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!"}) {
        auto key = kKey;
        key.api_key_name = "Webhook-Signature";
        key.api_key_value = secret;
        const auto made =
            world.run(world.connections.create(world.who, "c", {.authorization = key}));
        ASSERT_FALSE(made) << secret;
        EXPECT_THAT(made.error().message, HasSubstr("whsec_"));
        EXPECT_THAT(made.error().message, ::testing::Not(HasSubstr("c2hvcnQ")));
    }
}

TEST_F(DestinationsTest, SayThatTheirConnectionIsMissing) {
    const auto made = world.run(world.operations.create(
        world.who, "d",
        {.connection_arn = world.names.connection_arn("none", "x"), .endpoint = kEndpoint}));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::not_found);
}

TEST_F(DestinationsTest, KeepWhatTheyWereWhereTheStoreFails) {
    const auto made = world.connection("c", kBasic);
    world.store.failure = Error{.code = Errc::unavailable, .message = "disk"};
    EXPECT_FALSE(world.run(world.connections.remove(world.who, "c")));
    EXPECT_FALSE(world.run(world.connections.update(world.who, "c", {.description = "new"})));
    EXPECT_EQ(*world.destinations.find_connection("c"), made);
}

TEST_F(DestinationsTest, AreLimitedInNumber) {
    const auto made = world.connection("c0", kBasic);
    for (std::size_t n = 1; n < kConnectionsMax; ++n) {
        world.run(world.destinations.put(ports::Connection{.name = "c" + std::to_string(n)}))
            .value();
    }
    EXPECT_EQ(
        world.run(world.connections.create(world.who, "x", {.authorization = kBasic})).error().code,
        Errc::too_large);
    for (std::size_t n = 0; n < kDestinationsMax - 1; ++n) {
        world.run(world.destinations.put(ports::ApiDestination{.name = "d" + std::to_string(n)}))
            .value();
    }
    world.destination("last", made, kEndpoint);
    const auto arn = world.names.connection_arn("c0", made.id);
    EXPECT_EQ(world
                  .run(world.operations.create(world.who, "x",
                                               {.connection_arn = arn, .endpoint = kEndpoint}))
                  .error()
                  .code,
              Errc::too_large);
}

TEST_F(DestinationsTest, AuthorizeWithATokenBehindTheAnswer) {
    world.caller.script = [](const ports::OutgoingRequest&) {
        return ports::IncomingAnswer{.status = 200, .body = R"({"access_token":"t"})"};
    };
    const auto made =
        world.run(world.connections.create(world.who, "c", {.authorization = kOAuth}));
    ASSERT_TRUE(made);
    EXPECT_EQ(made->state, State::authorizing);
    EXPECT_EQ(world.destinations.find_connection("c")->state, State::authorized);
}

}  // namespace
}  // namespace ingestor::bus::destinations
