#include "bus/targets/http_target.hpp"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bus/destinations/testing/destination_world.hpp"
#include "memory/manual_monotonic_clock.hpp"

namespace ingestor::bus::targets {
namespace {

using namespace std::chrono_literals;
using destinations::testing::DestinationWorld;
using destinations::testing::kBasic;
using destinations::testing::kOAuth;
using ::testing::HasSubstr;

class HttpTargetTest : public ::testing::Test {
protected:
    HttpTargetTest() {
        auto event = std::make_shared<eventbridge::Event>();
        event->id = "7d7e0a2b-6f0c-4b0f-9d49-3b3f7c1e0001";
        event->bus = "bus";
        event->detail = R"({"city":"Oslo"})";
        invocation.event = event;
        invocation.rule = "r";
        invocation.target_id = "t";
        use(world.connection("c", kBasic));
    }

    void use(const ports::Connection& connection) {
        const auto made =
            world.destination("d" + connection.name, connection, "https://hooks.example/in");
        invocation.target_arn = world.names.api_destination_arn(made.name, made.id);
    }
    void answer(ports::IncomingAnswer answer) {
        world.caller.script = [answer](const ports::OutgoingRequest&) { return answer; };
    }
    Outcome invoke() {
        auto permit = target.begin(invocation.target_arn);
        EXPECT_TRUE(permit);
        return world.run(target.invoke(invocation));
    }
    DeliveryFailure failure() {
        auto outcome = invoke();
        const auto* failed = std::get_if<DeliveryFailure>(&outcome);
        EXPECT_NE(failed, nullptr);
        return failed != nullptr ? *failed : DeliveryFailure{};
    }
    bool delivered() { return std::holds_alternative<std::monostate>(invoke()); }

    DestinationWorld world;
    memory::ManualMonotonicClock monotonic;
    HttpTarget target{{world.destinations, world.tokens, world.caller, world.clock, monotonic}};
    Invocation invocation;
};

TEST_F(HttpTargetTest, SendsTheEventOrTheInput) {
    EXPECT_TRUE(delivered());
    invocation.input = R"("text")";
    EXPECT_TRUE(delivered());
    ASSERT_EQ(world.caller.requests.size(), 2U);
    EXPECT_EQ(world.caller.requests[0].body, eventbridge::to_json(*invocation.event));
    EXPECT_EQ(world.caller.requests[1].body, R"("text")");
}

TEST_F(HttpTargetTest, AddsWhatItsRuleSays) {
    invocation.http = ports::TargetHttpParameters{.query = {{"city", "$.detail.city"}}};
    EXPECT_TRUE(delivered());
    EXPECT_EQ(world.caller.requests.at(0).url, "https://hooks.example/in?city=Oslo");
}

TEST_F(HttpTargetTest, CountsEverySuccessAsADelivery) {
    for (const int status : {200, 201, 202, 204, 206, 299}) {
        answer({.status = status});
        EXPECT_TRUE(delivered()) << status;
    }
}

TEST_F(HttpTargetTest, TriesAgainWhatMayPass) {
    for (const int status : {408, 409, 500, 501, 502, 503, 504, 599}) {
        answer({.status = status, .body = "out of\norder"});
        const auto failed = failure();
        EXPECT_TRUE(failed.retryable) << status;
        EXPECT_EQ(failed.code, "SDK_CLIENT_ERROR");
        EXPECT_EQ(failed.message,
                  "The endpoint answered " + std::to_string(status) + ": out of\\norder");
    }
    answer({.status = 429});
    EXPECT_EQ(failure().code, "THROTTLING");
    EXPECT_TRUE(failure().retryable);
}

TEST_F(HttpTargetTest, TellsNoSecretThatTheEndpointRepeats) {
    answer({.status = 400, .body = "no: ada, lovelace, Basic YWRhOmxvdmVsYWNl"});
    EXPECT_EQ(failure().message, "The endpoint answered 400: no: ada, ***, Basic ***");
}

TEST_F(HttpTargetTest, GivesUpWhatWillNot) {
    for (const int status : {100, 199, 300, 301, 302, 304, 400, 401, 403, 404, 407, 410, 422}) {
        answer({.status = status});
        EXPECT_FALSE(failure().retryable) << status;
        EXPECT_EQ(failure().code, "ERROR_FROM_TARGET") << status;
    }
}

TEST_F(HttpTargetTest, WaitsAsLongAsItIsAskedTo) {
    answer({.status = 503, .headers = {{"retry-after", "120"}}});
    EXPECT_EQ(failure().retry_after, 120s);
    answer({.status = 429, .headers = {{"retry-after", to_http_date(world.clock.now() + 61s)}}});
    EXPECT_GE(failure().retry_after, 60s);
    EXPECT_LE(failure().retry_after, 61s);
    answer({.status = 503, .headers = {{"retry-after", "9999999999999999999999"}}});
    EXPECT_EQ(failure().retry_after, std::chrono::days(7));
    answer({.status = 503, .headers = {{"retry-after", "-9999999999999999999999"}}});
    EXPECT_FALSE(failure().retryable);
    for (const auto* odd : {"soon", "", "1.5"}) {
        answer({.status = 503, .headers = {{"retry-after", odd}}});
        EXPECT_EQ(failure().retry_after, std::nullopt) << odd;
        EXPECT_TRUE(failure().retryable);
    }
    answer({.status = 503, .headers = {{"retry-after", "-1"}}});
    EXPECT_FALSE(failure().retryable);
}

TEST_F(HttpTargetTest, TellsWhyThereWasNoAnswer) {
    struct Case {
        Errc error;
        std::string_view code;
        bool retryable;
    };
    for (const auto& [error, code, retryable] :
         {Case{Errc::timed_out, "TIMEOUT", true},
          Case{Errc::unavailable, "CONNECTION_FAILURE", true},
          Case{Errc::permission_denied, "NO_PERMISSIONS", false},
          Case{Errc::invalid_argument, "INVALID_PARAMETER", false}}) {
        world.caller.script = [error](const ports::OutgoingRequest&) {
            return fail(error, "because");
        };
        EXPECT_EQ(failure().code, code);
        EXPECT_EQ(failure().retryable, retryable) << code;
        EXPECT_EQ(failure().message, "because");
    }
}

TEST_F(HttpTargetTest, HasNothingToSendToWhereThereIsNone) {
    const auto good = invocation.target_arn;
    invocation.target_arn = world.names.api_destination_arn("dc", "other-id");
    EXPECT_EQ(failure().code, "NO_RESOURCE");
    invocation.target_arn = good;
    ASSERT_TRUE(world.run(world.connections.deauthorize(world.who, "c")));
    EXPECT_EQ(failure().code, "NO_PERMISSIONS");
    ASSERT_TRUE(world.run(world.connections.remove(world.who, "c")));
    EXPECT_EQ(failure().code, "NO_RESOURCE");
    EXPECT_FALSE(failure().retryable);
    EXPECT_TRUE(world.caller.requests.empty());
}

TEST_F(HttpTargetTest, TakesAnotherTokenWhereOneIsRefused) {
    int tokens = 0;
    int status = 401;
    world.caller.script = [&](const ports::OutgoingRequest& request) -> ports::IncomingAnswer {
        if (request.url == "https://hooks.example/in") return {.status = status};
        return {.status = 200,
                .body = R"({"access_token":"t-)" + std::to_string(++tokens) + R"("})"};
    };
    use(world.connection("o", kOAuth));
    EXPECT_TRUE(failure().retryable);
    status = 200;
    EXPECT_TRUE(delivered());
    EXPECT_THAT(
        world.caller.requests.back().headers,
        ::testing::Contains(std::pair<std::string, std::string>("Authorization", "Bearer t-2")));
}

TEST_F(HttpTargetTest, WaitsForAConnectionThatIsRefused) {
    answer({.status = 400, .body = "no"});
    use(world.connection("o", kOAuth));
    const auto failed = failure();
    EXPECT_TRUE(failed.retryable);
    EXPECT_EQ(failed.code, "SDK_CLIENT_ERROR");
    EXPECT_THAT(failed.message, HasSubstr("authorization endpoint answered 400"));
}

TEST_F(HttpTargetTest, KnowsAMessageAgainAndNoOther) {
    auto webhook = destinations::testing::kKey;
    webhook.api_key_name = "webhook-signature";
    webhook.api_key_value = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    use(world.connection("w", webhook));
    const auto id = [this] {
        EXPECT_TRUE(delivered());
        ports::IncomingAnswer headers{.headers = world.caller.requests.back().headers};
        return std::string(headers.header("webhook-id"));
    };
    const auto first = id();
    invocation.attempt = 2;
    EXPECT_EQ(id(), first);
    invocation.target_id = "u";
    EXPECT_NE(id(), first);
    invocation.target_id = "t";
    auto replayed = *invocation.event;
    replayed.replay_name = "again";
    invocation.event = std::make_shared<const eventbridge::Event>(std::move(replayed));
    EXPECT_NE(id(), first);
}

TEST_F(HttpTargetTest, BeginsNoMoreASecondThanItsRate) {
    ASSERT_TRUE(world.run(world.operations.update(world.who, "dc", {.rate_max = 2})));
    const auto& arn = invocation.target_arn;
    int begun = 0;
    for (int ms = 0; ms < 10'000; ms += 5) {
        while (target.has_room(arn)) {
            EXPECT_TRUE(target.begin(arn));
            ++begun;
        }
        ASSERT_TRUE(target.room_at(arn));
        EXPECT_GT(*target.room_at(arn), monotonic.now());
        monotonic.advance(5ms);
    }
    EXPECT_GE(begun, 20);
    EXPECT_LE(begun, 21);
}

TEST_F(HttpTargetTest, HasSoManyPlaces) {
    ASSERT_TRUE(world.run(world.operations.update(world.who, "dc", {.rate_max = 1'000'000})));
    std::vector<std::expected<Permit, DeliveryFailure>> permits;
    while (target.has_room(invocation.target_arn)) {
        permits.push_back(target.begin(invocation.target_arn));
        monotonic.advance(1ms);
    }
    EXPECT_EQ(permits.size(), 64U);
    EXPECT_EQ(target.room_at(invocation.target_arn), std::nullopt);
    permits.pop_back();
    EXPECT_TRUE(target.has_room(invocation.target_arn));
}

}  // namespace
}  // namespace ingestor::bus::targets
