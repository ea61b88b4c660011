#include "awsapi/xml_document.hpp"

#include <string>

#include <gtest/gtest.h>

namespace ingestor::awsapi {
namespace {

TEST(XmlDocument, IsReadWithoutPrefixesAndComments) {
    const auto root = parse_xml(
        "<?xml version=\"1.0\"?><s:Delete xmlns:s=\"urn:x\"><!-- two --><s:Object><Key>a&amp;b"
        "</Key></s:Object><Object><Key><![CDATA[<c>]]></Key></Object><Quiet>true</Quiet>"
        "</s:Delete>");
    ASSERT_TRUE(root) << root.error().message;
    EXPECT_EQ(root->name, "Delete");
    ASSERT_EQ(root->children.size(), 3U);
    EXPECT_EQ(root->children[0].text_of("Key"), "a&b");
    EXPECT_EQ(root->children[1].text_of("Key"), "<c>");
    EXPECT_EQ(root->text_of("Quiet"), "true");
    EXPECT_EQ(root->text_of("Absent"), "");
    EXPECT_EQ(root->child("Absent"), nullptr);
}

TEST(XmlDocument, ThatIsNoneIsRefused) {
    std::string deep;
    for (std::size_t n = 0; n <= kXmlDepthMax; ++n) deep += "<a>";
    for (std::size_t n = 0; n <= kXmlDepthMax; ++n) deep += "</a>";
    std::string many = "<a>";
    for (std::size_t n = 0; n < kXmlElementsMax; ++n) many += "<b/>";
    many += "</a>";
    for (const auto& text :
         {std::string(), std::string("<a>"), std::string("text"), std::string("<a/><b/>"),
          std::string("<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>"), deep, many}) {
        const auto root = parse_xml(text);
        EXPECT_FALSE(root) << text.substr(0, 60);
    }
}

TEST(XmlDocument, AtItsLimitsIsRead) {
    std::string deep;
    for (std::size_t n = 0; n < kXmlDepthMax; ++n) deep += "<a>";
    for (std::size_t n = 0; n < kXmlDepthMax; ++n) deep += "</a>";
    EXPECT_TRUE(parse_xml(deep));
    std::string many = "<a>";
    for (std::size_t n = 1; n < kXmlElementsMax; ++n) many += "<b/>";
    EXPECT_TRUE(parse_xml(many + "</a>"));
}

}  // namespace
}  // namespace ingestor::awsapi
