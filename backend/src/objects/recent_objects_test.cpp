#include "objects/recent_objects.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace ingestor::objects {
namespace {

const domain::ObjectKey kKey("uploads/ann/a");

ports::ObjectInfo info_of(const domain::ObjectKey& key, std::uint64_t size) {
    return {.key = key, .size_bytes = size};
}

void put(RecentObjects& recent, const domain::ObjectKey& key, std::uint64_t size) {
    RecentObjects::Change change(recent, key);
    change.became(info_of(key, size));
}

TEST(RecentObjects, KnowsWhatWasPutUntilItChanges) {
    RecentObjects recent;
    EXPECT_EQ(recent.find(kKey), nullptr);
    put(recent, kKey, 1);
    ASSERT_NE(recent.find(kKey), nullptr);
    EXPECT_EQ(recent.find(kKey)->size_bytes, 1U);
    {
        RecentObjects::Change change(recent, kKey);
        EXPECT_EQ(recent.find(kKey), nullptr) << "while it changes";
        change.became(info_of(kKey, 2));
    }
    EXPECT_EQ(recent.find(kKey)->size_bytes, 2U);
    {
        const RecentObjects::Change failed(recent, kKey);
    }
    EXPECT_EQ(recent.find(kKey), nullptr) << "nobody knows what it has left";
}

TEST(RecentObjects, KnowsNothingOfChangesThatRanBesideEachOther) {
    RecentObjects recent;
    {
        RecentObjects::Change one(recent, kKey);
        one.became(info_of(kKey, 1));
        {
            RecentObjects::Change other(recent, kKey);
            other.became(info_of(kKey, 2));
        }
        EXPECT_EQ(recent.find(kKey), nullptr);
    }
    EXPECT_EQ(recent.find(kKey), nullptr);
    put(recent, kKey, 3);
    EXPECT_EQ(recent.find(kKey)->size_bytes, 3U);
}

TEST(RecentObjects, TheOldestGo) {
    RecentObjects recent;
    const auto key = [](std::size_t i) { return domain::ObjectKey(fmt::format("k{}", i)); };
    for (std::size_t i = 0; i <= RecentObjects::kObjectsMax; ++i) put(recent, key(i), i);
    EXPECT_EQ(recent.find(key(0)), nullptr);
    EXPECT_NE(recent.find(key(1)), nullptr);
    EXPECT_NE(recent.find(key(RecentObjects::kObjectsMax)), nullptr);
}

}  // namespace
}  // namespace ingestor::objects
