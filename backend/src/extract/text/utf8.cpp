#include "extract/text/utf8.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace ingestor::extract::text {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool between(char32_t c, char32_t first, char32_t last) {
    return c >= first && c <= last;
}

}  // namespace

CodePoint code_point_at(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    const unsigned lead = byte(0);
    if (lead < 0x80) return {.value = lead, .size = 1};
    std::size_t size = 0;
    char32_t value = 0;
    if (lead >= 0xC2 && lead <= 0xDF) {
        size = 2;
        value = lead & 0x1F;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        size = 3;
        value = lead & 0x0F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        size = 4;
        value = lead & 0x07;
    } else {
        return {.value = kReplacement, .size = 1};
    }
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return {.value = kReplacement, .size = 1};
        value = value << 6 | (byte(i) & 0x3F);
    }
    const bool shortest =
        size == 2 || (size == 3 && value >= 0x800) || (size == 4 && value >= 0x10000);
    if (!shortest || between(value, 0xD800, 0xDFFF) || value > 0x10FFFF) {
        return {.value = kReplacement, .size = 1};
    }
    return {.value = value, .size = size};
}

void append_utf8(std::string& out, char32_t value) {
    if (value > 0x10FFFF || between(value, 0xD800, 0xDFFF)) value = kReplacement;
    const auto put = [&](char32_t byte) {
        out += static_cast<char>(static_cast<unsigned char>(byte));
    };
    if (value < 0x80) {
        put(value);
    } else if (value < 0x800) {
        put(0xC0 | value >> 6);
        put(0x80 | (value & 0x3F));
    } else if (value < 0x10000) {
        put(0xE0 | value >> 12);
        put(0x80 | (value >> 6 & 0x3F));
        put(0x80 | (value & 0x3F));
    } else {
        put(0xF0 | value >> 18);
        put(0x80 | (value >> 12 & 0x3F));
        put(0x80 | (value >> 6 & 0x3F));
        put(0x80 | (value & 0x3F));
    }
}

std::size_t count_code_points(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); at += code_point_at(text, at).size) ++count;
    return count;
}

std::string_view prefix(std::string_view text, std::size_t bytes_max) {
    return cut_utf8(text, bytes_max);
}

bool is_space(char32_t c) {
    return c == ' ' || between(c, 0x09, 0x0D) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           between(c, 0x2000, 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
           c == 0x3000;
}

bool is_ideographic(char32_t c) {
    return between(c, 0x2E80, 0x2FFF) || between(c, 0x3005, 0x3007) || between(c, 0x3040, 0x30FF) ||
           between(c, 0x31F0, 0x31FF) || between(c, 0x3400, 0x4DBF) || between(c, 0x4E00, 0x9FFF) ||
           between(c, 0xF900, 0xFAFF) || between(c, 0x20000, 0x3FFFF);
}

bool is_punctuation(char32_t c) {
    if (c < 0x80) {
        return between(c, '!', '/') || between(c, ':', '@') || between(c, '[', '`') ||
               between(c, '{', '~');
    }
    return between(c, 0xA1, 0xA9) || between(c, 0xAB, 0xB4) || between(c, 0xB6, 0xB9) ||
           between(c, 0xBB, 0xBF) || c == 0xD7 || c == 0xF7 || between(c, 0x2010, 0x2027) ||
           between(c, 0x2030, 0x205E) || between(c, 0x20A0, 0x20CF) || between(c, 0x2190, 0x2BFF) ||
           between(c, 0x3001, 0x3003) || between(c, 0x3008, 0x3020) || c == 0x3030 || c == 0x30FB ||
           between(c, 0xFF01, 0xFF0F) || between(c, 0xFF1A, 0xFF20) || between(c, 0xFF3B, 0xFF40) ||
           between(c, 0xFF5B, 0xFF65);
}

std::string_view trim(std::string_view text) {
    while (!text.empty()) {
        const CodePoint first = code_point_at(text, 0);
        if (!is_space(first.value)) break;
        text.remove_prefix(first.size);
    }
    while (!text.empty()) {
        std::size_t at = text.size() - 1;
        while (at > 0 && text.size() - at < 4 &&
               (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80)
            --at;
        const CodePoint last = code_point_at(text, at);
        if (at + last.size != text.size() || !is_space(last.value)) break;
        text.remove_suffix(last.size);
    }
    return text;
}

std::string to_lower_ascii(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    });
    return out;
}

std::uint64_t count_words(std::string_view text) {
    std::uint64_t words = 0;
    bool in_word = false;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = code_point_at(text, at);
        at += c.size;
        if (is_space(c.value)) {
            in_word = false;
        } else if (is_ideographic(c.value)) {
            ++words;
            in_word = false;
        } else if (!in_word && !is_punctuation(c.value)) {
            ++words;
            in_word = true;
        }
    }
    return words;
}

}  // namespace ingestor::extract::text
