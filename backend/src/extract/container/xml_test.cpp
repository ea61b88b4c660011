#include "extract/container/xml.hpp"

#include <gtest/gtest.h>

namespace ingestor::extract::container {
namespace {

std::string element(std::size_t attributes) {
    std::string out = "<a";
    for (std::size_t i = 0; i < attributes; ++i) out += " b" + std::to_string(i) + "='\"<>'";
    return out + "/>";
}

TEST(Xml, AnElementMayHaveSoManyAttributes) {
    EXPECT_TRUE(check_attributes(element(kXmlAttributesMax), "part"));
    EXPECT_TRUE(check_attributes("<!--" + element(2'000) + "--><![CDATA[" + element(2'000) + "]]>",
                                 "part"));
    const auto checked = check_attributes("<x>" + element(kXmlAttributesMax + 1), "part.xml");
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, Errc::too_large);
    EXPECT_NE(checked.error().message.find("part.xml"), std::string::npos);
    EXPECT_EQ(parse_xml(element(kXmlAttributesMax + 1), "part").error().code, Errc::too_large);
}

TEST(Xml, AnAttributeIsReadAsFarAsIsAskedFor) {
    const auto document = parse_xml("<a b='\u00E9\u00E9'/>", "part");
    ASSERT_TRUE(document);
    const xmlNode* root = xmlDocGetRootElement(document->get());
    EXPECT_EQ(attribute(root, "b"), "\u00E9\u00E9");
    EXPECT_EQ(attribute(root, "b", 3), "\u00E9") << "a character is not parted";
}

}  // namespace
}  // namespace ingestor::extract::container
