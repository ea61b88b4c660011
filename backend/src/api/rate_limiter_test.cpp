#include "api/rate_limiter.hpp"

#include <gtest/gtest.h>

namespace ingestor::api {
namespace {

using namespace std::chrono_literals;

TEST(RateLimiter, AllowsTheBurstThenTheRate) {
    RateLimiter limiter(10, 3);
    const RateLimiter::Moment start{};
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(limiter.allow("ada", start));
    EXPECT_FALSE(limiter.allow("ada", start));
    EXPECT_FALSE(limiter.allow("ada", start + 99ms));
    EXPECT_TRUE(limiter.allow("ada", start + 101ms));
    EXPECT_FALSE(limiter.allow("ada", start + 102ms));
}

TEST(RateLimiter, OneCallerDoesNotSpendForAnother) {
    RateLimiter limiter(1, 1);
    const RateLimiter::Moment start{};
    EXPECT_TRUE(limiter.allow("ada", start));
    EXPECT_FALSE(limiter.allow("ada", start));
    EXPECT_TRUE(limiter.allow("bob", start));
}

TEST(RateLimiter, ZeroIsNoLimit) {
    RateLimiter limiter(0, 0);
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(limiter.allow("ada", {}));
}

TEST(RateLimiter, ForgetsTheLeastRecentlySeenBeyondItsBound) {
    RateLimiter limiter(1, 1);
    const RateLimiter::Moment start{};
    EXPECT_TRUE(limiter.allow("first", start));
    for (std::size_t i = 0; i < RateLimiter::kCallersMax; ++i) {
        ASSERT_TRUE(limiter.allow(std::to_string(i), start));
    }
    EXPECT_TRUE(limiter.allow("first", start));
    EXPECT_FALSE(limiter.allow("9999", start));
}

}  // namespace
}  // namespace ingestor::api
