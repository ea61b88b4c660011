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
    Unmarked unmarked;
    bool taken;
};

const auto kNone = std::nullopt;
constexpr auto kOwn = "https://ingest.example.com";

const OriginCase kOrigins[] = {
    {"ReadingIsOpenToAll", verb::get, "cross-site", "https://evil.example", Unmarked::refused,
     true},
    {"HeadIsReading", verb::head, "cross-site", kNone, Unmarked::refused, true},
    {"OptionsIsReading", verb::options, "cross-site", kNone, Unmarked::refused, true},
    {"OurPageMayPost", verb::post, "same-origin", kOwn, Unmarked::refused, true},
    {"OurPageMayDelete", verb::delete_, "same-origin", kNone, Unmarked::refused, true},
    {"ThePersonThemselvesMay", verb::post, "none", kNone, Unmarked::refused, true},
    {"AnotherSiteMayNot", verb::post, "cross-site", kNone, Unmarked::refused, false},
    {"ASiblingHostMayNot", verb::post, "same-site", kNone, Unmarked::refused, false},
    {"TheMarkCountsAndNotTheOrigin", verb::post, "cross-site", kOwn, Unmarked::refused, false},
    {"AnUnknownMarkIsForeign", verb::post, "same-origin, none", kOwn, Unmarked::refused, false},
    {"WithoutAMarkOurOriginDoes", verb::post, kNone, kOwn, Unmarked::refused, true},
    {"WithoutAMarkAnotherOriginDoesNot", verb::put, kNone, "https://evil.example",
     Unmarked::refused, false},
    {"AnOriginThatBeginsLikeOursIsAnother", verb::post, kNone,
     "https://ingest.example.com.evil.example", Unmarked::refused, false},
    {"PlainHttpIsAnotherOrigin", verb::post, kNone, "http://ingest.example.com", Unmarked::refused,
     false},
    {"AHiddenOriginIsForeign", verb::post, kNone, "null", Unmarked::refused, false},
    {"NothingAtAllIsForeignForACookie", verb::post, kNone, kNone, Unmarked::refused, false},
    {"NothingAtAllIsAProgramOtherwise", verb::post, kNone, kNone, Unmarked::taken, true},
    {"AMarkIsHeardThereToo", verb::post, "cross-site", kNone, Unmarked::taken, false},
    {"AnOriginIsHeardThereToo", verb::post, kNone, "https://evil.example", Unmarked::taken, false},
};

class SameOrigin : public ::testing::TestWithParam<OriginCase> {};

TEST_P(SameOrigin, MatchesTable) {
    const auto& row = GetParam();
    http::Request request;
    request.method = row.method;
    if (row.site) request.headers.set("Sec-Fetch-Site", *row.site);
    if (row.origin) request.headers.set("Origin", *row.origin);
    const auto checked = check_same_origin(request, WebOrigin::of(kOwn).value(), row.unmarked);
    EXPECT_EQ(checked.has_value(), row.taken);
    if (!checked) {
        EXPECT_EQ(checked.error().code, Errc::permission_denied);
    }
}

INSTANTIATE_TEST_SUITE_P(Rows, SameOrigin, ::testing::ValuesIn(kOrigins),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(WebOrigin, AForeignNameThatLeadsHereIsNotOurs) {
    const auto own = WebOrigin::of("https://ingest.example.com").value();
    for (const auto* host : {"ingest.example.com", "127.0.0.1:8080", "localhost", "[::1]:8080"}) {
        http::Request request;
        request.headers.set("host", host);
        EXPECT_TRUE(check_host(request, own)) << host;
    }
    for (const auto* host : {"", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example",
                             "ingest.example.com.evil.example", "ingest.example.com:8080"}) {
        http::Request request;
        request.headers.set("host", host);
        EXPECT_EQ(check_host(request, own).error().code, Errc::permission_denied) << host;
    }
}

}  // namespace
}  // namespace ingestor::api
