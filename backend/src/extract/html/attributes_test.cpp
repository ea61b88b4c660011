#include "extract/html/attributes.hpp"

#include <gtest/gtest.h>

namespace ingestor::extract {
namespace {

std::string attributes(std::size_t count, std::string_view value) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
        out += " a" + std::to_string(i);
        out += value;
    }
    return out;
}

TEST(HtmlAttributes, UpToTheLimitEverythingStays) {
    for (const char* const value : {"", "=1", "='a > b'", " = \"c\""}) {
        EXPECT_FALSE(without_excess_attributes("<p" + attributes(kAttributesMax, value) + ">x"));
    }
    EXPECT_FALSE(without_excess_attributes("a < b, <>, </p>, <"));
}

TEST(HtmlAttributes, BeyondTheLimitTheyGo) {
    for (const std::string value : {"", "=1", "='a > b'", "=\"c\""}) {
        const std::string kept = "<p" + attributes(kAttributesMax, value);
        const std::string tag = "<p" + attributes(3 * kAttributesMax, value);
        EXPECT_EQ(without_excess_attributes("<b>a</b>" + tag + ">x</p>" + tag + "/>y<i>"),
                  "<b>a</b>" + kept + ">x</p>" + kept + ">y<i>")
            << value;
    }
}

TEST(HtmlAttributes, ATagWithoutAnEndIsCutAsWell) {
    const std::string kept = "x<p" + attributes(kAttributesMax, "");
    EXPECT_EQ(without_excess_attributes(kept + attributes(9, "")), kept);
}

TEST(HtmlAttributes, CommentsAndScriptsStayAsTheyAre) {
    const std::string many = "<y" + attributes(2 * kAttributesMax, "");
    EXPECT_FALSE(without_excess_attributes("<!-- " + many + " -->x"));
    EXPECT_FALSE(without_excess_attributes("<SCRIPT>if (a" + many + ";</script><p>x"));
    EXPECT_FALSE(without_excess_attributes("<style>" + many + "</style>"));
}

}  // namespace
}  // namespace ingestor::extract
