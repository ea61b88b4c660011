#include "api/session_cookie.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ingestor::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

SessionCookie cookie_of(std::string_view url) {
    return SessionCookie(WebOrigin::of(url).value());
}

http::Request with_cookies(const std::string& header) {
    http::Request request;
    request.headers.set("cookie", header);
    return request;
}

TEST(SessionCookie, NoScriptReadsItAndNoOtherSiteSendsIt) {
    const auto kept = cookie_of("http://127.0.0.1:8080").keep("a.b.c", std::chrono::hours{1});
    EXPECT_EQ(kept.value(),
              "agent2-ingestor-session-8080=a.b.c; Path=/; HttpOnly; SameSite=Strict; "
              "Max-Age=3600");
}

TEST(SessionCookie, BehindHttpsItIsSecureAndBoundToTheHost) {
    const auto cookie = cookie_of("https://ingest.example.com");
    EXPECT_EQ(cookie.name(), "__Host-agent2-ingestor-session");
    const auto kept = cookie.keep("t", std::chrono::seconds{5}).value();
    EXPECT_THAT(kept, HasSubstr("; Secure;"));
    // What `__Host-` asks for: or the browser refuses the cookie.
    EXPECT_THAT(kept, HasSubstr("; Path=/;"));
    EXPECT_THAT(kept, Not(HasSubstr("Domain")));
}

TEST(SessionCookie, IsDroppedUnderTheSameAttributes) {
    for (const auto* url : {"http://localhost", "https://a.example"}) {
        const auto cookie = cookie_of(url);
        const auto kept = cookie.keep("", std::chrono::seconds{0}).value();
        EXPECT_EQ(cookie.drop(), kept);
        EXPECT_THAT(cookie.drop(), StartsWith(cookie.name() + "=; "));
    }
}

TEST(SessionCookie, ATokenThatBrowsersWouldDropIsRefused) {
    const auto cookie = cookie_of("https://a.example");
    const auto room = SessionCookie::kBytesMax - cookie.name().size();
    EXPECT_TRUE(cookie.keep(std::string(room, 'a'), std::chrono::hours{1}));
    const auto refused = cookie.keep(std::string(room + 1, 'a'), std::chrono::hours{1});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::too_large);
}

TEST(SessionCookie, IsFoundAmongOthersByItsWholeName) {
    const auto cookie = cookie_of("http://127.0.0.1:81");
    const std::pair<const char*, const char*> rows[] = {
        {"", ""},
        {"agent2-ingestor-session-81=t", "t"},
        {"a=b; agent2-ingestor-session-81=t; c=d", "t"},
        {"a=b;agent2-ingestor-session-81=t=u", "t=u"},
        {"agent2-ingestor-session-81= t ", " t"},
        {"agent2-ingestor-session-81=first; agent2-ingestor-session-81=second", "first"},
        {"agent2-ingestor-session-811=t", ""},
        {"agent2-ingestor-session-8=t", ""},
        {"xagent2-ingestor-session-81=t", ""},
        {"Agent2-Ingestor-Session-81=t", ""},
        {"agent2-ingestor-session-81", ""},
        {"agent2-ingestor-session-81=", ""},
        {";;=;", ""},
    };
    for (const auto& [header, token] : rows) {
        EXPECT_EQ(cookie.token_of(with_cookies(header)), token) << header;
    }
    EXPECT_EQ(cookie.token_of(http::Request{}), "");
}

}  // namespace
}  // namespace ingestor::api
