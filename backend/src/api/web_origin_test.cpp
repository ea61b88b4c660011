#include "api/web_origin.hpp"

#include <optional>

#include <gtest/gtest.h>

namespace ingestor::api {
namespace {

using boost::beast::http::verb;

TEST(WebOrigin, IsWhatBrowsersSend) {
    const std::pair<const char*, const char*> rows[] = {
        {"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
        {"https://Ingest.Example.COM", "https://ingest.example.com"},
        {"https://a.example:443/", "https://a.example"},
        {"http://a.example:80/path?q#f", "http://a.example"},
        {"https://a.example:80", "https://a.example:80"},
        {"HTTP://[::1]:8080", "http://[::1]:8080"},
    };
    for (const auto& [url, origin] : rows) {
        const auto parsed = WebOrigin::of(url);
        ASSERT_TRUE(parsed) << url;
        EXPECT_EQ(parsed->text, origin);
        EXPECT_EQ(parsed->is_https, parsed->text.starts_with("https:"));
    }
}

TEST(WebOrigin, RefusesWhatNoBrowserCanReach) {
    for (const auto* url : {"", "a.example", "ftp://a.example", "https://", "http:", "//a.example",
                            "javascript:alert(1)", "http://a b/"}) {
        const auto parsed = WebOrigin::of(url);
        ASSERT_FALSE(parsed) << url;
        EXPECT_EQ(parsed.error().field, "public_url");
    }
}

struct OriginCase {
    const char* name;
    verb method;
    std::optional<std::string> site;
    std::optional<std::string> origin;
    MissingOriginPolicy missing;
    bool taken;
};

const auto kNone = std::nullopt;
constexpr auto kOwn = "https://ingest.example.com";

const OriginCase kOrigins[] = {
    {"ReadingIsOpenToAll", verb::get, "cross-site", "https://evil.example",
     MissingOriginPolicy::refuse, true},
    {"HeadIsReading", verb::head, "cross-site", kNone, MissingOriginPolicy::refuse, true},
    {"OptionsIsReading", verb::options, "cross-site", kNone, MissingOriginPolicy::refuse, true},
    {"OurPageMayPost", verb::post, "same-origin", kOwn, MissingOriginPolicy::refuse, true},
    {"OurPageMayDelete", verb::delete_, "same-origin", kNone, MissingOriginPolicy::refuse, true},
    {"ThePersonThemselvesMay", verb::post, "none", kNone, MissingOriginPolicy::refuse, true},
    {"AnotherSiteMayNot", verb::post, "cross-site", kNone, MissingOriginPolicy::refuse, false},
    {"ASiblingHostMayNot", verb::post, "same-site", kNone, MissingOriginPolicy::refuse, false},
    {"TheMarkCountsAndNotTheOrigin", verb::post, "cross-site", kOwn, MissingOriginPolicy::refuse,
     false},
    {"AnUnknownMarkIsForeign", verb::post, "same-origin, none", kOwn, MissingOriginPolicy::refuse,
     false},
    {"WithoutAMarkOurOriginDoes", verb::post, kNone, kOwn, MissingOriginPolicy::refuse, true},
    {"WithoutAMarkAnotherOriginDoesNot", verb::put, kNone, "https://evil.example",
     MissingOriginPolicy::refuse, false},
    {"AnOriginThatBeginsLikeOursIsAnother", verb::post, kNone,
     "https://ingest.example.com.evil.example", MissingOriginPolicy::refuse, false},
    {"PlainHttpIsAnotherOrigin", verb::post, kNone, "http://ingest.example.com",
     MissingOriginPolicy::refuse, false},
    {"AHiddenOriginIsForeign", verb::post, kNone, "null", MissingOriginPolicy::refuse, false},
    {"NothingAtAllIsForeignForACookie", verb::post, kNone, kNone, MissingOriginPolicy::refuse,
     false},
    {"NothingAtAllIsAProgramOtherwise", verb::post, kNone, kNone, MissingOriginPolicy::allow, true},
    {"AMarkIsHeardThereToo", verb::post, "cross-site", kNone, MissingOriginPolicy::allow, false},
    {"AnOriginIsHeardThereToo", verb::post, kNone, "https://evil.example",
     MissingOriginPolicy::allow, false},
};

class SameOrigin : public ::testing::TestWithParam<OriginCase> {};

TEST_P(SameOrigin, MatchesTable) {
    const auto& row = GetParam();
    http::Request request;
    request.method = row.method;
    if (row.site) request.headers.set("Sec-Fetch-Site", *row.site);
    if (row.origin) request.headers.set("Origin", *row.origin);
    const auto checked = check_same_origin(request, WebOrigin::of(kOwn).value(), row.missing);
    EXPECT_EQ(checked.has_value(), row.taken);
    if (!checked) {
        EXPECT_EQ(checked.error().code, Errc::permission_denied);
    }
}

INSTANTIATE_TEST_SUITE_P(Rows, SameOrigin, ::testing::ValuesIn(kOrigins),
                         [](const auto& row) { return std::string(row.param.name); });

http::Request asked_as(const std::string& host) {
    http::Request request;
    request.headers.set("host", host);
    return request;
}

TEST(AskedOrigin, IsTheServicesOwnOrOneOnLoopback) {
    const std::pair<const char*, const char*> rows[] = {
        {"ingest.example.com", "https://ingest.example.com"},
        {"Ingest.Example.COM", "https://ingest.example.com"},
        {"localhost", "http://localhost"},
        {"localhost:80", "http://localhost"},
        {"LocalHost:8080", "http://localhost:8080"},
        {"127.0.0.1:8080", "http://127.0.0.1:8080"},
        {"127.255.3.4:65535", "http://127.255.3.4:65535"},
        {"[::1]", "http://[::1]"},
        {"[::1]:443", "http://[::1]:443"},
    };
    const auto own = WebOrigin::of("https://ingest.example.com").value();
    for (const auto& [host, origin] : rows) {
        const auto asked = asked_origin(asked_as(host), own);
        ASSERT_TRUE(asked) << host;
        EXPECT_EQ(asked->text, origin);
        EXPECT_EQ(asked->is_https, asked->text.starts_with("https:"));
        EXPECT_EQ(WebOrigin::of(asked->text)->port, asked->port) << host;
    }
}

TEST(AskedOrigin, IsNoNameThatSomebodyMadeUp) {
    const auto own = WebOrigin::of("https://ingest.example.com").value();
    for (const auto* host : {"",
                             "evil.example",
                             "localhost.evil.example",
                             "evil.localhost",
                             "localhost.",
                             "127.0.0.1.evil.example",
                             "ingest.example.com.evil.example",
                             "ingest.example.com:8080",
                             "127.1",
                             "0x7f.0.0.1",
                             "127.0.0.01",
                             "2130706433",
                             "0.0.0.0",
                             "128.0.0.1",
                             "[::]",
                             "[::1",
                             "[::2]",
                             "[::ffff:127.0.0.1]",
                             "::1",
                             "localhost:",
                             "localhost:0",
                             "localhost:080",
                             "localhost:65536",
                             "localhost:80a",
                             "localhost:80:80",
                             "localhost/x",
                             "localhost@evil.example",
                             "evil.example@localhost",
                             "localhost:80@evil.example",
                             "localhost evil.example",
                             "[::1]evil.example",
                             "[::1].evil.example:80"}) {
        const auto asked = asked_origin(asked_as(host), own);
        ASSERT_FALSE(asked) << host;
        EXPECT_EQ(asked.error().code, Errc::permission_denied);
    }
}

TEST(AskedOrigin, AServiceOnAnAddressIsKnownByIt) {
    const auto own = WebOrigin::of("http://192.168.1.5:8080").value();
    EXPECT_EQ(asked_origin(asked_as("192.168.1.5:8080"), own)->text, own.text);
    EXPECT_FALSE(asked_origin(asked_as("192.168.1.5:8081"), own));
    EXPECT_FALSE(asked_origin(asked_as("192.168.1.5"), own));
}

}  // namespace
}  // namespace ingestor::api
