#include "bus/delivery/ready_window.hpp"

#include <gtest/gtest.h>

namespace ingestor::bus::delivery {
namespace {

ReadyDelivery ready(std::int64_t id, std::string group) {
    ReadyDelivery result{.delivery = {}, .since = {}};
    result.delivery.id = id;
    eventbridge::Event event;
    event.fairness_group = std::move(group);
    result.delivery.event = std::make_shared<const eventbridge::Event>(std::move(event));
    return result;
}

std::vector<std::int64_t> drain(ReadyWindow& window) {
    std::vector<std::int64_t> ids;
    const auto any = [](const ports::Delivery&) { return true; };
    while (auto next = window.take(any)) ids.push_back(next->delivery.id);
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

TEST(ReadyWindow, AGroupThatMayNotStartPassesItsTurn) {
    ReadyWindow window(10);
    for (std::int64_t id = 1; id <= 2; ++id) EXPECT_FALSE(window.offer(ready(id, "ann")));
    EXPECT_FALSE(window.offer(ready(3, "bob")));
    const auto not_ann = [](const ports::Delivery& of) {
        return of.event->fairness_group != "ann";
    };
    EXPECT_EQ(window.take(not_ann)->delivery.id, 3);
    EXPECT_FALSE(window.take(not_ann));
    EXPECT_EQ(window.size_of("ann"), 2U);
    EXPECT_EQ(window.size_of("bob"), 0U);
    EXPECT_EQ(drain(window), (std::vector<std::int64_t>{1, 2}));
}

TEST(ReadyWindow, AnyGroupComesToItsTurnHoweverManyMayNot) {
    ReadyWindow window(10'000);
    for (std::int64_t id = 1; id <= 2'000; ++id) {
        EXPECT_FALSE(window.offer(ready(id, "busy" + std::to_string(id))));
    }
    EXPECT_FALSE(window.offer(ready(2'001, "new")));
    const auto is_new = [](const ports::Delivery& of) { return of.event->fairness_group == "new"; };
    std::size_t takes = 1;
    while (!window.take(is_new)) ++takes;
    EXPECT_LE(takes, 2'001 / ReadyWindow::kTurnsMax + 1);
}

}  // namespace
}  // namespace ingestor::bus::delivery
