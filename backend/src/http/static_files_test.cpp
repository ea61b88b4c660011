#include "http/static_files.hpp"

#include <set>

#include <gtest/gtest.h>

#include "http/entity_tag.hpp"

namespace ingestor::http {
namespace {

constexpr StaticFile kFiles[] = {
    {.path = "index.html", .digest = "d1", .plain = "<p>", .brotli = "BR", .gzip = "GZ"},
    {.path = "assets/a-1.js", .digest = "d2", .plain = "let a", .brotli = "B", .gzip = {}},
    {.path = "assets/f.woff2", .digest = "d3", .plain = "font", .brotli = {}, .gzip = {}},
};

std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
        if (key == name) return value;
    }
    return {};
}

Response ask(std::string_view path, std::string_view accept_encoding,
             const std::string& if_none_match = {}) {
    const StaticFiles files(kFiles);
    Request request;
    request.headers.set("Accept-Encoding", std::string(accept_encoding));
    if (!if_none_match.empty()) request.headers.set("If-None-Match", if_none_match);
    return StaticFiles::answer(request, *files.find(path));
}

TEST(StaticFiles, SendsTheFormThatTheClientLikesBest) {
    const auto best = ask("index.html", "gzip, br");
    EXPECT_EQ(std::get<std::string>(best.body), "BR");
    EXPECT_EQ(header(best, "content-encoding"), "br");
    EXPECT_EQ(header(best, "content-type"), "text/html; charset=utf-8");
    EXPECT_EQ(std::get<std::string>(ask("index.html", "gzip").body), "GZ");
    EXPECT_EQ(std::get<std::string>(ask("index.html", "br;q=0").body), "<p>");
    EXPECT_EQ(header(ask("index.html", ""), "content-encoding"), "");
}

TEST(StaticFiles, SendsAFileWithoutThatFormAsItIs) {
    EXPECT_EQ(std::get<std::string>(ask("assets/a-1.js", "gzip").body), "let a");
    const auto font = ask("assets/f.woff2", "gzip, br");
    EXPECT_EQ(std::get<std::string>(font.body), "font");
    EXPECT_EQ(header(font, "content-type"), "font/woff2");
    EXPECT_EQ(header(font, "vary"), "Accept-Encoding");
}

TEST(StaticFiles, EveryFormHasATagOfItsOwn) {
    std::set<std::string> tags;
    for (const auto* coding : {"", "gzip", "br"}) {
        const auto tag = header(ask("index.html", coding), "etag");
        EXPECT_TRUE(tag.starts_with('"') && tag.ends_with('"')) << tag;
        EXPECT_TRUE(tags.insert(tag).second) << tag;
    }
}

TEST(StaticFiles, WhatTheClientHasIsNotSentAgain) {
    const auto tag = header(ask("index.html", "br"), "etag");
    const auto same = ask("index.html", "br", tag);
    EXPECT_EQ(same.status, 304U);
    EXPECT_EQ(std::get<std::string>(same.body), "");
    EXPECT_EQ(header(same, "etag"), tag);
    EXPECT_EQ(header(same, "vary"), "Accept-Encoding");
    // Another form is another matter: a cache may not put them together.
    EXPECT_EQ(ask("index.html", "gzip", tag).status, 200U);
    EXPECT_EQ(ask("index.html", "br", "\"old\"").status, 200U);
}

TEST(StaticFiles, NamesAreComparedAsTheyAre) {
    const StaticFiles files(kFiles);
    for (const auto* path : {"", "/index.html", "index.htm", "assets", "assets/",
                             "assets/../index.html", "Index.html", "assets/f.woff2/"}) {
        EXPECT_EQ(files.find(path), nullptr) << path;
    }
    EXPECT_TRUE(StaticFiles({}).empty());
    EXPECT_EQ(StaticFiles({}).find("index.html"), nullptr);
}

TEST(EntityTag, IsFoundInAnyListOfTags) {
    const std::pair<const char*, bool> rows[] = {
        {"\"a\"", true},         {"W/\"a\"", true},    {"\"b\", \"a\"", true}, {"*", true},
        {"\"b\",W/\"a\"", true}, {"", false},          {"\"b\"", false},       {"a", false},
        {"\"a", false},          {"\"x,\"a\"", false}, {"\"b\" \"a\"", true},  {", ,\"a\"", true},
    };
    for (const auto& [value, found] : rows)
        EXPECT_EQ(if_none_match_matches(value, "\"a\""), found) << value;
}

}  // namespace
}  // namespace ingestor::http
