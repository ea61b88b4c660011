#include "extract/text/encoding.hpp"

#include <gtest/gtest.h>

namespace ingestor::extract::text {
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
    {"LineEndsMadeTwice", "a\r\r\nb\r\r\n"sv, "a\nb\n"sv},
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
    {"Utf16BigWithoutMark", "\0h\0e\0l\0l\0o\0 \0w\0o\0r\0l\0d"sv, "hello world"sv},
    {"Utf16WithoutMarkInCyrillic",
     "\x12\x04\x41\x04\x35\x04 \0\x3B\x04\x4E\x04\x34\x04\x38\x04\r\0\n\0"sv, "Все люди\n"sv},
    {"Utf16WithoutMarkInChinese",
     "\x4E\xBA\x4E\xBA\x75\x1F\x80\x0C\x81\xEA\x75\x31\x30\x02\0\r\0\n\x4E\xD6\x4E\xEC\x67\x09\x30\x02\0\n"sv,
     "人人生而自由。\n他们有。\n"sv},
    {"Utf32WithoutMark", "G\0\0\0r\0\0\0\xFC\0\0\0n\0\0\0"sv, "Gr\u00FCn"sv},
    {"AMarkOfUtf16BeforeAscii", "\xFF\xFEplain ASCII follows\n"sv, "plain ASCII follows\n"sv},
    {"TwoMarks",
     "\xEF\xBB\xBF\xEF\xBB\xBF"
     "abc"sv,
     "abc"sv},
    {"AMarkTakenForLetters", "\u00EF\u00BB\u00BFgr\u00F6\u00DFer"sv, "gr\u00F6\u00DFer"sv},
    {"MarkedGb18030", "\x84\x31\x95\x33\xC4\xE3\xBA\xC3"sv, "你好"sv},
    {"CarriageReturnsAlone",
     "Caf\x8E\rna\x95ve\rfa\x8D"
     "ade\r"sv,
     "Café\nnaïve\nfaçade\n"sv},
    {"ColoursOfAnEvenLength", "\x1B[32mok\x1B[0m 12 \x1B[31merr\x1B[0m\n"sv, "ok 12 err\n"sv},
    {"ColoursOfAnOddLength", "\x1B[32mok\x1B[0m 1 \x1B[31merr\x1B[0m\n"sv, "ok 1 err\n"sv},
    {"ColoursInLatin",
     "\x1B[31mFehler\x1B[0m: Ger\xE4t, Gr\xF6\xDF"
     "e\n"sv,
     "Fehler: Gerät, Größe\n"sv},
    {"ColoursInUtf8", "\x1B[31mGr\u00F6\u00DFe\x1B[0m \u2713\n"sv, "Größe ✓\n"sv},
    {"LogInCyrillic", "\x1B[31m\xCE\xF8\xE8\xE1\xEA\xE0\x1B[0m \xF1\xE5\xF0\xE2\xE5\xF0\xE0\n"sv,
     "Ошибка сервера\n"sv},
    {"OneWord", "caf\xE9"sv, "café"sv},
    {"Capitals",
     "MA\xD1"
     "ANA ESTACI\xD3N"sv,
     "MAÑANA ESTACIÓN"sv},
    {"QuotesAlone",
     "It\x92s \x93"
     "fine\x94 \x96 really\x85\n"sv,
     "It’s “fine” – really…\n"sv},
    {"EuroAlone", "Preis: 5,00 \x80 inkl. MwSt.\n"sv, "Preis: 5,00 € inkl. MwSt.\n"sv},
    {"DegreesAlone",
     "Temp: 21\xB0"
     "C \xB1 2\n"sv,
     "Temp: 21°C ± 2\n"sv},
    {"DosFrames",
     "\xC9\xCD\xCD\xCD\xCD\xCD\xCD\xBB\n\xBA Men\x81 \xBA\n\xC8\xCD\xCD\xCD\xCD\xCD\xCD\xBC\n\x9A"
     "bersicht f\x81r Kunden\n"sv,
     "╔══════╗\n║ Menü ║\n╚══════╝\nÜbersicht für Kunden\n"sv},
    {"DosEndOfFile", "copy a b\r\n\x1A"sv, "copy a b\n"sv},
    {"ShiftJisOfTwoSigns", "\x93\xFA\x96\x7B"sv, "日本"sv},
    {"Gb18030OfFourSigns", "\xC4\xE3\xBA\xC3\xCA\xC0\xBD\xE7"sv, "你好世界"sv},
    {"Big5OfFourSigns", "\xBB\x4F\xC6\x57\xA4\x6A\xBE\xC7"sv, "臺灣大學"sv},
    {"KoreanOfFiveSigns", "\xBE\xC8\xB3\xE7\xC7\xCF\xBC\xBC\xBF\xE4"sv, "안녕하세요"sv},
    {"ChineseWithBlanks", "\xD0\xD5\xC3\xFB \xC4\xEA\xC1\xE4 \xD0\xD4\xB1\xF0\n"sv,
     "姓名 年龄 性别\n"sv},
    {"Iso2022Jp", "\x1B$BF|K\\8l\x1B(B\n"sv, "日本語\n"sv},
    {"Hz", "~{GkTZPGFZNeV.G0~}\n"sv, "请在星期五之前\n"sv},
    {"TildesInCode", "for x in ~{a}; ~{b c}~\n"sv, "for x in ~{a}; ~{b c}~\n"sv},
    {"SurrogatesInUtf8", "emoji \xED\xA0\xBD\xED\xB8\x80 caf\xC3\xA9\n"sv, "emoji 😀 café\n"sv},
    {"ControlsOfWindowsInUtf8",
     "It\u0092s \u0093"
     "fine\u0094\n"sv,
     "It’s “fine”\n"sv},
    {"NextLine", "one\u0085two\n"sv, "one\ntwo\n"sv},
    {"RecordsOfAMainframe",
     "\x61\x61\xD1\xD6\xC2\xF1\x40\xD1\xD6\xC2\x40\x4D\xC1\xC3\xC3\xE3\x5D\x6B\x7D\xD5\xC1\xD4\xC5"
     "\x7D"
     "\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40"
     "\x40\x40\x40\x40\x40"
     "\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40"sv,
     "//JOB1 JOB (ACCT),'NAME'\n"sv},
};
INSTANTIATE_TEST_SUITE_P(TextEncoding, DecodeText, testing::ValuesIn(kEncodings),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(TextEncoding, ADeclaredEncodingIsTriedFirst) {
    const auto decoded = decode_text("\xC4\xC5\xCE\xD8", "koi8-r");
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->text, "\u0434\u0435\u043D\u044C");
}

struct WarningCase {
    const char* name;
    std::string_view bytes;
    std::string_view text;
    std::string_view warning;
};

class DecodeDamagedText : public testing::TestWithParam<WarningCase> {};

TEST_P(DecodeDamagedText, IsTold) {
    const auto decoded = decode_text(GetParam().bytes);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->text, GetParam().text);
    EXPECT_EQ(decoded->warning, GetParam().warning);
}

constexpr WarningCase kDamaged[] = {
    {"ZeroBytes", "a\0b and some more text"sv, "a b and some more text"sv,
     "the text held zero bytes, which were taken for blanks"sv},
    {"ZeroBytesInLatin", "Die Gr\xF6\xDF\0\0e der H\xF6he f\xFCr M\xFCller\n"sv,
     "Die Größ e der Höhe für Müller\n"sv,
     "the text held zero bytes, which were taken for blanks"sv},
    {"AHoleInALog", "before\n\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0after it\n"sv, "before\nafter it\n"sv,
     "the text held zero bytes, which were taken for blanks"sv},
    {"OneWrongByte", "Größe\xFC für Müller gültig\n"sv, "Größe\uFFFD für Müller gültig\n"sv,
     "1 characters could not be read in UTF-8 and are marked with U+FFFD"sv},
    {"CutOffWithinACharacter", "Die Größe der H\xC3"sv, "Die Größe der H\uFFFD"sv,
     "1 characters could not be read in UTF-8 and are marked with U+FFFD"sv},
    {"LinesOfAnotherEncoding",
     "Größe: fünf\nH\xF6he: zw\xF6lf Grad, \xFC"
     "berm\xE4\xDFig\nLänge: größer\n"sv,
     "Größe: fünf\nHöhe: zwölf Grad, übermäßig\nLänge: größer\n"sv,
     "1 lines were not in UTF-8 and were read as windows-1252"sv},
    {"LinesOfAnotherEncodingInJapanese",
     "会議の資料をお送りします。\n\x93\x8C\x8B\x9E\x93\x73\x82\xC5\x82\xB7\x81\x42\nよろしくお願いします。\n"sv,
     "会議の資料をお送りします。\n東京都です。\nよろしくお願いします。\n"sv,
     "1 lines were not in UTF-8 and were read as ibm-943_P15A-2003"sv},
};
INSTANTIATE_TEST_SUITE_P(TextEncoding, DecodeDamagedText, testing::ValuesIn(kDamaged),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(TextEncoding, SoundTextHasNoWarning) {
    for (const std::string_view bytes : {"plain"sv, "gr\u00FC\u00DF"sv, "caf\xE9"sv,
                                         "\xFF\xFE"
                                         "a\0"sv}) {
        EXPECT_EQ(decode_text(bytes)->warning, "");
    }
}

TEST(TextEncoding, AGuessThatMakesNoTextIsAWarningOrAnError) {
    std::string noise;
    for (unsigned i = 0; i < 4096; ++i)
        noise += static_cast<char>(0x80U | ((i * 7919 + i / 13) & 0x7FU));
    const auto decoded = decode_text(noise);
    EXPECT_TRUE(!decoded || !decoded->warning.empty());
    const auto few = decode_text("some plain words before and after, \xA4 \xA6 \xAC and on");
    ASSERT_TRUE(few) << "a few odd bytes are no reason to refuse a text";
    EXPECT_NE(few->warning, "");
}

TEST(TextEncoding, BinaryIsNoText) {
    const std::string nuls(4096, '\0');
    std::string noise;
    for (int i = 0; i < 4096; ++i)
        noise += static_cast<char>(static_cast<unsigned>(i * 7919 + i / 13) & 0xFF);
    EXPECT_EQ(decode_text(nuls).error().code, Errc::unsupported);
    EXPECT_EQ(decode_text(noise).error().code, Errc::unsupported);
    EXPECT_FALSE(is_binary("plain\ttext\n"));
    EXPECT_FALSE(
        is_binary("\xC4\xC5\xC1\xD9\x40\xC3\xE4\xE2\xE3\xD6\xD4\xC5\xD9\x40\xC1\xC2\xC3\x15"));
}

}  // namespace
}  // namespace ingestor::extract::text
