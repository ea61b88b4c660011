#include "bus/delivery/store_backoff.hpp"

#include <gtest/gtest.h>

namespace ingestor::bus::delivery {
namespace {

using namespace std::chrono_literals;

constexpr Deadline kStart{1'000s};

TEST(StoreBackoff, DoublesUpToItsCapAndBeginsAnewOnceTheStoreAnswers) {
    StoreBackoff store({.base = 250ms, .cap = 1s});
    EXPECT_FALSE(store.closed());
    auto now = kStart;
    for (const auto wait : {250ms, 500ms, 1'000ms, 1'000ms}) {
        store.failed(now);
        EXPECT_TRUE(store.closed());
        EXPECT_EQ(store.probe_at(), now + wait);
        now = store.probe_at();
    }
    store.succeeded();
    EXPECT_FALSE(store.closed());
    store.failed(now);
    EXPECT_EQ(store.probe_at(), now + 250ms);
}

TEST(StoreBackoff, CallsThatFailTogetherAreOneFailure) {
    StoreBackoff store({.base = 250ms, .cap = 1h});
    for (int n = 0; n < 1'000; ++n) store.failed(kStart + n * 1us);
    EXPECT_EQ(store.probe_at(), kStart + 250ms);
}

TEST(StoreBackoff, StaysAtItsCapForEver) {
    StoreBackoff store({.base = 250ms, .cap = 30s});
    auto now = kStart;
    for (int n = 0; n < 10'000; ++n) {
        store.failed(now);
        ASSERT_LE(store.probe_at() - now, 30s);
        now = store.probe_at();
    }
    EXPECT_EQ(store.probe_at() - kStart, 250ms * 127 + 9'993 * 30s);
}

}  // namespace
}  // namespace ingestor::bus::delivery
