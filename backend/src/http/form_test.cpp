#include "http/form.hpp"

#include <gtest/gtest.h>

#include "http/message.hpp"

namespace ingestor::http {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct FormCase {
    const char* name;
    const char* body;
    Pairs expected;
};

class FormText : public testing::TestWithParam<FormCase> {};
TEST_P(FormText, MatchesTable) {
    EXPECT_EQ(parse_form(GetParam().body, 10), GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(
    Form, FormText,
    testing::Values(
        FormCase{"Empty", "", {}}, FormCase{"Plain", "a=1&b=2", {{"a", "1"}, {"b", "2"}}},
        FormCase{"BlanksAndEscapes", "a+b=%26%3D%2B+x", {{"a b", "&=+ x"}}},
        FormCase{"OrderAndRepetitionAreKept", "b=1&a=2&b=3", {{"b", "1"}, {"a", "2"}, {"b", "3"}}},
        FormCase{"NameAlone", "a&b=", {{"a", ""}, {"b", ""}}},
        FormCase{"SecondEqualsSignIsText", "a=b=c", {{"a", "b=c"}}},
        FormCase{"EmptyPiecesDoNotCount", "&&a=1&", {{"a", "1"}}},
        FormCase{"LonePercentStays", "a=100%&b=%zz", {{"a", "100%"}, {"b", "%zz"}}},
        FormCase{"Utf8", "n=%C3%A9", {{"n", "\u00e9"}}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Form, RefusesMoreFieldsThanAllowed) {
    EXPECT_TRUE(parse_form("a=1&b=2", 2));
    EXPECT_EQ(parse_form("a=1&b=2&c=3", 2).error().code, Errc::too_large);
}

TEST(Form, NamesTheFieldThatIsNotUtf8) {
    const auto form = parse_form("good=1&bad=%FF", 9);
    ASSERT_FALSE(form);
    EXPECT_EQ(form.error().code, Errc::invalid_argument);
    EXPECT_EQ(form.error().field, "bad");
}

TEST(Request, SplitsItsTarget) {
    Request request;
    request.target = "/a%20b?x=1&y=%26+z&x=2&flag";
    EXPECT_EQ(request.path(), "/a%20b");
    EXPECT_EQ(request.query(), "x=1&y=%26+z&x=2&flag");
    EXPECT_EQ(request.query_parameter("x"), "1");
    EXPECT_EQ(request.query_parameter("y"), "& z");
    EXPECT_EQ(request.query_parameter("flag"), "");
    EXPECT_EQ(request.query_parameter("z"), std::nullopt);
    request.target = "/a";
    EXPECT_EQ(request.path(), "/a");
    EXPECT_EQ(request.query(), "");
}

TEST(Request, FindsAHeaderInAnyCase) {
    Request request;
    request.headers.insert("X-Amz-Date", "20260102T030405Z");
    EXPECT_EQ(request.header("x-amz-date"), "20260102T030405Z");
    EXPECT_EQ(request.header("x-amz"), "");
}

TEST(DetailResponse, EscapesItsText) {
    const auto response = detail_response(404, "no \"x\"\n");
    EXPECT_EQ(std::get<std::string>(response.body), R"({"detail":"no \"x\"\n"})");
}

}  // namespace
}  // namespace ingestor::http
