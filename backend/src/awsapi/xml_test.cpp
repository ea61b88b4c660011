#include "awsapi/xml.hpp"

#include <gtest/gtest.h>

namespace ingestor::awsapi {
namespace {

TEST(XmlEscape, GivesWellFormedText) {
    EXPECT_EQ(xml_escape("a<b>&\"c\"\n\r"), "a&lt;b&gt;&amp;&quot;c&quot;\n&#13;");
    EXPECT_EQ(xml_escape("\x01ü"), "\xEF\xBF\xBDü");
    EXPECT_EQ(xml_escape("\xFFz"), "\xEF\xBF\xBDz");
    EXPECT_EQ(xml_escape("a\xEF\xBF\xBE\xEF\xBF\xBFz"), "a\xEF\xBF\xBD\xEF\xBF\xBDz");
    EXPECT_EQ(xml_escape("\xEF\xBF\xBDz\xEF\xBC\x81"), "\xEF\xBF\xBDz\xEF\xBC\x81");
}

}  // namespace
}  // namespace ingestor::awsapi
