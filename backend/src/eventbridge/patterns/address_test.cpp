#include "eventbridge/patterns/address.hpp"

#include <gtest/gtest.h>

namespace ingestor::eventbridge::patterns {
namespace {

TEST(Address, HasManySpellings) {
    EXPECT_EQ(parse_address("10.0.0.1"), parse_address("010.000.0.01"));
    EXPECT_EQ(parse_address("2001:db8::1"), parse_address("2001:0DB8:0:0:0:0:0:1"));
    EXPECT_EQ(parse_address("::ffff:10.0.0.1"), parse_address("::FFFF:a00:1"));
    EXPECT_NE(parse_address("10.0.0.1"), parse_address("::10.0.0.1"));
    EXPECT_LT(parse_address("9.255.255.255").value(), parse_address("10.0.0.0").value());
}

TEST(Address, IsNoText) {
    for (const auto* text :
         {"", "x", "10.0.0", "10.0.0.0.1", "10.0.0.256", "10.0.0.0001", "10.0.0.", "+1.0.0.1",
          "1.0.0.1 ", ":::", "2001:db8", "fe80::1%eth0", "1:2:3:4:5:6:7:8:9",
          "12345::", "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"}) {
        EXPECT_FALSE(parse_address(text)) << text;
    }
}

TEST(Address, RangeIsWhatTheBitsLeaveOpen) {
    const auto range = parse_cidr("10.1.77.3/20").value();
    EXPECT_EQ(range.low, parse_address("10.1.64.0"));
    EXPECT_EQ(range.high, parse_address("10.1.79.255"));
    const auto all = parse_cidr("1.2.3.4/0").value();
    EXPECT_EQ(all.low, parse_address("0.0.0.0"));
    EXPECT_EQ(all.high, parse_address("255.255.255.255"));
    const auto wide = parse_cidr("2001:db8:ffff::/33").value();
    EXPECT_EQ(wide.low, parse_address("2001:db8:8000::"));
    EXPECT_EQ(wide.high, parse_address("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"));
    EXPECT_EQ(parse_cidr("10.0.0.0/08"), parse_cidr("10.0.0.0/8"));
}

}  // namespace
}  // namespace ingestor::eventbridge::patterns
