#include "extract/text/plausibility.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <vector>

#include <unicode/uchar.h>
#include <unicode/ulocdata.h>
#include <unicode/uscript.h>
#include <unicode/uset.h>

#include "extract/text/common_characters.hpp"
#include "extract/text/language.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::text {
namespace {

/// What a character adds to the sum.
constexpr double kLetterOfAlphabet = 1;
constexpr double kLetterOfLoanWords = 0.2;
constexpr double kOtherLetter = -1;
constexpr double kSignAtItsPlace = 0.4;
constexpr double kSignAlone = -0.2;
constexpr double kSignInAWord = -2;
constexpr double kOddCapital = -2;
constexpr double kBrokenWord = -0.7;
constexpr double kOddScript = -2;
constexpr double kAllCapitals = -0.3;
constexpr double kMeaningless = -6;
/// What the words of a text add to the alphabet of the language that they are of.
constexpr double kWordsOfLanguage = 0.4;
constexpr double kPerhapsWordsOfLanguage = 0.1;
/// Less in Cyrillic, of which many a misreading is taken for a language.
constexpr double kWordsInCyrillic = 0.15;

struct Language {
    const char* locale;
    double rarity;  ///< Taken off where only the letters speak for it.
};

/// Those that were written in an encoding of their own before Unicode.
constexpr std::array kLanguages = {
    Language{"de", 0},    Language{"fr", 0},    Language{"es", 0},      Language{"it", 0.02},
    Language{"pt", 0.02}, Language{"en", 0},    Language{"ru", 0},      Language{"zh", 0},
    Language{"ja", 0},    Language{"ko", 0},    Language{"zh_Hant", 0}, Language{"pl", 0.05},
    Language{"nl", 0.1},  Language{"sv", 0.05}, Language{"da", 0.05},   Language{"nb", 0.05},
    Language{"fi", 0.05}, Language{"is", 0.15}, Language{"cs", 0.05},   Language{"sk", 0.1},
    Language{"sl", 0.1},  Language{"hr", 0.1},  Language{"hu", 0.05},   Language{"ro", 0.1},
    Language{"sq", 0.15}, Language{"tr", 0.05}, Language{"et", 0.1},    Language{"lv", 0.15},
    Language{"lt", 0.15}, Language{"uk", 0.05}, Language{"be", 0.1},    Language{"bg", 0.05},
    Language{"sr", 0.1},  Language{"mk", 0.15}, Language{"el", 0},      Language{"he", 0},
    Language{"ar", 0},    Language{"fa", 0.05}, Language{"ur", 0.1},    Language{"th", 0.1},
    Language{"vi", 0.05}, Language{"ca", 0.1},  Language{"gl", 0.15},   Language{"eu", 0.2},
    Language{"cy", 0.2},  Language{"ga", 0.2},  Language{"mt", 0.2},    Language{"eo", 0.2},
    Language{"fo", 0.25}, Language{"az", 0.2},
};

struct USetDeleter {
    void operator()(USet* set) const { uset_close(set); }
};
using Letters = std::unique_ptr<USet, USetDeleter>;

struct Alphabet {
    std::string_view locale;
    std::string_view tag;  ///< As the language is named where it is recognised by its words.
    double rarity = 0;
    Letters own;   ///< Of the language's own words, small and capital.
    Letters loan;  ///< Of the names and words that it took from others.
};

Letters letters_of(ULocaleData* data, ULocaleDataExemplarSetType type, std::string_view locale) {
    UErrorCode status = U_ZERO_ERROR;
    Letters set(ulocdata_getExemplarSet(data, nullptr, USET_ADD_CASE_MAPPINGS, type, &status));
    if (U_FAILURE(status)) return Letters(uset_openEmpty());
    uset_removeAllStrings(set.get());
    // No encoding before Unicode 3 had Romanian letters with a comma: cedillas stood for them.
    if (locale == "ro") {
        for (const UChar32 c : {0x15E, 0x15F, 0x162, 0x163}) uset_add(set.get(), c);
    }
    // Half as wide, for lines of few columns.
    if (locale == "ja" && type == ULOCDATA_ES_AUXILIARY) uset_addRange(set.get(), 0xFF66, 0xFF9F);
    uset_freeze(set.get());
    return set;
}

std::vector<Alphabet> load_alphabets() {
    std::vector<Alphabet> out;
    for (const Language& language : kLanguages) {
        UErrorCode status = U_ZERO_ERROR;
        const std::unique_ptr<ULocaleData, decltype(&ulocdata_close)> data(
            ulocdata_open(language.locale, &status), ulocdata_close);
        if (U_FAILURE(status)) continue;
        std::string_view tag = language.locale;
        if (tag == "zh_Hant") tag = "zh-Hant";
        if (tag == "nb") tag = "no";
        out.push_back({.locale = language.locale,
                       .tag = tag,
                       .rarity = language.rarity,
                       .own = letters_of(data.get(), ULOCDATA_ES_STANDARD, language.locale),
                       .loan = letters_of(data.get(), ULOCDATA_ES_AUXILIARY, language.locale)});
    }
    return out;
}

const std::vector<Alphabet>& alphabets() {
    static const std::vector<Alphabet> kAll = load_alphabets();
    return kAll;
}

enum class Kind { letter, mark, digit, blank, sign, opening, closing, dash, drawing, bad };

Kind kind_of(char32_t c) {
    const auto code = static_cast<UChar32>(c);
    if (c >= 0x2500 && c <= 0x259F) return Kind::drawing;
    if (is_space(c)) return Kind::blank;
    switch (u_charType(code)) {
        case U_UPPERCASE_LETTER:
        case U_LOWERCASE_LETTER:
        case U_TITLECASE_LETTER:
        case U_OTHER_LETTER:
            // The two ordinals are raised letters behind a number.
            return c == 0xAA || c == 0xBA ? Kind::closing : Kind::letter;
        case U_MODIFIER_LETTER:
            return c == 0x3005 || c == 0x30FC || (c >= 0x309D && c <= 0x309E) || c >= 0xFF00
                       ? Kind::letter
                       : Kind::sign;
        case U_NON_SPACING_MARK:
        case U_COMBINING_SPACING_MARK:
            return Kind::mark;
        case U_DECIMAL_DIGIT_NUMBER:
            return Kind::digit;
        case U_INITIAL_PUNCTUATION:
        case U_START_PUNCTUATION:
            return Kind::opening;
        case U_FINAL_PUNCTUATION:
        case U_END_PUNCTUATION:
            return Kind::closing;
        case U_DASH_PUNCTUATION:
            return Kind::dash;
        case U_SPACE_SEPARATOR:
        case U_LINE_SEPARATOR:
        case U_PARAGRAPH_SEPARATOR:
            return Kind::blank;
        case U_CONTROL_CHAR:
            return c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == 0x85 ? Kind::blank
                                                                                 : Kind::bad;
        case U_FORMAT_CHAR:
            return Kind::mark;
        case U_UNASSIGNED:
        case U_PRIVATE_USE_CHAR:
        case U_SURROGATE:
            return Kind::bad;
        default:
            return c == 0xFFFD ? Kind::bad : Kind::sign;
    }
}

/// Signs that people type, whatever their language.
bool is_common_sign(char32_t c) {
    switch (c) {
        case 0x00A1:  // Spanish exclamations and questions begin so.
        case 0x00BF:
        case 0x00A3:
        case 0x00A7:
        case 0x00A9:
        case 0x00AE:
        case 0x00B0:
        case 0x00B1:
        case 0x00B2:
        case 0x00B3:
        case 0x00B7:
        case 0x00BC:
        case 0x00BD:
        case 0x00D7:
        case 0x2022:
        case 0x2026:
        case 0x20AC:
        case 0x2116:
        case 0x2122:
        case 0x060C:
        case 0x061B:
        case 0x061F:
        case 0x3001:
        case 0x3002:
        case 0xFF0C:
        case 0xFF01:
        case 0xFF1F:
        case 0xFF1A:
        case 0xFF1B:
        case 0x30FB:
        case 0x25A0:
        case 0x25CB:
        case 0x25CF:
        case 0x203B:
            return true;
        default:
            return false;
    }
}

/// Chinese and Japanese are written without blanks, and any two scripts of theirs side by side.
bool is_east_asian(UScriptCode script) {
    return script == USCRIPT_HAN || script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA ||
           script == USCRIPT_HANGUL || script == USCRIPT_BOPOMOFO;
}

constexpr std::u32string_view kVowels =
    U"αεηιουωάέήίόύώϊϋΐΰаеёиоуыэюяіїєўјАЕЁИОУЫЭЮЯІЇЄΑΕΗΙΟΥΩΆΈΉΊΌΎΏ";

struct Sign {
    char32_t c = 0;
    Kind kind = Kind::blank;
};

class Judge {
public:
    Judge(std::string_view text, std::string_view languages) : text_(text), languages_(languages) {
        signs_.push_back({});
        for (std::size_t at = 0; at < text.size();) {
            const CodePoint c = code_point_at(text, at);
            signs_.push_back({.c = c.value, .kind = kind_of(c.value)});
            at += c.size;
        }
        signs_.push_back({});
        const auto letters = [&](bool ascii) {
            return std::ranges::count_if(signs_, [&](const Sign& sign) {
                return sign.kind == Kind::letter && (sign.c < 0x80) == ascii;
            });
        };
        is_mostly_ascii_ = letters(true) > letters(false);
    }

    Plausibility judge() {
        for (std::size_t i = 1; i + 1 < signs_.size();) {
            if (signs_[i].kind != Kind::letter) {
                if (signs_[i].c >= 0x80 || signs_[i].kind == Kind::bad) judge_sign(i);
                ++i;
                continue;
            }
            std::size_t end = i + 1;
            while (end + 1 < signs_.size() &&
                   (signs_[end].kind == Kind::letter || signs_[end].kind == Kind::mark)) {
                ++end;
            }
            judge_word(i, end);
            i = end;
        }
        if (characters_ == 0) return {};
        const auto count = static_cast<double>(characters_);
        return {.characters = characters_,
                .mean = (sum_ + best_alphabet() * static_cast<double>(letters_)) / count};
    }

private:
    void add(double value) {
        ++characters_;
        sum_ += value;
    }

    [[nodiscard]] bool is_letter(std::size_t i) const {
        return signs_[i].kind == Kind::letter || signs_[i].kind == Kind::mark;
    }

    void judge_sign(std::size_t i) {
        const auto [c, kind] = signs_[i];
        const bool before = is_letter(i - 1), behind = is_letter(i + 1);
        const bool dense = before && behind && signs_[i - 1].c < 0x2E80 && signs_[i + 1].c < 0x2E80;
        switch (kind) {
            case Kind::digit:
                return add(before || behind ? kOtherLetter : kSignAtItsPlace);
            case Kind::letter:
            case Kind::blank:
                // A no-break space between letters may be what is left of an accented one.
                return add(dense && c == 0xA0 ? 0 : kSignAtItsPlace);
            case Kind::bad:
                return add(kMeaningless);
            case Kind::mark:
                // A mark without a letter to stand on.
                return add(c == 0x200B || c == 0x200C || c == 0x200D || c == 0x200E ||
                                   c == 0x200F || c == 0x2060 || c == 0xAD
                               ? kSignAtItsPlace
                               : kMeaningless / 2);
            case Kind::drawing: {
                const bool line = signs_[i - 1].kind == Kind::drawing ||
                                  signs_[i + 1].kind == Kind::drawing || is_frame(i);
                if (before || behind) return add(kSignInAWord);
                return add(line ? kSignAtItsPlace : kSignAlone);
            }
            case Kind::dash:
                return add(kSignAtItsPlace);
            case Kind::opening:
                if (dense) return add(kSignInAWord);
                // Germans close with what others open with.
                if (c == 0x201C || c == 0x2018 || c == 0xAB) return add(kSignAtItsPlace);
                return add(before && !behind && signs_[i - 1].c < 0x2E80 ? kOtherLetter
                                                                         : kSignAtItsPlace);
            case Kind::closing:
                if (c == 0x2019) return add(kSignAtItsPlace);
                if (dense) return add(kSignInAWord);
                if (c == 0xBB || c == 0x201D) return add(kSignAtItsPlace);
                if (c == 0xAA || c == 0xBA) {
                    const bool number = signs_[i - 1].c >= '0' && signs_[i - 1].c <= '9';
                    return add(
                        number || (before && !behind && signs_[i - 1].c < 0x80) ? 0 : kOtherLetter);
                }
                return add(behind && !before && signs_[i + 1].c < 0x2E80 ? kOtherLetter
                                                                         : kSignAtItsPlace);
            case Kind::sign:
                if (c == 0xB7 && dense) return add(0);
                if (dense) return add(kSignInAWord);
                if (is_common_sign(c)) return add(kSignAtItsPlace);
                return add(before || behind ? 2 * kOtherLetter : kSignAlone);
        }
    }

    /// The side of a frame stands alone in its line's first or last column.
    [[nodiscard]] bool is_frame(std::size_t i) const {
        const auto is_end = [&](std::size_t at) {
            return signs_[at].c == '\n' || signs_[at].c == 0;
        };
        return is_end(i - 1) || is_end(i + 1);
    }

    /// What the letters of one word say together; the alphabet is asked of all words at once.
    void judge_word(std::size_t begin, std::size_t end) {
        std::size_t foreign = 0, letters = 0, capitals = 0;
        double penalty = 0;
        bool broken = false;
        UScriptCode script = USCRIPT_UNKNOWN;
        for (std::size_t i = begin; i < end; ++i) {
            const auto [c, kind] = signs_[i];
            if (c >= 0x80) ++foreign;
            if (kind == Kind::mark) {
                if (c >= 0x80) ++characters_, sum_ += kind_of_mark(i);
                continue;
            }
            ++letters;
            const bool capital = u_isupper(static_cast<UChar32>(c)) != 0;
            if (capital) ++capitals;
            const auto before = signs_[i - 1];
            const bool inside = i > begin && before.kind == Kind::letter;
            // A capital inside a word of small letters; names like McDonald have them in ASCII.
            if (inside && capital && u_islower(static_cast<UChar32>(before.c)) != 0 &&
                (c >= 0x80 || before.c >= 0x80)) {
                penalty += kOddCapital;
                broken = true;
            }
            // Capitals that go on in small letters, but for the first.
            if (inside && i > begin + 1 && u_islower(static_cast<UChar32>(c)) != 0 &&
                u_isupper(static_cast<UChar32>(before.c)) != 0 &&
                signs_[i - 2].kind == Kind::letter &&
                u_isupper(static_cast<UChar32>(signs_[i - 2].c)) != 0 &&
                (c >= 0x80 || before.c >= 0x80)) {
                penalty += kOddCapital / 2;
            }
            UErrorCode status = U_ZERO_ERROR;
            const UScriptCode now = uscript_getScript(static_cast<UChar32>(c), &status);
            if (now == USCRIPT_COMMON || now == USCRIPT_INHERITED) continue;
            const bool both_wide = is_east_asian(now) && is_east_asian(script);
            const bool narrow_beside_wide =
                is_east_asian(now) != is_east_asian(script) && (c < 0x80 || before.c < 0x80);
            if (script != USCRIPT_UNKNOWN && narrow_beside_wide) penalty += kOtherLetter / 2;
            if (script != USCRIPT_UNKNOWN && now != script && !both_wide && !narrow_beside_wide) {
                penalty += kOddScript;
            }
            // Japanese mixes its scripts; Chinese and Korean do not.
            if (both_wide && (now == USCRIPT_HANGUL) != (script == USCRIPT_HANGUL)) {
                penalty += kOddScript / 2;
            }
            script = now;
            // Letters whose form tells their place in the word.
            if (is_final_form(c) && i + 1 < end) penalty += kOddCapital;
            if (c == 0x3C3 && i + 1 == end && letters > 1) penalty += kOddCapital;
            if (is_final_form(c) && i + 1 == end && letters > 1) penalty += kSignAtItsPlace;
            if (c >= 0x80) ++histogram_[c], ++letters_, ++characters_;
        }
        if (foreign == 0) return;
        if (letters == 1 && script == USCRIPT_LATIN && !may_stand_alone(begin)) {
            penalty += 2 * kOtherLetter;
        }
        if (letters == 1 && script != USCRIPT_LATIN && script != USCRIPT_HAN && is_mostly_ascii_) {
            penalty += 2 * kOtherLetter;
        }
        if (script == USCRIPT_THAI) penalty += odd_thai_vowels(begin, end);
        if (letters > 1 && lacks_vowels(begin, end, script)) {
            penalty += kOtherLetter / 2 * static_cast<double>(foreign);
        }
        if (script == USCRIPT_HAN && end - begin <= 5 && stands_between_words(begin, end)) {
            penalty += kOtherLetter / 2 * static_cast<double>(foreign);
        }
        if (broken) penalty += kBrokenWord * static_cast<double>(foreign);
        if (capitals == letters && letters > 2) {
            penalty += kAllCapitals * static_cast<double>(foreign);
        }
        sum_ += penalty;
    }

    /// Vowels that are written before their consonant end no word; those above and below one follow
    /// it, and no other of their kind.
    [[nodiscard]] double odd_thai_vowels(std::size_t begin, std::size_t end) const {
        const auto is_consonant = [&](std::size_t i) {
            return i >= begin && i < end && signs_[i].c >= 0xE01 && signs_[i].c <= 0xE2E;
        };
        double sum = 0;
        for (std::size_t i = begin; i < end; ++i) {
            const char32_t c = signs_[i].c;
            const bool leads = c >= 0xE40 && c <= 0xE44;
            const bool above_or_below = c == 0xE31 || (c >= 0xE34 && c <= 0xE3A);
            // Nobody writes these two any more.
            if (c == 0xE03 || c == 0xE05) sum += kSignInAWord;
            if (leads && !is_consonant(i + 1)) sum += kSignInAWord;
            if (above_or_below && !is_consonant(i - 1)) sum += kSignInAWord;
        }
        return sum;
    }

    /// Words of one letter beyond ASCII, and capitals where a line or a sentence begins.
    [[nodiscard]] bool may_stand_alone(std::size_t at) const {
        constexpr std::u32string_view kWords = U"àáâãåæèéêíìòóôõøöùúýő";
        const char32_t c = signs_[at].c;
        const auto small = static_cast<char32_t>(u_tolower(static_cast<UChar32>(c)));
        if (kWords.find(small) == std::u32string_view::npos) return false;
        if (small == c) return true;
        const char32_t before = at > 1 ? signs_[at - 2].c : U'.';
        const bool begins = signs_[at - 1].c != ' ' || before == '.' || before == '!' ||
                            before == '?' || before == ':';
        return begins || u_isupper(static_cast<UChar32>(before)) != 0;
    }

    /// Words of alphabets that write vowels have some.
    [[nodiscard]] bool lacks_vowels(std::size_t begin, std::size_t end, UScriptCode script) const {
        if (script == USCRIPT_THAI) {
            if (end - begin < 5) return false;
            return std::none_of(
                signs_.begin() + static_cast<std::ptrdiff_t>(begin),
                signs_.begin() + static_cast<std::ptrdiff_t>(end),
                [](const Sign& sign) { return sign.c >= 0xE30 && sign.c <= 0xE4E; });
        }
        if (script != USCRIPT_CYRILLIC && script != USCRIPT_GREEK) return false;
        return std::none_of(
            signs_.begin() + static_cast<std::ptrdiff_t>(begin),
            signs_.begin() + static_cast<std::ptrdiff_t>(end),
            [&](const Sign& sign) { return kVowels.find(sign.c) != std::u32string_view::npos; });
    }

    /// Two letters of five are vowels in any text in Cyrillic or Greek.
    [[nodiscard]] double missing_vowels() const {
        constexpr std::size_t kSentence = 20;
        std::size_t letters = 0, vowels = 0;
        for (const auto& [c, count] : histogram_) {
            if (c < 0x370 || c > 0x45F) continue;
            letters += count;
            if (kVowels.find(c) != std::u32string_view::npos) vowels += count;
        }
        return letters >= kSentence && vowels * 10 < letters * 3 ? kOtherLetter / 3 : 0;
    }

    /// Japanese sentences hold kana.
    [[nodiscard]] double missing_kana() const {
        constexpr std::size_t kSentence = 8;
        const bool kana = std::ranges::any_of(histogram_, [](const auto& entry) {
            return (entry.first >= 0x3040 && entry.first <= 0x30FF) || entry.first >= 0xFF66;
        });
        return kana ? 0 : letters_ < kSentence ? kOtherLetter / 4 : kOtherLetter / 2;
    }

    /// Korean words have blanks around them; Chinese ones do not.
    [[nodiscard]] bool stands_between_words(std::size_t begin, std::size_t end) const {
        return begin > 2 && end + 1 < signs_.size() && signs_[begin - 1].c == ' ' &&
               signs_[begin - 2].c >= 0x3400 && signs_[begin - 2].kind == Kind::letter;
    }

    [[nodiscard]] double kind_of_mark(std::size_t i) const {
        // Half-width and Latin letters carry few marks in running text but in Vietnamese.
        const UChar32 base = static_cast<UChar32>(signs_[i - 1].c);
        UErrorCode status = U_ZERO_ERROR;
        const UScriptCode below = uscript_getScript(base, &status);
        const UScriptCode mine = uscript_getScript(static_cast<UChar32>(signs_[i].c), &status);
        return mine == USCRIPT_INHERITED || mine == below || signs_[i - 1].kind == Kind::mark
                   ? kLetterOfAlphabet
                   : kSignInAWord;
    }

    static bool is_final_form(char32_t c) {
        return c == 0x3C2 || c == 0x5DA || c == 0x5DD || c == 0x5DF || c == 0x5E3 || c == 0x5E5;
    }

    /// The mean over the letters by the alphabet that fits them best.
    [[nodiscard]] double best_alphabet() const {
        if (letters_ == 0) return 0;
        const LanguageGuess guess = judge_language(text_);
        double best = -10;
        for (const Alphabet& alphabet : alphabets()) {
            if (!languages_.empty() && !is_named(alphabet.locale)) continue;
            double sum = 0;
            for (const auto& [c, count] : histogram_) {
                sum += static_cast<double>(count) * fit(alphabet, c);
            }
            double mean = sum / static_cast<double>(letters_) - alphabet.rarity;
            if (alphabet.locale == "ja") mean += missing_kana();
            mean += missing_vowels();
            if (alphabet.tag == guess.tag && !is_told_by_script(guess.tag)) {
                mean += alphabet.rarity + words_of(guess);
            }
            best = std::max(best, mean);
        }
        return best;
    }

    static double words_of(const LanguageGuess& guess) {
        constexpr std::array<std::string_view, 6> kCyrillic = {"ru", "uk", "be", "bg", "sr", "mk"};
        if (!guess.reliable) return kPerhapsWordsOfLanguage;
        return std::ranges::find(kCyrillic, guess.tag) != kCyrillic.end() ? kWordsInCyrillic
                                                                          : kWordsOfLanguage;
    }

    /// Languages with a script of their own are recognised in any sequence of its letters.
    static bool is_told_by_script(std::string_view tag) {
        return tag == "el" || tag == "he" || tag == "th" || tag == "ko" || tag == "ja" ||
               tag.starts_with("zh");
    }

    [[nodiscard]] bool is_named(std::string_view locale) const {
        for (std::size_t at = languages_.find(locale); at != std::string_view::npos;
             at = languages_.find(locale, at + 1)) {
            const std::size_t end = at + locale.size();
            const bool begins = at == 0 || languages_[at - 1] == ' ';
            if (begins && (end == languages_.size() || languages_[end] == ' ')) return true;
        }
        return false;
    }

    static double fit(const Alphabet& alphabet, char32_t c) {
        if (alphabet.tag == "ko") {
            if (c < 0xAC00 || c > 0xD7A3) return kOtherLetter;
            return is_common_syllable(c) ? kLetterOfAlphabet : kLetterOfLoanWords;
        }
        const auto code = static_cast<UChar32>(c);
        if (uset_contains(alphabet.own.get(), code) != 0) return kLetterOfAlphabet;
        if (uset_contains(alphabet.loan.get(), code) != 0) return kLetterOfLoanWords;
        return kOtherLetter;
    }

    std::string_view text_;
    std::string_view languages_;
    std::vector<Sign> signs_;
    std::map<char32_t, std::size_t> histogram_;
    bool is_mostly_ascii_ = false;
    double sum_ = 0;
    std::size_t characters_ = 0;
    std::size_t letters_ = 0;
};

}  // namespace

Plausibility plausibility_of(std::string_view text, std::string_view languages) {
    return Judge(text, languages).judge();
}

void warm_up_plausibility() {
    (void)plausibility_of("na\u00EFve \u65E5\u672C");
}

}  // namespace ingestor::extract::text
