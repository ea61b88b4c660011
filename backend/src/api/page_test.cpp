#include "api/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ingestor::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr http::StaticFile kFiles[] = {
    {.path = "index.html", .digest = "d1", .plain = "page", .brotli = {}, .gzip = {}},
    {.path = "assets/a-1.js", .digest = "d2", .plain = "script", .brotli = {}, .gzip = {}},
    {.path = "favicon.svg", .digest = "d3", .plain = "icon", .brotli = {}, .gzip = {}},
};

http::Response ask(std::string_view path, std::string_view token_endpoint = {}) {
    const http::Request request;
    return Page(kFiles).answer(request, path, token_endpoint);
}

std::string body_of(std::string_view path) {
    return std::get<std::string>(ask(path).body);
}

std::string header(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
        if (key == name) return value;
    }
    return {};
}

TEST(Page, RoutesOfThePageAreThePage) {
    for (const auto* path : {"", "index.html", "jobs", "jobs/01890a5d-ac96-774b-bcce-b302099a8057",
                             "settings/", "v1.2/jobs"}) {
        EXPECT_EQ(body_of(path), "page") << path;
    }
    EXPECT_EQ(body_of("assets/a-1.js"), "script");
}

TEST(Page, AFileThatIsNotThereIsNotThePage) {
    for (const auto* path : {"assets/gone-2.js", "favicon.ico", "jobs/x.y", "../index.html",
                             "index.html.br", ".env"}) {
        EXPECT_EQ(ask(path).status, 404U) << path;
    }
}

TEST(Page, OnlyWhatNeverChangesIsKept) {
    EXPECT_EQ(header(ask("assets/a-1.js"), "cache-control"), "public, max-age=31536000, immutable");
    for (const auto* path : {"", "jobs", "favicon.svg"}) {
        EXPECT_EQ(header(ask(path), "cache-control"), "no-cache") << path;
        EXPECT_NE(header(ask(path), "etag"), "") << path;
    }
}

TEST(Page, RunsNothingButItsOwnScriptsInNobodysFrame) {
    for (const auto* path : {"", "assets/a-1.js"}) {
        const auto response = ask(path);
        const auto policy = header(response, "content-security-policy");
        EXPECT_THAT(policy, HasSubstr("default-src 'none'; script-src 'self';"));
        EXPECT_THAT(policy, HasSubstr("connect-src 'self';"));
        EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
        EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
        EXPECT_EQ(header(response, "x-content-type-options"), "nosniff");
        EXPECT_EQ(header(response, "referrer-policy"), "no-referrer");
        EXPECT_EQ(header(response, "cross-origin-opener-policy"), "same-origin");
    }
}

TEST(Page, MayAskTheIssuerForATokenAndNothingElse) {
    const auto policy = header(ask("", "https://id.example:8443/oauth2/token?x=';script-src"),
                               "content-security-policy");
    EXPECT_THAT(policy, HasSubstr("connect-src 'self' https://id.example:8443; frame-src"));
    EXPECT_THAT(policy, Not(HasSubstr("oauth2")));
}

TEST(Page, AProgramBuiltWithoutItSaysHowToBuildIt) {
    const Page none({});
    EXPECT_FALSE(none.is_there());
    const http::Request request;
    const auto response = none.answer(request, "", {});
    EXPECT_EQ(response.status, 404U);
    EXPECT_THAT(std::get<std::string>(response.body), HasSubstr("INGESTOR_PAGE_DIR"));
}

}  // namespace
}  // namespace ingestor::api
