#include "httpclient/url.hpp"

#include <gtest/gtest.h>

namespace ingestor::httpclient {
namespace {

TEST(ParseUrl, TellsTheParts) {
    const auto url = parse_url("https://a.example:8443/path/x?q=1&r=2");
    ASSERT_TRUE(url) << url.error().message;
    EXPECT_EQ(url->scheme, "https");
    EXPECT_EQ(url->host, "a.example");
    EXPECT_EQ(url->port, "8443");
    EXPECT_EQ(url->path, "/path/x");
    EXPECT_EQ(url->query, "q=1&r=2");
    EXPECT_FALSE(url->has_user);
    EXPECT_FALSE(url->has_fragment);
    EXPECT_EQ(parse_url("http://a.example").value().port, "");
}

TEST(ParseUrl, TellsUsersAndFragments) {
    EXPECT_TRUE(parse_url("https://user@a.example/").value().has_user);
    EXPECT_TRUE(parse_url("https://:secret@a.example/").value().has_user);
    EXPECT_TRUE(parse_url("https://a.example/#here").value().has_fragment);
}

TEST(ParseUrl, RefusesWhatIsNone) {
    using namespace std::string_view_literals;
    for (const auto text : {""sv, "a.example"sv, "https://"sv, "https://a\0.example"sv}) {
        const auto url = parse_url(text);
        EXPECT_TRUE(!url || url->host.empty()) << text;
    }
}

TEST(LoopbackHost, IsThisMachineByNameOrNumber) {
    for (const auto* host : {"localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"}) {
        EXPECT_TRUE(is_loopback_host(host)) << host;
    }
    for (const auto* host : {"", "localhost.example", "127.0.0.1.example", "10.0.0.1", "[::2]"}) {
        EXPECT_FALSE(is_loopback_host(host)) << host;
    }
}

}  // namespace
}  // namespace ingestor::httpclient
