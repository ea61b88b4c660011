#include "bus/delivery/fair_places.hpp"

#include <gtest/gtest.h>

namespace ingestor::bus::delivery {
namespace {

std::size_t take_all(FairPlaces& places, const std::string& group) {
    std::size_t taken = 0;
    for (; places.may_take(group); ++taken) places.take(group);
    return taken;
}

struct ReserveCase {
    std::size_t places;
    std::size_t of_one_group;
};

class Reserve : public testing::TestWithParam<ReserveCase> {};
TEST_P(Reserve, IsLeftByAGroupHoweverMuchItHas) {
    FairPlaces places(GetParam().places);
    EXPECT_EQ(take_all(places, "ann"), GetParam().of_one_group);
}
INSTANTIATE_TEST_SUITE_P(FairPlaces, Reserve,
                         testing::Values(ReserveCase{0, 0}, ReserveCase{1, 1}, ReserveCase{2, 1},
                                         ReserveCase{3, 2}, ReserveCase{8, 6},
                                         ReserveCase{1'000, 750}));

TEST(FairPlaces, EveryNewcomerGetsAPlaceOfTheReserve) {
    FairPlaces places(100);
    ASSERT_EQ(take_all(places, "ann"), 75U);
    for (int n = 0; n < 25; ++n) {
        const auto user = "user" + std::to_string(n);
        EXPECT_EQ(take_all(places, user), 1U) << user;
    }
    EXPECT_TRUE(places.full());
    EXPECT_FALSE(places.may_take("late"));
    places.give_back("user3");
    EXPECT_FALSE(places.may_take("ann"));
    EXPECT_TRUE(places.may_take("user3"));
    EXPECT_TRUE(places.may_take("late"));
}

TEST(FairPlaces, WhatIsGivenBackMayBeTakenByAll) {
    FairPlaces places(4);
    EXPECT_EQ(take_all(places, "ann"), 3U);
    places.give_back("ann");
    EXPECT_EQ(take_all(places, "bob"), 1U);
    EXPECT_EQ(places.taken(), 3U);
    places.give_back("nobody");
    EXPECT_EQ(places.taken(), 3U);
}

}  // namespace
}  // namespace ingestor::bus::delivery
