#include "extract/formats/pdf/content_lexer.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ingestor::extract::pdf {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using Kind = Token::Kind;

std::vector<Kind> kinds_of(std::string_view content) {
    ContentLexer lexer(content);
    std::vector<Kind> out;
    for (Token token = lexer.next(); token.kind != Kind::end; token = lexer.next())
        out.push_back(token.kind);
    return out;
}

std::vector<double> numbers_of(std::string_view content) {
    ContentLexer lexer(content);
    std::vector<double> out;
    for (Token token = lexer.next(); token.kind == Kind::number; token = lexer.next())
        out.push_back(token.number);
    return out;
}

std::string text_of(std::string_view content) {
    ContentLexer lexer(content);
    return std::string(lexer.next().text);
}

TEST(ContentLexer, TellsTokensApart) {
    EXPECT_THAT(kinds_of("/F1 12.5 Tf[(a)-20<62>]TJ % a comment (\n<</A true>>BDC"),
                ElementsAre(Kind::name, Kind::number, Kind::keyword, Kind::array_begin,
                            Kind::string, Kind::number, Kind::string, Kind::array_end,
                            Kind::keyword, Kind::dictionary_begin, Kind::name, Kind::other,
                            Kind::dictionary_end, Kind::keyword));
    EXPECT_THAT(kinds_of("> ) } T* ' \""),
                ElementsAre(Kind::other, Kind::other, Kind::other, Kind::keyword, Kind::keyword,
                            Kind::keyword));
}

TEST(ContentLexer, ReadsNumbersHoweverTheyAreWritten) {
    EXPECT_THAT(numbers_of("0 12 -7 +3 .5 -.25 4. 1.5-25 1.5.5 --5 0.-5 - 99999999999"),
                ElementsAre(0, 12, -7, 3, 0.5, -0.25, 4, DoubleEq(1.525), 1.5, 0.5, 0, -5, 0.5, 0,
                            99'999'999'999));
    ContentLexer lexer("2147483647 2147483648 1.0");
    EXPECT_TRUE(lexer.next().integer);
    EXPECT_FALSE(lexer.next().integer);
    EXPECT_FALSE(lexer.next().integer);
}

TEST(ContentLexer, ReadsStringsWithAndWithoutEscapes) {
    EXPECT_EQ(text_of("(plain (with) parentheses)"), "plain (with) parentheses");
    EXPECT_EQ(text_of("(\\(\\)\\\\\\n\\101\\1019\\53\\q)"), "()\\\nAA9+q");
    EXPECT_EQ(text_of("(a\\\r\nb\\\nc)"), "abc");
    EXPECT_EQ(text_of("<48 65\n6C6c6>"), "Hell`");
    EXPECT_EQ(text_of("(never ends"), "never ends");
    EXPECT_EQ(text_of("()"), "");
    EXPECT_EQ(text_of("/Name#20"), "Name#20");
}

}  // namespace
}  // namespace ingestor::extract::pdf
