#include "base/encoding.hpp"

#include <gtest/gtest.h>

namespace ingestor {
namespace {

TEST(Encoding, Base64OfRfc4648) {
    const std::pair<const char*, const char*> rows[] = {{"", ""},
                                                        {"f", "Zg=="},
                                                        {"fo", "Zm8="},
                                                        {"foo", "Zm9v"},
                                                        {"foob", "Zm9vYg=="},
                                                        {"fooba", "Zm9vYmE="},
                                                        {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : rows) {
        EXPECT_EQ(to_base64(plain), encoded);
        EXPECT_EQ(from_base64(encoded).value(), plain);
    }
    EXPECT_EQ(to_base64url("\xFB\xFF"), "-_8");
    EXPECT_EQ(from_base64url("-_8").value(), "\xFB\xFF");
}

TEST(Encoding, Base64RefusesWhatIsNotCanonical) {
    for (const auto* text : {"Zg", "Zg=", "Zh==", "Z===", "Zm9v Zm9", "Zm9v\n", "Z-=="}) {
        EXPECT_FALSE(from_base64(text)) << text;
    }
    for (const auto* text : {"Zg==", "Zh", "Z", "Zg+/"}) EXPECT_FALSE(from_base64url(text)) << text;
}

TEST(Encoding, HexBothWays) {
    EXPECT_EQ(to_hex(std::string_view("\0\x7F\xFF", 3)), "007fff");
    EXPECT_EQ(from_hex("007Fff").value(), std::string("\0\x7F\xFF", 3));
    EXPECT_FALSE(from_hex("0"));
    EXPECT_FALSE(from_hex("0g"));
}

TEST(Encoding, PercentKeepsTheUnreserved) {
    EXPECT_EQ(percent_encode("a b+c/ü~(1)!", "/"), "a%20b%2Bc/%C3%BC~%281%29%21");
    EXPECT_EQ(percent_decode("a%20b%2Bc/%C3%BC+%"), "a b+c/ü+%");
    EXPECT_EQ(percent_decode("%zz%4"), "%zz%4");
}

TEST(Encoding, Utf8IsCheckedStrictly) {
    EXPECT_TRUE(is_utf8("aé€😀"));
    EXPECT_EQ(count_characters("aé€😀"), 4U);
    for (const auto* text :
         {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80", "\xE2\x82", "\xFF"}) {
        EXPECT_FALSE(is_utf8(text));
    }
}

TEST(Encoding, LowersAsciiLettersAlone) {
    EXPECT_EQ(lower_case("X-Amz-DATE@[`{\u00C4"), "x-amz-date@[`{\u00C4");
}

TEST(Encoding, AsciiLettersCompareInEitherCase) {
    EXPECT_TRUE(equal_ignoring_case("", ""));
    EXPECT_TRUE(equal_ignoring_case("Content-Type", "content-tYPE"));
    EXPECT_FALSE(equal_ignoring_case("a", "ab"));
    EXPECT_FALSE(equal_ignoring_case("@[", "`{"));
    EXPECT_FALSE(equal_ignoring_case("\u00C4", "\u00E4"));
}

TEST(Encoding, TrimsBlanksAndTabsAtBothEndsOnly) {
    EXPECT_EQ(trimmed(" \ta b\t "), "a b");
    EXPECT_EQ(trimmed("\na\n"), "\na\n");
    EXPECT_EQ(trimmed(" \t "), "");
    EXPECT_EQ(trimmed(""), "");
}

}  // namespace
}  // namespace ingestor
