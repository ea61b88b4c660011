#include "extract/language.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "extract/utf8.hpp"

namespace ingestor::extract {
namespace {

/// So much of a text is enough to judge by.
constexpr std::size_t kSampleBytes = std::size_t{64} << 10;

struct CommonWords {
    const char* language = "";
    std::array<std::string_view, 16> words;
};

/// The commonest words of each language that are rare in the others.
constexpr std::array kCommonWords = {
    CommonWords{"en",
                {"the", "of", "and", "to", "is", "that", "for", "with", "was", "this", "are", "by",
                 "from", "be", "it", "which"}},
    CommonWords{"de",
                {"der", "die", "und", "das", "ist", "nicht", "mit", "von", "den", "auf", "dem",
                 "ein", "eine", "zu", "sich", "werden"}},
    CommonWords{"fr",
                {"le", "les", "et", "des", "du", "est", "une", "dans", "qui", "pour", "pas", "sur",
                 "au", "avec", "ce", "aux"}},
    CommonWords{"es",
                {"el", "los", "las", "y", "del", "que", "en", "una", "por", "con", "para", "como",
                 "su", "es", "lo", "se"}},
    CommonWords{"it",
                {"il", "di", "che", "della", "per", "sono", "gli", "nel", "con", "una", "dei",
                 "del", "alla", "non", "anche", "pi\u00F9"}},
    CommonWords{"pt",
                {"o", "os", "do", "da", "em", "um", "uma", "n\u00E3o", "para", "dos", "com", "ao",
                 "mais", "das", "pelo", "s\u00E3o"}},
    CommonWords{"nl",
                {"het", "een", "van", "en", "niet", "voor", "zijn", "dat", "op", "te", "aan", "met",
                 "ook", "wordt", "bij", "naar"}},
};

bool between(char32_t c, char32_t first, char32_t last) {
    return c >= first && c <= last;
}

struct Scripts {
    std::size_t latin = 0, cyrillic = 0, russian = 0, ukrainian = 0, greek = 0, hebrew = 0,
                thai = 0;
    std::size_t hangul = 0, kana = 0, han = 0, letters = 0;
};

Scripts count_scripts(std::string_view text) {
    Scripts count;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = code_point_at(text, at);
        at += c.size;
        const char32_t v = c.value;
        if (is_space(v) || is_punctuation(v) || between(v, '0', '9')) continue;
        ++count.letters;
        if (v < 0x250) ++count.latin;
        if (between(v, 0x370, 0x3FF)) ++count.greek;
        if (between(v, 0x400, 0x4FF)) ++count.cyrillic;
        if (v == 0x44B || v == 0x44D || v == 0x44A) ++count.russian;
        if (v == 0x456 || v == 0x457 || v == 0x454) ++count.ukrainian;
        if (between(v, 0x590, 0x5FF)) ++count.hebrew;
        if (between(v, 0xE00, 0xE7F)) ++count.thai;
        if (between(v, 0x3040, 0x30FF)) ++count.kana;
        if (between(v, 0xAC00, 0xD7AF)) ++count.hangul;
        if (between(v, 0x3400, 0x9FFF)) ++count.han;
    }
    return count;
}

std::string by_common_words(std::string_view text) {
    std::array<std::size_t, kCommonWords.size()> hits{};
    std::size_t words = 0;
    const auto judge = [&](std::string_view word) {
        ++words;
        const std::string lower = to_lower_ascii(word);
        for (std::size_t i = 0; i < kCommonWords.size(); ++i) {
            if (std::ranges::find(kCommonWords[i].words, lower) != kCommonWords[i].words.end())
                ++hits[i];
        }
    };
    std::size_t begin = 0;
    for (std::size_t at = 0; at <= text.size();) {
        const CodePoint c = at < text.size() ? code_point_at(text, at) : CodePoint{.value = U' '};
        if (is_space(c.value) || is_punctuation(c.value)) {
            if (at > begin) judge(text.substr(begin, at - begin));
            begin = at + c.size;
        }
        at += c.size;
    }
    const auto best = std::ranges::max_element(hits);
    const auto place = static_cast<std::size_t>(best - hits.begin());
    for (std::size_t i = 0; i < hits.size(); ++i) {
        if (i != place && hits[i] * 3 > *best * 2) return {};
    }
    return words >= 20 && *best * 100 >= words * 8 ? kCommonWords[place].language : "";
}

}  // namespace

std::string guess_language(std::string_view text) {
    text = text.substr(0, kSampleBytes);
    const Scripts count = count_scripts(text);
    const auto most = [&](std::size_t part) { return part * 2 > count.letters; };
    if (count.letters < 10) return {};
    if (most(count.kana + count.han)) {
        if (count.kana * 20 > count.han + count.kana) return "ja";
        // A few names in Han characters may be of any language that uses them.
        return count.han >= 60 && count.kana == 0 ? "zh" : "";
    }
    if (most(count.hangul)) return "ko";
    if (most(count.hebrew)) return "he";
    if (most(count.greek)) return "el";
    if (most(count.thai)) return "th";
    if (most(count.cyrillic)) {
        if (count.ukrainian * 50 > count.cyrillic && count.russian == 0) return "uk";
        if (count.russian * 100 > count.cyrillic && count.ukrainian == 0) return "ru";
        return {};
    }
    return most(count.latin) ? by_common_words(text) : std::string();
}

}  // namespace ingestor::extract
