#include "bus/recent_events.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace ingestor::bus {
namespace {

class RecentEventsTest : public testing::Test {
protected:
    void note(const std::string& bus, const std::string& id, std::size_t bytes = 2) {
        eventbridge::Event event;
        event.bus = bus;
        event.id = id;
        event.detail.assign(bytes, 'x');
        recent.note(std::make_shared<const eventbridge::Event>(std::move(event)));
    }
    std::vector<std::string> ids(const std::string& bus) {
        std::vector<std::string> found;
        for (const auto& event : recent.of(bus)) found.push_back(event->id);
        return found;
    }

    RecentEvents recent;
};

TEST_F(RecentEventsTest, AreOfTheirBusAndTheNewestFirst) {
    note("a", "e1");
    note("b", "e2");
    note("a", "e3");
    EXPECT_EQ(ids("a"), (std::vector<std::string>{"e3", "e1"}));
    EXPECT_EQ(ids("b"), std::vector<std::string>{"e2"});
    EXPECT_TRUE(ids("c").empty());
}

TEST_F(RecentEventsTest, TheOldestGoWhereThereAreTooMany) {
    for (std::size_t n = 0; n <= RecentEvents::kEventsMax; ++n) note("a", fmt::format("e{}", n));
    EXPECT_EQ(ids("a").size(), RecentEvents::kEventsMax);
    EXPECT_EQ(ids("a").back(), "e1");
}

TEST_F(RecentEventsTest, TheOldestGoWhereTheyAreTooLargeTogether) {
    constexpr auto kFit = RecentEvents::kBytesMax / RecentEvents::kEventBytesMax;
    for (std::size_t n = 0; n < kFit; ++n) {
        note("a", fmt::format("e{}", n), RecentEvents::kEventBytesMax);
    }
    EXPECT_EQ(ids("a").size(), kFit);
    note("a", "small", 1);
    EXPECT_EQ(ids("a").size(), kFit);
    EXPECT_EQ(ids("a").front(), "small");
    EXPECT_EQ(ids("a").back(), "e1");
}

TEST_F(RecentEventsTest, OneThatIsTooLargeIsCountedAlone) {
    note("a", "fits", RecentEvents::kEventBytesMax);
    note("a", "does not", RecentEvents::kEventBytesMax + 1);
    EXPECT_EQ(ids("a"), std::vector<std::string>{"fits"});
    EXPECT_EQ(recent.too_large("a"), 1U);
    EXPECT_EQ(recent.too_large("b"), 0U);
}

TEST_F(RecentEventsTest, TheBusThatWasQuietForLongestGoes) {
    for (std::size_t n = 0; n < RecentEvents::kBusesMax; ++n) note(fmt::format("bus{}", n), "e");
    note("bus0", "again");
    note("one more", "e");
    EXPECT_EQ(ids("bus0").size(), 2U);
    EXPECT_TRUE(ids("bus1").empty());
    EXPECT_EQ(ids("one more").size(), 1U);
}

}  // namespace
}  // namespace ingestor::bus
