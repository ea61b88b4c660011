#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>

#include "extract/text/encoding.hpp"
#include "extract/text/encoding_samples.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::text {
namespace {

/// The text in an encoding, as a program before Unicode wrote it. Empty where the encoding lacks a
/// character of it.
std::string encoded(std::string_view text, const std::string& encoding) {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<UConverter, decltype(&ucnv_close)> to(
        ucnv_open(encoding.c_str(), &status), ucnv_close);
    if (U_FAILURE(status)) return {};
    ucnv_setFromUCallBack(to.get(), UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
    std::vector<UChar> units(text.size());
    std::int32_t count = 0;
    u_strFromUTF8(units.data(), static_cast<std::int32_t>(units.size()), &count, text.data(),
                  static_cast<std::int32_t>(text.size()), &status);
    std::string bytes(text.size() * 4 + 16, '\0');
    const std::int32_t size =
        ucnv_fromUChars(to.get(), bytes.data(), static_cast<std::int32_t>(bytes.size()),
                        units.data(), count, &status);
    if (U_FAILURE(status)) return {};
    bytes.resize(static_cast<std::size_t>(size));
    return bytes;
}

/// The first words of a text that hold so many characters and one beyond ASCII.
std::string_view first_words(std::string_view text, std::size_t characters) {
    std::size_t count = 0;
    bool foreign = false;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = code_point_at(text, at);
        const bool may_end = is_space(c.value) || is_ideographic(c.value);
        if (may_end && foreign && count >= characters) return text.substr(0, at);
        foreign = foreign || c.value >= 0x80;
        ++count;
        at += c.size;
    }
    return text;
}

struct Tally {
    int right = 0, silent = 0, all = 0;
    std::string wrong;
};

/// Reads the beginnings of all samples in all their encodings.
Tally read_all(std::size_t characters) {
    Tally tally;
    for (const LanguageSample& sample : kLanguageSamples) {
        std::istringstream names(sample.encodings);
        for (std::string name; names >> name;) {
            const std::string_view text = first_words(sample.text, characters);
            const std::string bytes = encoded(text, name);
            if (bytes.empty()) {
                ADD_FAILURE() << sample.language << " cannot be written in " << name;
                continue;
            }
            const auto decoded = decode_text(bytes);
            ++tally.all;
            if (decoded && decoded->text == text) {
                ++tally.right;
                continue;
            }
            const bool told = !decoded || !decoded->warning.empty();
            if (!told) ++tally.silent;
            tally.wrong += std::string("  ") + sample.language + " in " + name + ": " +
                           (decoded ? decoded->encoding + (told ? " (told): " : ": ") +
                                          decoded->text.substr(0, 60)
                                    : decoded.error().message) +
                           "\n";
        }
    }
    return tally;
}

/// Beginnings of so many characters, and how many of them all may be misread, and in silence.
struct LengthCase {
    const char* name;
    std::size_t characters;
    int wrong_max;
    int silent_max;
};

class TextEncodingLanguages : public testing::TestWithParam<LengthCase> {};

TEST_P(TextEncodingLanguages, AreReadInEveryEncodingTheyWereWrittenIn) {
    const Tally tally = read_all(GetParam().characters);
    EXPECT_GT(tally.all, 100);
    EXPECT_LE(tally.all - tally.right, GetParam().wrong_max) << tally.wrong;
    EXPECT_LE(tally.silent, GetParam().silent_max) << tally.wrong;
}

constexpr LengthCase kLengths[] = {
    {"Paragraphs", 1'000, 0, 0},
    {"Sentences", 60, 0, 0},
    {"Lines", 30, 1, 1},
    {"Words", 15, 0, 0},
    // One word or two, with one letter that tells: some are as good in another encoding.
    {"TwoWords", 6, 20, 12},
};
INSTANTIATE_TEST_SUITE_P(TextEncoding, TextEncodingLanguages, testing::ValuesIn(kLengths),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(TextEncodingLanguages, AWrongByteLeavesTheRestAsItIs) {
    for (const LanguageSample& sample : kLanguageSamples) {
        std::istringstream names(sample.encodings);
        std::string name;
        names >> name;
        const std::string bytes = encoded(sample.text, name);
        const std::string whole = decode_text(bytes)->encoding;
        for (std::size_t at = 3; at < bytes.size(); at += 17) {
            for (const char wrong : {'\xFF', '\0', 'W'}) {
                std::string damaged = bytes;
                damaged.insert(at, 1, wrong);
                const auto decoded = decode_text(damaged);
                ASSERT_TRUE(decoded) << sample.language;
                // A byte too many may shift all characters of two bytes up to the line's end.
                EXPECT_TRUE(decoded->encoding == whole || !decoded->warning.empty())
                    << sample.language << " at " << at << " as " << decoded->encoding;
            }
        }
    }
}

TEST(TextEncodingLanguages, LongTextsAreJudgedByWhatIsBeyondAscii) {
    std::string bytes;
    for (int i = 0; i < 60'000; ++i) bytes += "only ASCII in this line, which is long enough\n";
    bytes += encoded("Die Geschäftsführung grüßt: schöne Grüße\n", "windows-1252");
    const auto decoded = decode_text(bytes);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->encoding, "windows-1252");
    EXPECT_TRUE(decoded->text.ends_with("schöne Grüße\n"));
}

}  // namespace
}  // namespace ingestor::extract::text
