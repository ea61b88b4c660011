#include "identity/token_cache.hpp"

#include <gtest/gtest.h>

namespace ingestor::identity {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kNow{1000s};

ports::Principal user(const char* name) {
    return ports::Principal{.user_id = domain::UserId(name)};
}

TEST(TokenCache, GivesBackWhoeverWasPut) {
    TokenCache cache(10);
    cache.put("token-a", user("a"), 1, kNow + 60s);
    cache.put("token-b", user("b"), 1, kNow + 60s);
    const auto found = cache.find("token-a", 1, kNow);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->user_id.value(), "a");
    EXPECT_FALSE(cache.find("token-c", 1, kNow));
}

TEST(TokenCache, ForgetsATokenAtItsEnd) {
    TokenCache cache(10);
    cache.put("token", user("a"), 1, kNow + 60s);
    EXPECT_TRUE(cache.find("token", 1, kNow + 59s));
    EXPECT_FALSE(cache.find("token", 1, kNow + 60s));
    EXPECT_EQ(cache.size(), 0U);
}

TEST(TokenCache, ForgetsATokenOfOtherKeys) {
    TokenCache cache(10);
    cache.put("token", user("a"), 1, kNow + 60s);
    EXPECT_FALSE(cache.find("token", 2, kNow));
    EXPECT_FALSE(cache.find("token", 1, kNow));
}

TEST(TokenCache, DropsTheTokenUnusedLongest) {
    TokenCache cache(2);
    cache.put("a", user("a"), 1, kNow + 60s);
    cache.put("b", user("b"), 1, kNow + 60s);
    EXPECT_TRUE(cache.find("a", 1, kNow));
    cache.put("c", user("c"), 1, kNow + 60s);
    EXPECT_TRUE(cache.find("a", 1, kNow));
    EXPECT_FALSE(cache.find("b", 1, kNow));
    EXPECT_TRUE(cache.find("c", 1, kNow));
    EXPECT_EQ(cache.size(), 2U);
}

TEST(TokenCache, PuttingAgainReplaces) {
    TokenCache cache(2);
    cache.put("a", user("old"), 1, kNow + 60s);
    cache.put("a", user("new"), 2, kNow + 60s);
    EXPECT_EQ(cache.size(), 1U);
    const auto found = cache.find("a", 2, kNow);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->user_id.value(), "new");
}

TEST(TokenCache, OfNoEntriesKeepsNothing) {
    TokenCache cache(0);
    cache.put("a", user("a"), 1, kNow + 60s);
    EXPECT_FALSE(cache.find("a", 1, kNow));
}

}  // namespace
}  // namespace ingestor::identity
