#include "extract/pipeline/ledger/words.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "extract/text/utf8.hpp"

namespace ingestor::extract::pipeline::ledger {
namespace {

constexpr std::uint64_t kBase = 0x9E3779B97F4A7C15;

/// What a sign stands for; the empty text where it is no part of a word, nor ends one.
struct Folded {
    std::array<char32_t, 3> signs = {};
    std::size_t size = 0;
};

Folded one(char32_t c) {
    return {.signs = {c}, .size = 1};
}

Folded fold(char32_t c) {
    if (c < 0x80) return one(c);
    // Soft hyphens, joiners, marks of direction and order.
    if (c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x2060 && c <= 0x2064) || c == 0xFEFF)
        return {};
    if (c == 0xB2 || c == 0xB3) return one(U'2' + (c - 0xB2));
    if (c == 0xB9) return one(U'1');
    if (c == 0x2070 || (c >= 0x2074 && c <= 0x2079)) return one(U'0' + (c - 0x2070));
    if (c == 0x2071) return one(U'i');
    if (c == 0x207F) return one(U'n');
    if (c >= 0x2080 && c <= 0x2089) return one(U'0' + (c - 0x2080));
    if ((c >= 0x207A && c <= 0x207E) || (c >= 0x208A && c <= 0x208E)) return one(U'-');
    if (c >= 0xFB00 && c <= 0xFB06) {
        constexpr std::array<Folded, 7> kLigatures = {{{{U'f', U'f'}, 2},
                                                       {{U'f', U'i'}, 2},
                                                       {{U'f', U'l'}, 2},
                                                       {{U'f', U'f', U'i'}, 3},
                                                       {{U'f', U'f', U'l'}, 3},
                                                       {{U's', U't'}, 2},
                                                       {{U's', U't'}, 2}}};
        return kLigatures[c - 0xFB00];
    }
    return one(c);
}

bool is_script(char32_t c) {
    return c == 0xB2 || c == 0xB3 || c == 0xB9 || (c >= 0x2070 && c <= 0x209C);
}

bool is_letter(char32_t c) {
    if (c < 0x80) {
        return (c >= U'0' && c <= U'9') || (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z');
    }
    const bool picture = c >= 0x1F000 && c < 0x20000;
    return !text::is_space(c) && !text::is_punctuation(c) && c != 0xFFFD && c >= 0xA0 && !picture;
}

/// Reads words sign by sign.
class Reader {
public:
    explicit Reader(std::size_t bytes) { words_.reserve(bytes / 8); }

    // Most of most texts.
    void put_ascii(unsigned char c, std::size_t at) {
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f') return;
        if (!on_line_) end_word();
        on_line_ = true;
        if (is_letter(c)) {
            add(c, at);
        } else {
            end_word();
        }
    }

    void put(char32_t c, std::size_t at) {
        const Folded folded = fold(c);
        // What is raised or lowered is a word of its own, as it is where it is set so.
        const bool on_line = !is_script(c);
        if (folded.size > 0 && on_line != on_line_) end_word();
        if (folded.size > 0) on_line_ = on_line;
        for (std::size_t i = 0; i < folded.size; ++i) letter(folded.signs[i], at);
    }

    void end_word() {
        if (word_.letters > 0) words_.push_back(std::exchange(word_, {}));
    }

    std::vector<Word> take() {
        end_word();
        return std::move(words_);
    }

private:
    void letter(char32_t c, std::size_t at) {
        if (!is_letter(c)) {
            end_word();
            return;
        }
        const bool alone = text::is_ideographic(c);
        if (alone) end_word();
        add(c, at);
        if (alone) end_word();
    }

    void add(char32_t c, std::size_t at) {
        if (word_.letters == 0) word_.begin = static_cast<std::uint32_t>(at);
        word_.hash = extended(word_.hash, c);
        ++word_.letters;
    }

    std::vector<Word> words_;
    Word word_;
    bool on_line_ = true;
};

/// The size of a tag at the start of the text, or 0, and whether text goes on over
/// it.
struct Tag {
    std::size_t size = 0;
    bool joins = false;
};

Tag tag_at(std::string_view text, Tags tags) {
    constexpr std::array<std::string_view, 22> kNames = {
        "strong", "em", "s",  "code", "a",  "sup", "sub", "br", "table", "thead",  "tbody",
        "tr",     "th", "td", "ul",   "ol", "li",  "pre", "h1", "h2",    "figure", "blockquote"};
    constexpr std::size_t kJoining = 5;
    std::size_t begin = 1;
    if (begin < text.size() && text[begin] == '/') ++begin;
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (!text.substr(begin).starts_with(kNames[i])) continue;
        const std::size_t end = begin + kNames[i].size();
        if (end >= text.size() || (text[end] != '>' && text[end] != ' ')) continue;
        const std::size_t close = text.substr(0, 4'096).find('>', end);
        if (close == std::string_view::npos) return {};
        return {.size = close + 1, .joins = i < kJoining};
    }
    const bool named = begin < text.size() && ((text[begin] >= 'a' && text[begin] <= 'z') ||
                                               (text[begin] >= 'A' && text[begin] <= 'Z'));
    const std::size_t close = text.substr(0, 4'096).find('>');
    if (tags == Tags::own || !named || close == std::string_view::npos) return {};
    return {.size = close + 1};
}

}  // namespace

std::vector<Word> words_of(std::string_view text) {
    Reader reader(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte < 0x80) {
            reader.put_ascii(byte, at++);
            continue;
        }
        const text::CodePoint c = text::code_point_at(text, at);
        reader.put(c.value, at);
        at += c.size;
    }
    return reader.take();
}

std::vector<char32_t> letters_of(std::string_view text, const Word& word) {
    std::vector<char32_t> out;
    for (std::size_t at = word.begin; at < text.size() && out.size() < word.letters;) {
        const text::CodePoint c = text::code_point_at(text, at);
        const Folded folded = fold(c.value);
        for (std::size_t i = 0; i < folded.size; ++i) {
            if (is_letter(folded.signs[i])) out.push_back(folded.signs[i]);
        }
        at += c.size;
    }
    return out;
}

std::uint64_t extended(std::uint64_t hash, char32_t letter) {
    return hash * kBase + letter + 1;
}

std::vector<Word> words_of_markdown(std::string_view markdown, Tags tags) {
    Reader reader(markdown.size());
    for (std::size_t at = 0; at < markdown.size();) {
        const auto byte = static_cast<unsigned char>(markdown[at]);
        if (byte == '<' && (at == 0 || markdown[at - 1] != '\\')) {
            if (const Tag tag = tag_at(markdown.substr(at), tags); tag.size > 0) {
                if (!tag.joins) reader.end_word();
                at += tag.size;
                continue;
            }
        }
        if (byte < 0x80) {
            reader.put_ascii(byte, at++);
            continue;
        }
        const text::CodePoint c = text::code_point_at(markdown, at);
        reader.put(c.value, at);
        at += c.size;
    }
    return reader.take();
}

std::uint64_t joined(std::uint64_t a, const Word& b) {
    static constexpr auto kPowers = [] {
        std::array<std::uint64_t, 64> powers{1};
        for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * kBase;
        return powers;
    }();
    std::uint64_t power = kPowers[b.letters % kPowers.size()];
    for (std::size_t i = kPowers.size(); i <= b.letters; i += kPowers.size()) {
        power *= kPowers.back() * kBase;
    }
    return a * power + b.hash;
}

}  // namespace ingestor::extract::pipeline::ledger
