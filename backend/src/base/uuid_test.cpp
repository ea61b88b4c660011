#include "base/uuid.hpp"

#include <gtest/gtest.h>

namespace ingestor {
namespace {

TEST(Uuid, Version5OfRfc9562) {
    EXPECT_EQ(uuid_v5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com"),
              "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

TEST(Uuid, Version7RisesEvenWhenTheClockStepsBack) {
    const TimePoint now{std::chrono::milliseconds{1'800'000'000'000}};
    auto previous = uuid_v7(now);
    for (int i = 0; i < 10'000; ++i) {
        auto next = uuid_v7(now - std::chrono::milliseconds{i % 3});
        ASSERT_LT(previous, next);
        ASSERT_TRUE(is_uuid(next));
        ASSERT_EQ(next[14], '7');
        previous = std::move(next);
    }
}

TEST(Uuid, IsUuidWantsTheTextForm) {
    EXPECT_TRUE(is_uuid(uuid_v4()));
    EXPECT_EQ(uuid_v4()[14], '4');
    EXPECT_FALSE(is_uuid("2ED6657D-E927-568B-95E1-2665A8AEA6A2"));
    EXPECT_FALSE(is_uuid("2ed6657de927568b95e12665a8aea6a2"));
    EXPECT_FALSE(is_uuid("2ed6657d-e927-568b-95e1-2665a8aea6a/"));
    EXPECT_FALSE(is_uuid(""));
}

}  // namespace
}  // namespace ingestor
