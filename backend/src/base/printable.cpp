#include "base/printable.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>

#include <fmt/format.h>

#include "base/encoding.hpp"

namespace ingestor {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// Length of the well-formed UTF-8 sequence that `text` starts with; 0 if it starts with none.
std::size_t sequence_length(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    if (lead < 0x80) return 1;
    const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    const auto sequence = text.substr(0, length);
    return sequence.size() == length && is_utf8(sequence) ? length : 0;
}

/// Of a well-formed sequence.
std::uint32_t code_point(std::string_view sequence) {
    const auto lead = static_cast<unsigned char>(sequence.front());
    if (sequence.size() == 1) return lead;
    std::uint32_t value = lead & (0x7FU >> sequence.size());
    for (const char c : sequence.substr(1)) {
        value = value << 6 | (static_cast<unsigned char>(c) & 0x3FU);
    }
    return value;
}

/// All of them lie in the first plane, so that four digits name each.
bool is_escaped(std::uint32_t point) {
    const bool control = point < 0x20 || (point >= 0x7F && point <= 0x9F);
    const bool separator = point == 0x2028 || point == 0x2029;
    const bool bidi = point == 0x061C || point == 0x200E || point == 0x200F ||
                      (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
    return control || separator || bidi;
}

void append_escape(std::string& out, std::uint32_t point) {
    switch (point) {
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", point);
    }
}

bool is_plain_ascii(char c) {
    return c >= 0x20 && c < 0x7F;
}

struct Rules {
    std::string_view kept;         ///< As they are.
    std::string_view backslashed;  ///< With a backslash before them.
    std::string_view bad_byte;
};

void append(std::string& out, std::string_view text, const Rules& rules) {
    const auto passes = [&rules](char c) {
        return is_plain_ascii(c) && rules.backslashed.find(c) == std::string_view::npos;
    };
    while (!text.empty()) {
        std::size_t plain = 0;
        while (plain < text.size() && passes(text[plain])) ++plain;
        out.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty()) return;

        const auto length = sequence_length(text);
        const auto sequence = text.substr(0, length);
        if (length == 0) {
            out += rules.bad_byte;
        } else if (length == 1 && rules.kept.find(text.front()) != std::string_view::npos) {
            out += sequence;
        } else if (const auto point = code_point(sequence); is_escaped(point)) {
            append_escape(out, point);
        } else {
            if (length == 1) out += '\\';
            out += sequence;
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
}

}  // namespace

std::string printable(std::string_view text, std::string_view kept) {
    std::string out;
    out.reserve(text.size());
    append(out, text, {.kept = kept, .backslashed = {}, .bad_byte = kReplacement});
    return out;
}

void append_printable_json(std::string& out, std::string_view text) {
    append(out, text, {.kept = {}, .backslashed = "\"\\", .bad_byte = "\\ufffd"});
}

}  // namespace ingestor
