#include "extract/text/language.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include "base/encoding.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::text {
namespace {

/// So much of a text is enough to judge by.
constexpr std::size_t kSampleBytes = std::size_t{16} << 10;
/// Fewer letters than this may be a name or a title in any language.
constexpr int kLetterBytesMin = 24;
/// Of a text in one language so much at least is in it; the rest are names and citations.
constexpr int kPercentMin = 70;

/// CLD2's codes that are no tags of BCP 47, or older ones.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kTags = {{
    {"iw", "he"},
    {"jw", "jv"},
    {"mo", "ro"},
    {"sr-ME", "sr"},
    {"un", ""},
}};

struct Judgement {
    LanguageGuess guess;
    int letter_bytes = 0;
};

Judgement judge(std::string_view text) {
    text = prefix(text, kSampleBytes);
    // CLD2 reads past what is not UTF-8.
    if (!is_utf8(text)) return {};
    CLD2::CLDHints hints{nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
    std::array<CLD2::Language, 3> languages{};
    std::array<int, 3> percents{};
    std::array<double, 3> scores{};
    Judgement out;
    constexpr bool kPlainText = true;
    const CLD2::Language language = CLD2::ExtDetectLanguageSummary(
        text.data(), static_cast<int>(text.size()), kPlainText, &hints, 0, languages.data(),
        percents.data(), scores.data(), nullptr, &out.letter_bytes, &out.guess.reliable);
    std::string_view code = CLD2::LanguageCode(languages[0]);
    const auto known =
        std::ranges::find(kTags, code, &std::pair<std::string_view, std::string_view>::first);
    if (known != kTags.end()) code = known->second;
    // Codes of scripts and of jokes.
    if (code.starts_with("xx-") || code.starts_with("zz") || code == "tlh") code = {};
    out.guess.tag = code;
    out.guess.percent = percents[0];
    out.guess.reliable = out.guess.reliable && language == languages[0] && !code.empty();
    return out;
}

}  // namespace

LanguageGuess judge_language(std::string_view text) {
    return judge(text).guess;
}

std::string guess_language(std::string_view text) {
    const Judgement judgement = judge(text);
    const bool sure = judgement.guess.reliable && judgement.guess.percent >= kPercentMin &&
                      judgement.letter_bytes >= kLetterBytesMin;
    return sure ? judgement.guess.tag : std::string();
}

bool looks_enciphered(std::string_view text) {
    text = prefix(text, kSampleBytes);
    // In languages of Latin letters two letters in five are vowels, and fewer than a third in none;
    // where letters stand for others, most often a quarter and less. Names of a few letters and
    // abbreviations are not counted.
    constexpr std::size_t kWordsMin = 50;
    constexpr std::size_t kLongWord = 4;
    std::size_t words = 0, all_letters = 0, all_vowels = 0;
    std::size_t letters = 0, vowels = 0;
    bool plain = true;
    const auto end_word = [&] {
        if (plain && letters >= kLongWord) {
            ++words;
            all_letters += letters;
            all_vowels += vowels;
        }
        letters = vowels = 0;
        plain = true;
    };
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = code_point_at(text, at);
        at += c.size;
        const char32_t lower = c.value < 0x80 ? c.value | 0x20 : c.value;
        if (lower >= U'a' && lower <= U'z') {
            ++letters;
            vowels += std::u32string_view(U"aeiouy").contains(lower) ? 1 : 0;
        } else if (c.value >= 0xC0 && c.value < 0x250) {
            // Accents stand on vowels mostly.
            ++letters;
            ++vowels;
        } else if (is_space(c.value) || is_punctuation(c.value)) {
            end_word();
        } else {
            plain = false;
        }
    }
    end_word();
    if (words < kWordsMin || all_vowels * 100 > all_letters * 31) return false;
    const LanguageGuess guess = judge_language(text);
    return !guess.reliable || guess.percent < kPercentMin;
}

}  // namespace ingestor::extract::text
