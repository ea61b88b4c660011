#include "objects/recent_objects.hpp"

#include <memory>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace ingestor::objects {
namespace {

const domain::ObjectKey kKey("uploads/ann/a");

RecentObjects::Object info_of(const domain::ObjectKey& key, std::uint64_t size) {
    return {.info = {.key = key, .size_bytes = size}, .bytes = nullptr};
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
    EXPECT_EQ(recent.find(kKey)->info.size_bytes, 1U);
    {
        RecentObjects::Change change(recent, kKey);
        EXPECT_EQ(recent.find(kKey), nullptr) << "while it changes";
        change.became(info_of(kKey, 2));
    }
    EXPECT_EQ(recent.find(kKey)->info.size_bytes, 2U);
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
    EXPECT_EQ(recent.find(kKey)->info.size_bytes, 3U);
}

TEST(RecentObjects, WhatNobodyHasAskedForTheLongestGoes) {
    RecentObjects recent;
    const auto key = [](std::size_t i) { return domain::ObjectKey(fmt::format("k{}", i)); };
    for (std::size_t i = 0; i < RecentObjects::kObjectsMax; ++i) put(recent, key(i), i);
    EXPECT_NE(recent.find(key(0)), nullptr);
    put(recent, key(RecentObjects::kObjectsMax), 1);
    EXPECT_EQ(recent.find(key(1)), nullptr);
    EXPECT_NE(recent.find(key(0)), nullptr);
    EXPECT_NE(recent.find(key(2)), nullptr);
    EXPECT_NE(recent.find(key(RecentObjects::kObjectsMax)), nullptr);
}

TEST(RecentObjects, HoldsSoManyBytes) {
    RecentObjects recent;
    const auto bytes = std::make_shared<const std::string>(RecentObjects::kBytesMax / 4, 'x');
    const auto key = [](std::size_t i) { return domain::ObjectKey(fmt::format("k{}", i)); };
    const auto put_bytes = [&](std::size_t i) {
        RecentObjects::Change change(recent, key(i));
        change.became({.info = {.key = key(i)}, .bytes = bytes});
    };
    for (std::size_t i = 0; i < 4; ++i) put_bytes(i);
    EXPECT_EQ(recent.find(key(0))->bytes, bytes);
    put_bytes(4);
    EXPECT_EQ(recent.find(key(1)), nullptr);
    put_bytes(4);
    for (const std::size_t i : {0U, 2U, 3U, 4U}) EXPECT_NE(recent.find(key(i)), nullptr) << i;
}

}  // namespace
}  // namespace ingestor::objects
