#include "extract/formats/html/character_references.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include <cmark-gfm/buffer.h>
#include <cmark-gfm/houdini.h>
#include <libxml/HTMLparser.h>

#include "extract/text/utf8.hpp"

namespace ingestor::extract::html {
namespace {

/// The longest name, `CounterClockwiseContourIntegral`.
constexpr std::size_t kNameMax = 31;

/// What numbers of windows-1252's control range stand for.
constexpr std::array<char16_t, 32> kWindows1252 = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_name(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    const char small = static_cast<char>(c | 0x20);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

char32_t numbered(std::uint32_t number) {
    if (number == 0 || number > 0x10FFFF || (number >= 0xD800 && number <= 0xDFFF)) return 0xFFFD;
    if (number >= 0x80 && number <= 0x9F) return kWindows1252[number - 0x80];
    return number;
}

/// Reads `&#...`; the size of the reference, or 0 where there is none.
std::size_t numeric(std::string& out, std::string_view text) {
    std::size_t at = 2;
    const bool hex = at < text.size() && (text[at] == 'x' || text[at] == 'X');
    if (hex) ++at;
    const std::size_t begin = at;
    std::uint32_t number = 0;
    for (; at < text.size(); ++at) {
        const int digit = hex ? hex_value(text[at]) : is_digit(text[at]) ? text[at] - '0' : -1;
        if (digit < 0) break;
        if (number <= 0x10FFFF)
            number = number * (hex ? 16U : 10U) + static_cast<std::uint32_t>(digit);
    }
    if (at == begin) return 0;
    text::append_utf8(out, numbered(number));
    return at < text.size() && text[at] == ';' ? at + 1 : at;
}

/// Names that count without a semicolon, too: those of Latin-1, and four in capitals.
bool legacy(std::string& out, const std::string& name) {
    if (name == "AMP" || name == "LT" || name == "GT" || name == "QUOT" || name == "COPY" ||
        name == "REG") {
        return legacy(out, text::to_lower_ascii(name));
    }
    const auto* const entity = htmlEntityLookup(reinterpret_cast<const xmlChar*>(name.c_str()));
    if (entity == nullptr || entity->value > 0xFF || name == "apos") return false;
    text::append_utf8(out, entity->value);
    return true;
}

/// The name of a reference with a semicolon, as cmark's table has it.
bool named(std::string& out, std::string_view name_and_semicolon) {
    cmark_strbuf buffer;
    cmark_strbuf_init(cmark_get_default_mem_allocator(), &buffer, 8);
    const auto taken = houdini_unescape_ent(
        &buffer, reinterpret_cast<const std::uint8_t*>(name_and_semicolon.data()),
        static_cast<bufsize_t>(name_and_semicolon.size()));
    if (taken > 0)
        out.append(reinterpret_cast<const char*>(buffer.ptr),
                   static_cast<std::size_t>(buffer.size));
    cmark_strbuf_free(&buffer);
    return taken > 0;
}

std::size_t reference(std::string& out, std::string_view text, ReferenceIn where) {
    if (text.size() < 2) return 0;
    if (text[1] == '#') return numeric(out, text);
    std::size_t end = 1;
    while (end < text.size() && end <= kNameMax && is_name(text[end])) ++end;
    if (end == 1) return 0;
    if (end < text.size() && text[end] == ';' && named(out, text.substr(1, end))) return end + 1;
    // The longest name of Latin-1 that it begins with; all have two to six letters.
    for (std::size_t size = std::min<std::size_t>(end - 1, 6); size >= 2; --size) {
        const std::size_t behind = 1 + size;
        const char next = behind < text.size() ? text[behind] : ' ';
        // In a link's query it is a parameter.
        if (where == ReferenceIn::attribute && (next == '=' || is_name(next))) continue;
        if (legacy(out, std::string(text.substr(1, size))))
            return next == ';' ? behind + 1 : behind;
    }
    return 0;
}

}  // namespace

bool needs_decoding(std::string_view text) {
    return std::memchr(text.data(), '&', text.size()) != nullptr ||
           std::memchr(text.data(), '\r', text.size()) != nullptr ||
           std::memchr(text.data(), '\0', text.size()) != nullptr;
}

void append_decoded(std::string& out, std::string_view text, ReferenceIn where) {
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t stop =
            std::min(text.find_first_of(std::string_view("&\r\0", 3), at), text.size());
        out += text.substr(at, stop - at);
        at = stop;
        if (at == text.size()) return;
        if (text[at] == '&') {
            const std::size_t size =
                where == ReferenceIn::nothing ? 0 : reference(out, text.substr(at), where);
            if (size == 0) out += '&';
            at += std::max<std::size_t>(size, 1);
        } else {
            if (text[at] == '\r') {
                out += '\n';
                if (at + 1 < text.size() && text[at + 1] == '\n') ++at;
            }
            ++at;
        }
    }
}

}  // namespace ingestor::extract::html
