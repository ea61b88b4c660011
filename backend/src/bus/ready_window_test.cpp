#include "bus/ready_window.hpp"

#include <gtest/gtest.h>

namespace ingestor {
namespace {

ReadyDelivery ready(std::int64_t id, std::string group) {
    ReadyDelivery result{.delivery = {}, .since = {}};
    result.delivery.id = id;
    result.delivery.fairness_group = std::move(group);
    return result;
}

std::vector<std::int64_t> drain(ReadyWindow& window) {
    std::vector<std::int64_t> ids;
    while (auto next = window.take()) ids.push_back(next->delivery.id);
    return ids;
}

TEST(ReadyWindow, GroupsTakeTurnsAndEachKeepsItsOrder) {
    ReadyWindow window(10);
    for (std::int64_t id = 1; id <= 4; ++id) EXPECT_FALSE(window.offer(ready(id, "ann")));
    EXPECT_FALSE(window.offer(ready(5, "bob")));
    EXPECT_FALSE(window.offer(ready(6, "cid")));
    EXPECT_EQ(drain(window), (std::vector<std::int64_t>{1, 5, 6, 2, 3, 4}));
    EXPECT_EQ(window.size(), 0U);
}

TEST(ReadyWindow, AFullWindowMakesRoomForAGroupBelowItsShare) {
    ReadyWindow window(3);
    for (std::int64_t id = 1; id <= 3; ++id) EXPECT_FALSE(window.offer(ready(id, "ann")));
    EXPECT_EQ(window.offer(ready(4, "ann"))->delivery.id, 4);
    EXPECT_EQ(window.offer(ready(5, "bob"))->delivery.id, 3);
    EXPECT_EQ(window.offer(ready(6, "bob"))->delivery.id, 6);
    EXPECT_EQ(window.offer(ready(7, "ann"))->delivery.id, 7);
    EXPECT_EQ(window.size(), 3U);
    EXPECT_EQ(drain(window), (std::vector<std::int64_t>{1, 5, 2}));
}

}  // namespace
}  // namespace ingestor
