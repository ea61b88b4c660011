#include "extract/pipeline/tokens.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "extract/text/common_characters.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::pipeline {
namespace {

/// Costs are in hundredths of a token.
constexpr std::uint64_t kToken = 100;

/// What a run of letters costs: at least a token.
struct WordCost {
    std::uint64_t word = 0;
    std::uint64_t letter = 0;
};

constexpr WordCost cost_of(Words words) {
    switch (words) {
        case Words::english:
            return {.word = 46, .letter = 13};
        case Words::western:
            return {.word = 58, .letter = 25};
        case Words::other:
            return {.word = 60, .letter = 44};
    }
    return {.word = 60, .letter = 44};
}

/// Words of more letters are none, or compounds.
constexpr std::uint64_t kWordLetters = 12;
constexpr std::uint64_t kLetterBeyond = 60;
/// In capitals; behind digits and other letters, as in keys and codes.
constexpr std::uint64_t kLetterOfCapitals = 58;
constexpr std::uint64_t kLetterOfCodes = 52;
/// Of more letters, words are written together, as in names of programs.
constexpr std::uint64_t kCodeLetters = 3;

constexpr std::uint64_t kDigitsOfToken = 3;
constexpr std::uint64_t kSignsOfToken = 4;
constexpr std::uint64_t kBlanksOfToken = 16;
constexpr std::uint64_t kBlankBeforeOtherScripts = 50;

struct Script {
    char32_t first = 0, last = 0;
    std::uint64_t cost = 0;  ///< Of one character, in the language that costs most.
};

/// In the order of their codes. What is in none of them costs a token for each byte, which is the
/// most that a tokeniser of bytes can make of it.
constexpr std::array kScripts = {
    Script{0x00C0, 0x00FF, 80},                               // Latin, with the accents of the West
    Script{0x0100, 0x017F, 110},                              // of the East
    Script{0x0300, 0x036F, 150},                              // marks
    Script{0x0370, 0x03FF, 115},                              // Greek
    Script{0x0400, 0x040F, 160},                              // Cyrillic capitals
    Script{0x0410, 0x042F, 135}, Script{0x0430, 0x045F, 80},  // Cyrillic
    Script{0x0530, 0x058F, 225},                              // Armenian
    Script{0x0591, 0x05C7, 150},                              // Hebrew vowels
    Script{0x05D0, 0x05F4, 130},                              // Hebrew
    Script{0x0600, 0x061F, 180},                              //
    Script{0x0620, 0x0652, 110},                              // Arabic
    Script{0x0653, 0x06FF, 180},                              // Persian, Urdu
    Script{0x0900, 0x097F, 140},                              // Devanagari
    Script{0x0980, 0x09FF, 175},                              // Bengali
    Script{0x0A00, 0x0AFF, 205},                              // Gurmukhi, Gujarati
    Script{0x0B80, 0x0BFF, 160},                              // Tamil
    Script{0x0C00, 0x0D7F, 205},                              // Telugu, Kannada, Malayalam
    Script{0x0D80, 0x0DFF, 230},                              // Sinhala
    Script{0x0E00, 0x0E7F, 110},                              // Thai
    Script{0x0E80, 0x0EFF, 240},                              // Lao
    Script{0x0F00, 0x0FFF, 260},                              // Tibetan
    Script{0x1000, 0x109F, 230},                              // Burmese
    Script{0x10A0, 0x10FF, 220},                              // Georgian
    Script{0x1E00, 0x1EFF, 190},                              // Vietnamese
    Script{0x2010, 0x2027, 100},                              // punctuation
    Script{0x3000, 0x301F, 100},                              //
    Script{0x3040, 0x30FF, 110},                              // kana
    Script{0xFF01, 0xFF1F, 100},                              // wide punctuation
};
static_assert(std::ranges::is_sorted(kScripts, {}, &Script::first));

constexpr std::uint64_t kFrequentIdeograph = 100;
constexpr std::uint64_t kIdeograph = 200;
constexpr std::uint64_t kRareIdeograph = 300;
constexpr std::uint64_t kCommonSyllable = 125;
constexpr std::uint64_t kRareSyllable = 260;
constexpr std::uint64_t kGreekCapital = 190;

constexpr std::uint64_t bytes_of(char32_t c) {
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

constexpr bool is_ideograph(char32_t c) {
    return c >= 0x4E00 && c <= 0x9FFF;
}

std::uint64_t cost_of_character(char32_t c) {
    if (is_ideograph(c)) {
        if (text::is_frequent_ideograph(c)) return kFrequentIdeograph;
        return text::is_rare_ideograph(c) ? kRareIdeograph : kIdeograph;
    }
    if (c >= 0xAC00 && c <= 0xD7A3)
        return text::is_common_syllable(c) ? kCommonSyllable : kRareSyllable;
    if (c >= 0x386 && c <= 0x3AB) return kGreekCapital;
    const auto* const after = std::ranges::upper_bound(kScripts, c, {}, &Script::first);
    const bool known = after != kScripts.begin() && c <= (after - 1)->last;
    return known ? (after - 1)->cost : kToken * bytes_of(c);
}

bool is_capital(char32_t c) {
    return c >= 'A' && c <= 'Z';
}

bool is_letter(char32_t c) {
    return is_capital(c) || (c >= 'a' && c <= 'z');
}

bool is_digit(char32_t c) {
    return c >= '0' && c <= '9';
}

constexpr std::uint64_t rounded_up(std::uint64_t length, std::uint64_t unit) {
    return (length + unit - 1) / unit * kToken;
}

}  // namespace

Words words_of(std::string_view language) {
    constexpr std::array<std::string_view, 8> kWestern = {"de", "fr", "es", "pt",
                                                          "it", "nl", "sv", "da"};
    if (language == "en") return Words::english;
    return std::ranges::find(kWestern, language) != kWestern.end() ? Words::western : Words::other;
}

void TokenCounter::add(char32_t c) {
    Run run = Run::none;
    if (is_letter(c)) {
        run = Run::letters;
    } else if (is_digit(c)) {
        run = Run::digits;
    } else if (c == '\n') {
        run = Run::breaks;
    } else if (c == ' ' || c == '\t') {
        run = Run::blanks;
    } else if (c < 0x80) {
        run = Run::sign;
    }
    const bool new_word = run == Run::letters && is_capital(c) && !is_capital(last_);
    const bool goes_on =
        run == run_ && run != Run::none && !new_word && (run != Run::sign || c == last_);
    if (!goes_on) {
        done_ += cost_of_run(c);
        glued_ = run == Run::letters && (run_ == Run::letters || run_ == Run::digits);
        run_ = run;
        run_length_ = 0;
        capitals_ = 0;
    }
    ++run_length_;
    if (is_capital(c)) ++capitals_;
    if (run == Run::none) done_ += cost_of_character(c);
    last_ = c;
}

std::uint64_t TokenCounter::cost_of_run(char32_t next) const {
    switch (run_) {
        case Run::none:
            return 0;
        case Run::letters: {
            const WordCost cost = cost_of(words_);
            const std::uint64_t within = std::min(run_length_, kWordLetters);
            std::uint64_t sum =
                cost.word + cost.letter * within + kLetterBeyond * (run_length_ - within);
            if (capitals_ > 1) sum = std::max(sum, kLetterOfCapitals * run_length_);
            if (glued_ && run_length_ <= kCodeLetters) {
                sum = std::max(sum, cost.word + kLetterOfCodes * run_length_);
            }
            return std::max(sum, kToken);
        }
        case Run::digits:
            return rounded_up(run_length_, kDigitsOfToken);
        case Run::blanks:
            // One blank is part of the word or sign behind it, but of no number.
            if (run_length_ > 1) return kToken + run_length_ * kToken / kBlanksOfToken;
            if (is_ideograph(next)) return kToken;
            if (next >= 0x80) {
                const bool known = cost_of_character(next) < kToken * bytes_of(next);
                return known ? kBlankBeforeOtherScripts : kToken;
            }
            return next != 0 && !is_digit(next) ? 0 : kToken;
        case Run::sign:
            return rounded_up(run_length_, kSignsOfToken);
        case Run::breaks:
            return kToken + run_length_ * kToken / kBlanksOfToken;
    }
    return 0;
}

std::uint32_t TokenCounter::tokens() const {
    const std::uint64_t cost = done_ + cost_of_run(0);
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(
        (cost + kToken - 1) / kToken, std::numeric_limits<std::uint32_t>::max()));
}

std::uint32_t estimate_tokens(std::string_view text, Words words) {
    TokenCounter counter(words);
    for (std::size_t at = 0; at < text.size();) {
        const text::CodePoint c = text::code_point_at(text, at);
        counter.add(c.value);
        at += c.size;
    }
    return counter.tokens();
}

}  // namespace ingestor::extract::pipeline
