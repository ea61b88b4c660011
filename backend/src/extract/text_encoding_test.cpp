#include "extract/text_encoding.hpp"

#include <gtest/gtest.h>

namespace ingestor::extract {
namespace {

using namespace std::string_view_literals;

struct EncodingCase {
    const char* name;
    std::string_view bytes;
    std::string_view text;
};

class DecodeText : public testing::TestWithParam<EncodingCase> {};

TEST_P(DecodeText, MatchesTable) {
    const auto decoded = decode_text(GetParam().bytes);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->text, GetParam().text) << decoded->encoding;
}

constexpr EncodingCase kEncodings[] = {
    {"Utf8", "gr\u00FC\u00DF"sv, "gr\u00FC\u00DF"sv},
    {"Utf8WithMark",
     "\xEF\xBB\xBF"
     "a"sv,
     "a"sv},
    {"Utf16LittleWithMark",
     "\xFF\xFE"
     "a\0\xFC\0"sv,
     "a\u00FC"sv},
    {"Utf16BigWithMark", "\xFE\xFF\0a\0b"sv, "ab"sv},
    {"Utf16WithoutMark", "h\0e\0l\0l\0o\0 \0w\0o\0r\0l\0d\0"sv, "hello world"sv},
    {"Utf16Surrogates", "\xFF\xFE\x3D\xD8\x00\xDE"sv, "\U0001F600"sv},
    {"Utf32Little", "\xFF\xFE\0\0a\0\0\0b\0\0\0"sv, "ab"sv},
    {"Utf32Big", "\0\0\xFE\xFF\0\0\0a"sv, "a"sv},
    {"LineEnds", "a\r\nb\rc\nd"sv, "a\nb\nc\nd"sv},
    {"Latin",
     "Les \xE9l\xE8ves fran\xE7"
     "ais sont all\xE9s \xE0 la for\xEAt, o\xF9 ils ont mang\xE9."sv,
     "Les \u00E9l\u00E8ves fran\u00E7"
     "ais sont all\u00E9s \u00E0 la for\u00EAt, o\u00F9 ils ont mang\u00E9."sv},
    {"ShiftJis", "\x82\xB1\x82\xEA\x82\xCD\x93\xFA\x96\x7B\x8C\xEA\x82\xC5\x82\xB7\x81\x42"sv,
     "\u3053\u308C\u306F\u65E5\u672C\u8A9E\u3067\u3059\u3002"sv},
    {"HalfAUnitAtTheEnd",
     "\xFF\xFE"
     "a\0b"sv,
     "a\uFFFD"sv},
};
INSTANTIATE_TEST_SUITE_P(TextEncoding, DecodeText, testing::ValuesIn(kEncodings),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(TextEncoding, ADeclaredEncodingIsTriedFirst) {
    const auto decoded = decode_text("\xC4\xC5\xCE\xD8", "koi8-r");
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->text, "\u0434\u0435\u043D\u044C");
}

TEST(TextEncoding, RepairsAreTold) {
    const auto decoded = decode_text("a\0b and some more text"sv);
    ASSERT_TRUE(decoded);
    EXPECT_TRUE(decoded->repaired);
    EXPECT_EQ(decoded->text, "ab and some more text");
}

TEST(TextEncoding, BinaryIsNoText) {
    const std::string nuls(4096, '\0');
    std::string noise;
    for (int i = 0; i < 4096; ++i)
        noise += static_cast<char>(static_cast<unsigned>(i * 7919 + i / 13) & 0xFF);
    EXPECT_EQ(decode_text(nuls).error().code, Errc::unsupported);
    EXPECT_EQ(decode_text(noise).error().code, Errc::unsupported);
    EXPECT_FALSE(is_binary("plain\ttext\n"));
}

}  // namespace
}  // namespace ingestor::extract
