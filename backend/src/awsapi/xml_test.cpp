#include "awsapi/xml.hpp"

#include <gtest/gtest.h>

namespace ingestor::awsapi {
namespace {

TEST(XmlEscape, GivesWellFormedText) {
    EXPECT_EQ(xml_escape("a<b>&\"c\"\n\r"), "a&lt;b&gt;&amp;&quot;c&quot;\n&#13;");
    EXPECT_EQ(xml_escape("\x01ü"), "\xEF\xBF\xBDü");
    EXPECT_EQ(xml_escape("\xFFz"), "\xEF\xBF\xBDz");
}

}  // namespace
}  // namespace ingestor::awsapi
