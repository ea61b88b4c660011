#include "extract/formats/html/page_state.hpp"

#include <string>

#include <gmock/gmock.h>

#include "extract/formats/html/html.hpp"
#include "extract/formats/html/tree_builder.hpp"
#include "extract/render/markdown.hpp"

namespace ingestor::extract::html {
namespace {

constexpr const char* kProse = "The pier opens again in May after two years of work.";
constexpr const char* kMore = "Boats will call there four times a day until the autumn storms.";

std::vector<std::string> texts_of(const std::string& html) {
    const ParsedPage page = build_tree(html, 100);
    std::vector<std::string> out;
    for (const StatePassage& passage : page_state(page.tree->root())) out.push_back(passage.text);
    return out;
}

TEST(PageState, IsFoundWhereverFrameworksPutIt) {
    const std::string object = std::string(R"({"a":[{"b":")") + kProse + R"("}]})";
    std::string quoted;
    for (const char c : object) (c == '"' ? quoted += '\\' : quoted) += c;
    for (const std::string& script : {
             "<script id='__NEXT_DATA__' type='application/json'>" + object + "</script>",
             "<script type='application/json'>\n " + object + "\n</script>",
             "<script>window.__INITIAL_STATE__ = " + object + ";</script>",
             "<script>window['state']=" + object + "; boot({})</script>",
             "<script>window.a=1;window.b = function(){}; self.__data=" + object + "</script>",
             "<script type=module>globalThis.x = JSON.parse(\"" + quoted + "\");</script>",
             "<script type='application/json'>[\"Reactive\",1," + object + "]</script>",
         }) {
        EXPECT_THAT(texts_of("<body><div id=app></div>" + script), testing::ElementsAre(kProse))
            << script;
    }
}

TEST(PageState, IsProseAloneAndEachPassageOnce) {
    const auto in_page = [](const std::string& data) {
        return texts_of("<script type='application/json'>" + data + "</script>");
    };
    EXPECT_THAT(in_page(std::string(R"({"one":")") + kProse + R"(","two":")" + kMore +
                        R"(","again":")" + kProse + R"("})"),
                testing::ElementsAre(kProse, kMore));
    for (const char* none :
         {R"({"a":"Read more"})",
          R"({"css":"a { b: c; } d { e: f; } g { h: i; } j { k: l; } m { n: o; }"})",
          R"({"js":"<script>one two three four five six seven eight nine</\u0073cript>"})", "{",
          "[]", "3", ""}) {
        EXPECT_THAT(in_page(none), testing::IsEmpty()) << none;
    }
    EXPECT_THAT(texts_of(std::string("<script>var a = {\"b\":\"") + kProse + "\"}</script>"),
                testing::IsEmpty());
    EXPECT_THAT(
        texts_of(std::string("<script>if (window.a) { b = {\"c\":\"") + kProse + "\"} }</script>"),
        testing::IsEmpty());
    EXPECT_THAT(texts_of("<script>window</script><script>window.a =</script>"), testing::IsEmpty());
}

TEST(PageState, IsReadWhereThePageHasNoTextOfItsOwn) {
    const std::string script = std::string("<script id=__NEXT_DATA__ type=application/json>") +
                               R"({"props":{"title":"Pier opens","body":"<p>)" + kProse +
                               R"(</p>","parts":[{"heading":"Boats","text":")" + kMore +
                               R"("}]},"buildId":"x"}</script>)";
    const auto empty = parse_html("<body><div id=__next></div>" + script, ParseLimits{});
    ASSERT_TRUE(empty) << empty.error().message;
    EXPECT_EQ(render::markdown(*empty).text,
              std::string("# Pier opens\n\n") + kProse + "\n\n## Boats\n\n" + kMore + "\n");
    EXPECT_THAT(empty->warnings, testing::ElementsAre(testing::HasSubstr("a script builds")));
    EXPECT_THAT(empty->source_text, testing::HasSubstr(kMore));

    const auto own = parse_html("<body><p>Words of its own.</p>" + script, ParseLimits{});
    EXPECT_EQ(render::markdown(own.value()).text, "Words of its own.\n");
    EXPECT_THAT(own->warnings, testing::IsEmpty());
}

}  // namespace
}  // namespace ingestor::extract::html
