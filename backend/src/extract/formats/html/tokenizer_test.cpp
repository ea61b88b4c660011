#include "extract/formats/html/tokenizer.hpp"

#include <string>

#include <gtest/gtest.h>

#include "extract/formats/html/character_references.hpp"

namespace ingestor::extract::html {
namespace {

std::string tokens_of(std::string_view page) {
    Tree tree;
    Tokenizer tokenizer(page, tree);
    std::string out;
    for (Token token = tokenizer.next(false); token.kind != TokenKind::end_of_page;
         token = tokenizer.next(false)) {
        if (token.kind == TokenKind::text) {
            out.append("\"").append(token.text).append("\"");
            continue;
        }
        out.append(token.kind == TokenKind::end_tag ? "</" : "<").append(token.text);
        for (const Attribute& attribute : token.attributes)
            out.append(" ").append(attribute.name).append("=").append(attribute.value);
        out += token.self_closing ? "/>" : ">";
    }
    return out;
}

struct TokenCase {
    const char* page;
    const char* tokens;
};

TEST(HtmlTokenizer, ReadsTagsAsBrowsersDo) {
    constexpr TokenCase kRows[] = {
        {"<A Href=B Class='c d'>x</A >", "<a href=B class=c d>\"x\"</a>"},
        {"<br/><p a=b/>", "<br/><p a=b/>"},
        {"<p a a=2 b = 'c'd=e>", "<p a= b=c d=e>"},
        {"<p a=\"x>y\">", "<p a=x>y>"},
        {"<p =a>", "<p =a=>"},
        {"<p/a>", "<p a=>"},
        {"a < b <3 </3> <p", "\"a \"\"< b \"\"<3 \"\" \""},
        {"<x-y:Z>", "<x-y:z>"},
        {"</>a", "\"a\""},
    };
    for (const TokenCase& row : kRows) EXPECT_EQ(tokens_of(row.page), row.tokens) << row.page;
}

std::string decoded(std::string_view text, ReferenceIn where = ReferenceIn::text) {
    std::string out;
    append_decoded(out, text, where);
    return out;
}

TEST(HtmlCharacterReferences, AreTheirCharacters) {
    EXPECT_EQ(decoded("&lt;&amp;amp;&hellip;&NotEqualTilde;"), "<&amp;\u2026\u2242\u0338");
    EXPECT_EQ(decoded("&#65;&#x41;&#x1F600;&#65x"), "AA\U0001F600Ax");
    EXPECT_EQ(decoded("&#0;&#xD800;&#x110000;&#99999999999;&#150;"),
              "\uFFFD\uFFFD\uFFFD\uFFFD\u2013");
    EXPECT_EQ(decoded("&copy &notit; &nosuch; &; & &#; &#x;"),
              "\u00A9 \u00ACit; &nosuch; &; & &#; &#x;");
    EXPECT_EQ(decoded("a\r\nb\rc"), "a\nb\nc");
    EXPECT_EQ(decoded(std::string_view("a\0b", 3)), "ab");
}

TEST(HtmlCharacterReferences, ParametersOfLinksStay) {
    EXPECT_EQ(decoded("?a=1&copy=2&lt;", ReferenceIn::attribute), "?a=1&copy=2<");
    EXPECT_EQ(decoded("?a&copy", ReferenceIn::attribute), "?a\u00A9");
}

}  // namespace
}  // namespace ingestor::extract::html
