#include "httpclient/address_filter.hpp"

#include <string>

#include <gtest/gtest.h>

namespace ingestor::httpclient {
namespace {

boost::asio::ip::address address(const std::string& text) {
    return boost::asio::ip::make_address(text);
}

class PublicAddress : public ::testing::TestWithParam<const char*> {};
TEST_P(PublicAddress, IsPublic) {
    EXPECT_TRUE(is_public(address(GetParam())));
    EXPECT_TRUE(AddressFilter().allows(address(GetParam()), true));
    EXPECT_FALSE(AddressFilter().allows(address(GetParam()), false));
}
INSTANTIATE_TEST_SUITE_P(AddressFilter, PublicAddress,
                         ::testing::Values("1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255",
                                           "100.128.0.0", "126.255.255.255", "128.0.0.1",
                                           "169.253.255.255", "169.255.0.0", "172.15.255.255",
                                           "172.32.0.0", "192.167.255.255", "192.169.0.0",
                                           "198.17.255.255", "198.20.0.0", "223.255.255.255",
                                           "2606:4700::1111", "2001:4860:4860::8888",
                                           "::ffff:8.8.8.8", "64:ff9b::808:808",
                                           "2002:808:808::1"));

class PrivateAddress : public ::testing::TestWithParam<const char*> {};
TEST_P(PrivateAddress, IsNotPublic) {
    EXPECT_FALSE(is_public(address(GetParam())));
    EXPECT_FALSE(AddressFilter().allows(address(GetParam()), true));
}
INSTANTIATE_TEST_SUITE_P(
    AddressFilter, PrivateAddress,
    ::testing::Values("0.0.0.0", "0.1.2.3", "10.0.0.0", "10.255.255.255", "100.64.0.0",
                      "100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.169.254",
                      "172.16.0.0", "172.31.255.255", "192.0.0.8", "192.168.0.0", "192.168.255.255",
                      "198.18.0.0", "198.19.255.255", "224.0.0.1", "239.255.255.250", "240.0.0.1",
                      "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fdff::1", "ff02::1",
                      "2001:db8::1", "2001::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
                      "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::1",
                      "64:ff9b:1::808:808", "::7f00:1", "4000::1"));

TEST(AddressFilter, LetsNamedNetworksBeReachedInPlainHttpToo) {
    const auto filter = AddressFilter::parse({"127.0.0.0/8", "192.168.1.7", "fd00::/8", "::1"});
    ASSERT_TRUE(filter);
    for (const bool encrypted : {false, true}) {
        EXPECT_TRUE(filter->allows(address("127.9.9.9"), encrypted));
        EXPECT_TRUE(filter->allows(address("::ffff:127.0.0.1"), encrypted));
        EXPECT_TRUE(filter->allows(address("192.168.1.7"), encrypted));
        EXPECT_FALSE(filter->allows(address("192.168.1.8"), encrypted));
        EXPECT_TRUE(filter->allows(address("fd12::1"), encrypted));
        EXPECT_FALSE(filter->allows(address("fc12::1"), encrypted));
        EXPECT_TRUE(filter->allows(address("::1"), encrypted));
        EXPECT_FALSE(filter->allows(address("::2"), encrypted));
    }
    EXPECT_TRUE(filter->allows(address("1.1.1.1"), true));
    EXPECT_FALSE(filter->allows(address("1.1.1.1"), false));
}

TEST(AddressFilter, TakesEveryNetworkWhereAllAreNamed) {
    const auto filter = AddressFilter::parse({"0.0.0.0/0", "::/0"});
    ASSERT_TRUE(filter);
    EXPECT_TRUE(filter->allows(address("169.254.169.254"), false));
    EXPECT_TRUE(filter->allows(address("fe80::1"), false));
}

TEST(AddressFilter, RefusesWhatIsNoNetwork) {
    for (const auto* text :
         {"", "localhost", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "::1/", "1"}) {
        const auto filter = AddressFilter::parse({text});
        ASSERT_FALSE(filter) << text;
        EXPECT_EQ(filter.error().code, Errc::invalid_argument);
    }
}

}  // namespace
}  // namespace ingestor::httpclient
