#include "http/connection_table.hpp"

#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ingestor::http {
namespace {

using boost::asio::ip::make_address;
using testing::ElementsAre;
using testing::IsEmpty;
using Phase = ConnectionTable::Phase;

/// Connections by number, and who of them was ended.
class ConnectionTableTest : public testing::Test {
protected:
    bool connect(const char* from, Phase phase) {
        const auto address = make_address(from);
        if (!table_.admit(address)) return false;
        const auto number = places_.size();
        places_.push_back(std::make_unique<ConnectionTable::Place>(
            table_, address, [this, number] { ended_.push_back(number); }));
        places_.back()->enter(phase);
        return true;
    }

    std::vector<std::size_t> ended_;
    ConnectionTable table_{{.connections_max = 8,
                            .connections_per_address_max = 4,
                            .partial_heads_per_address_max = 2}};
    std::vector<std::unique_ptr<ConnectionTable::Place>> places_;
};

TEST_F(ConnectionTableTest, WithRoomNobodyIsEnded) {
    for (int i = 0; i < 6; ++i) EXPECT_TRUE(connect("10.0.0.1", Phase::idle));
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(connect("10.0.0.2", Phase::idle));
    EXPECT_THAT(ended_, IsEmpty());
    EXPECT_EQ(table_.size(), 8U);
}

TEST_F(ConnectionTableTest, WithoutRoomWhoIsIdleForLongestGoesFirst) {
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(connect("10.0.0.1", Phase::idle));
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(connect("10.0.0.2", Phase::partial_head));
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(connect("10.0.0.2", Phase::idle));
    // One that was used since is no longer the oldest.
    places_[0]->enter(Phase::active);
    places_[0]->enter(Phase::idle);
    EXPECT_TRUE(connect("10.0.0.3", Phase::active));
    EXPECT_TRUE(connect("10.0.0.4", Phase::active));
    EXPECT_THAT(ended_, ElementsAre(1, 2));
    EXPECT_EQ(table_.size(), 8U);
}

TEST_F(ConnectionTableTest, WithoutIdleOnesTheOldestUnreadHeadGoes) {
    EXPECT_TRUE(connect("10.0.0.1", Phase::fresh));
    EXPECT_TRUE(connect("10.0.0.1", Phase::fresh));
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(connect("10.0.0.2", Phase::active));
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(connect("10.0.0.3", Phase::active));
    // A byte makes it no younger.
    places_[0]->enter(Phase::partial_head);
    EXPECT_TRUE(connect("10.0.0.4", Phase::active));
    EXPECT_TRUE(connect("10.0.0.5", Phase::active));
    EXPECT_THAT(ended_, ElementsAre(0, 1));
}

TEST_F(ConnectionTableTest, RequestsUnderWayAreNeverEnded) {
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(connect("10.0.0.1", Phase::active));
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(connect("10.0.0.2", Phase::active));
    EXPECT_FALSE(connect("10.0.0.3", Phase::active));
    EXPECT_THAT(ended_, IsEmpty());
    places_[3].reset();
    EXPECT_TRUE(connect("10.0.0.3", Phase::active));
}

TEST_F(ConnectionTableTest, OneAddressLeavesAQuarterToOthers) {
    for (int i = 0; i < 7; ++i) EXPECT_TRUE(connect("10.0.0.1", Phase::active));
    EXPECT_FALSE(connect("10.0.0.1", Phase::active));
    EXPECT_TRUE(connect("10.0.0.2", Phase::active));
}

TEST_F(ConnectionTableTest, OverItsShareAnAddressMakesRoomForItself) {
    EXPECT_TRUE(connect("10.0.0.2", Phase::idle));
    for (int i = 0; i < 6; ++i) EXPECT_TRUE(connect("10.0.0.1", Phase::idle));
    EXPECT_TRUE(connect("10.0.0.1", Phase::idle));
    EXPECT_THAT(ended_, ElementsAre(1));
}

TEST_F(ConnectionTableTest, PartialHeadsOfAnAddressAreFew) {
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(connect("10.0.0.1", Phase::partial_head));
    EXPECT_TRUE(connect("10.0.0.2", Phase::partial_head));
    EXPECT_THAT(ended_, ElementsAre(0));
    // One that has come whole is none any more.
    places_[1]->enter(Phase::active);
    EXPECT_TRUE(connect("10.0.0.1", Phase::partial_head));
    EXPECT_THAT(ended_, ElementsAre(0));
}

TEST(ConnectionTableKey, TakesANetworkOfIpv6ForOneAddress) {
    const auto key = [](const char* text) { return ConnectionTable::key_of(make_address(text)); };
    EXPECT_EQ(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
    EXPECT_NE(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
    EXPECT_EQ(key("::ffff:10.0.0.1"), key("10.0.0.1"));
    EXPECT_NE(key("10.0.0.2"), key("10.0.0.1"));
}

}  // namespace
}  // namespace ingestor::http
