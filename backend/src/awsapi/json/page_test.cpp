#include "awsapi/json/page.hpp"

#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace ingestor::awsapi::json {
namespace {

TEST(Page, LeadsThroughAListToItsEnd) {
    const auto name = [](const std::string& item) { return item; };
    std::string token;
    std::vector<std::string> seen;
    for (int pages = 0; pages < 3; ++pages) {
        std::vector<std::string> items{"a", "b", "c", "d", "e"};
        boost::json::object body{{"Limit", 2}};
        if (!token.empty()) body["NextToken"] = token;
        Violations violations;
        Input input(body, violations);
        const auto page = read_page_request(input);
        ASSERT_FALSE(violations.error());
        token = take_page(items, page, name);
        seen.insert(seen.end(), items.begin(), items.end());
        EXPECT_EQ(token.empty(), pages == 2);
    }
    EXPECT_EQ(seen, (std::vector<std::string>{"a", "b", "c", "d", "e"}));
}

TEST(Page, RefusesWhatIsNoTokenOrLimit) {
    for (const auto* text : {R"({"NextToken":"x"})", R"({"NextToken":""})", R"({"Limit":0})",
                             R"({"Limit":101})", R"({"NextToken":"YWJj"})", R"({"Limit":"5"})"}) {
        const auto body = boost::json::parse(text).as_object();
        Violations violations;
        Input input(body, violations);
        static_cast<void>(read_page_request(input));
        EXPECT_TRUE(violations.error()) << text;
    }
}

}  // namespace
}  // namespace ingestor::awsapi::json
