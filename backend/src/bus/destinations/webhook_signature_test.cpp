#include "bus/destinations/webhook_signature.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace ingestor::bus::destinations {
namespace {

constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr TimePoint kAt{std::chrono::seconds(1'614'265'330)};

// The worked example of the specification's own libraries.
TEST(WebhookSignature, IsThatOfTheSpecification) {
    const auto headers =
        webhook_headers(kSecret, "msg_p5jXN8AQM9LWM0D4loKWxJek", kAt, R"({"test": 2432232314})");
    ASSERT_EQ(headers.size(), 3U);
    EXPECT_EQ(headers[0].first, "webhook-id");
    EXPECT_EQ(headers[0].second, "msg_p5jXN8AQM9LWM0D4loKWxJek");
    EXPECT_EQ(headers[1].first, "webhook-timestamp");
    EXPECT_EQ(headers[1].second, "1614265330");
    EXPECT_EQ(headers[2].first, "webhook-signature");
    EXPECT_EQ(headers[2].second, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSignature, IsOneOfEachSecretDuringARotation) {
    const auto other = "whsec_" + std::string("c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0");
    ASSERT_TRUE(check_webhook_secrets(std::string(kSecret) + " " + other));
    const auto one = webhook_headers(kSecret, "m", kAt, "b")[2].second;
    const auto two = webhook_headers(other, "m", kAt, "b")[2].second;
    EXPECT_NE(one, two);
    EXPECT_EQ(webhook_headers(std::string(kSecret) + " " + other, "m", kAt, "b")[2].second,
              one + " " + two);
}

TEST(WebhookSignature, TakesKeysOf24To64Bytes) {
    const auto of = [](std::size_t bytes) {
        static constexpr const char* kEnds[] = {"", "==", "="};
        std::string text = "whsec_" + std::string(bytes / 3 * 4, 'A');
        const auto rest = bytes % 3;
        return text + std::string(rest == 0 ? 0 : rest + 1, 'A') +
               kEnds[rest == 1   ? 1
                     : rest == 2 ? 2
                                 : 0];
    };
    EXPECT_FALSE(check_webhook_secrets(of(23)));
    EXPECT_TRUE(check_webhook_secrets(of(24)));
    EXPECT_TRUE(check_webhook_secrets(of(64)));
    EXPECT_FALSE(check_webhook_secrets(of(65)));
    EXPECT_FALSE(check_webhook_secrets(of(24) + " " + of(24) + " " + of(24)));
    EXPECT_FALSE(check_webhook_secrets(of(24) + "  " + of(24)));
    EXPECT_FALSE(check_webhook_secrets(""));
}

}  // namespace
}  // namespace ingestor::bus::destinations
