#include "extract/text/controls.hpp"

#include <algorithm>
#include <cstddef>

namespace ingestor::extract::text {
namespace {

constexpr char kEscape = '\x1B';
constexpr char kBell = '\x07';
constexpr char kBackspace = '\b';
/// A control string of more bytes than this was never closed, so that it is none.
constexpr std::size_t kStringBytesMax = 4096;
constexpr std::size_t kSequenceBytesMax = 256;

bool between(char c, char first, char last) {
    return c >= first && c <= last;
}

/// The end of a control sequence whose parameters begin at `at`; `at` itself where it is none.
std::size_t behind_sequence(std::string_view text, std::size_t at) {
    const std::size_t end = std::min(text.size(), at + kSequenceBytesMax);
    std::size_t i = at;
    while (i < end && between(text[i], 0x30, 0x3F)) ++i;
    while (i < end && between(text[i], 0x20, 0x2F)) ++i;
    return i < end && between(text[i], 0x40, 0x7E) ? i + 1 : at;
}

/// The end of a control string (a title, a link) whose text begins at `at`.
std::size_t behind_string(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at, kStringBytesMax);
    for (std::size_t i = 0; i < rest.size() && rest[i] != '\n'; ++i) {
        if (rest[i] == kBell) return at + i + 1;
        // Another escape ends the string, or shows that it never ended.
        if (rest[i] == kEscape) return rest.substr(i).starts_with("\x1B\\") ? at + i + 2 : at;
        if (rest.substr(i).starts_with("\u009C")) return at + i + 2;
    }
    return at;
}

/// The end of what the escape at `at` begins: of the escape alone where nothing known follows.
std::size_t behind_escape(std::string_view text, std::size_t at) {
    const std::size_t next = at + 1;
    if (next >= text.size()) return next;
    const char kind = text[next];
    if (kind == '[') {
        const std::size_t end = behind_sequence(text, next + 1);
        return end == next + 1 ? next : end;
    }
    if (kind == ']' || kind == 'P' || kind == 'X' || kind == '^' || kind == '_') {
        const std::size_t end = behind_string(text, next + 1);
        return end == next + 1 ? next : end;
    }
    const char final = next + 1 < text.size() ? text[next + 1] : '\0';
    // Choices of character sets, sizes of letters, and how the terminal itself shall answer.
    if (std::string_view("()*+-./").find(kind) != std::string_view::npos) {
        return between(final, '0', '~') ? next + 2 : next;
    }
    if (kind == '#') return between(final, '3', '8') ? next + 2 : next;
    if (kind == '%') return final == '@' || final == 'G' ? next + 2 : next;
    if (kind == ' ') return final == 'F' || final == 'G' ? next + 2 : next;
    constexpr std::string_view kAlone = "6789=>cDEHMNOZ\\lmno|}~";
    return kAlone.find(kind) != std::string_view::npos ? next + 1 : next;
}

std::size_t last_character(const std::string& text) {
    std::size_t at = text.size();
    while (at > 0 && (static_cast<unsigned char>(text[at - 1]) & 0xC0) == 0x80) --at;
    return at == 0 ? 0 : at - 1;
}

/// What a backspace strikes over: the character before it gives way to the next one, but for a
/// line under it that the next one would be.
std::size_t strike(std::string_view text, std::size_t at, std::string& out) {
    const bool something = !out.empty() && out.back() != '\n';
    if (!something || at + 1 >= text.size()) return at + 1;
    const std::size_t last = last_character(out);
    const std::string_view before = std::string_view(out).substr(last);
    if (text[at + 1] == '_' && before != "_") return at + 2;
    const bool again = text.substr(at + 1).starts_with(before);
    if (again || before == "_") out.resize(last);
    return at + 1;
}

}  // namespace

std::string without_terminal_controls(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == kEscape) {
            at = behind_escape(text, at);
        } else if (text[at] == '\xC2' && at + 1 < text.size() && text[at + 1] == '\x9B') {
            at = behind_sequence(text, at + 2);
        } else if (text[at] == kBackspace) {
            at = strike(text, at, out);
        } else {
            out += text[at++];
        }
    }
    return out;
}

}  // namespace ingestor::extract::text
