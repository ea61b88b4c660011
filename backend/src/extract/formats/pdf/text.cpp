#include "extract/formats/pdf/text.hpp"

#include <memory>

#include <unicode/normalizer2.h>
#include <unicode/ubidi.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf16.h>

namespace ingestor::extract::pdf {
namespace {

UChar32 code(char32_t c) {
    return static_cast<UChar32>(c);
}

bool is_presentation_form(char32_t c) {
    return (c >= 0xFB13 && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFC);
}

icu::UnicodeString to_utf16(std::u32string_view text) {
    icu::UnicodeString out;
    for (const char32_t c : text) out.append(code(c));
    return out;
}

std::u32string to_utf32(const icu::UnicodeString& text) {
    std::u32string out;
    out.reserve(static_cast<std::size_t>(text.length()));
    for (int32_t i = 0; i < text.length();) {
        const UChar32 c = text.char32At(i);
        out += static_cast<char32_t>(c);
        i += U16_LENGTH(c);
    }
    return out;
}

struct CloseBidi {
    void operator()(UBiDi* bidi) const { ubidi_close(bidi); }
};

icu::UnicodeString reordered(const icu::UnicodeString& visual, Brackets brackets) {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<UBiDi, CloseBidi> bidi(ubidi_openSized(visual.length(), 0, &status));
    if (U_FAILURE(status)) return visual;
    int32_t right = 0;
    int32_t left = 0;
    for (int32_t i = 0; i < visual.length(); ++i) {
        const auto direction = u_charDirection(visual.charAt(i));
        if (direction == U_RIGHT_TO_LEFT || direction == U_RIGHT_TO_LEFT_ARABIC) ++right;
        if (direction == U_LEFT_TO_RIGHT) ++left;
    }
    ubidi_setReorderingMode(bidi.get(), UBIDI_REORDER_INVERSE_LIKE_DIRECT);
    const UBiDiLevel level = right >= left ? 1 : 0;
    ubidi_setPara(bidi.get(), visual.getBuffer(), visual.length(), level, nullptr, &status);
    icu::UnicodeString out;
    const int32_t room = visual.length() * 2 + 16;
    UChar* const buffer = out.getBuffer(room);
    const std::uint16_t options = brackets == Brackets::as_drawn ? UBIDI_DO_MIRRORING : 0;
    const int32_t length = ubidi_writeReordered(bidi.get(), buffer, room, options, &status);
    out.releaseBuffer(U_SUCCESS(status) ? length : 0);
    return U_SUCCESS(status) ? out : visual;
}

}  // namespace

void append_folded(std::u32string& out, char32_t c) {
    if (c >= 0x21 && c < 0x7F) {
        out += c;
        return;
    }
    if (c == ' ' || c == '\t' || c == 0xA0 || c == 0x3000 || c == 0x202F || c == 0x205F ||
        (c >= 0x2000 && c <= 0x200A)) {
        out += U' ';
        return;
    }
    switch (c) {
        case 0xFB00:
            out += U"ff";
            return;
        case 0xFB01:
            out += U"fi";
            return;
        case 0xFB02:
            out += U"fl";
            return;
        case 0xFB03:
            out += U"ffi";
            return;
        case 0xFB04:
            out += U"ffl";
            return;
        case 0xFB05:
        case 0xFB06:
            out += U"st";
            return;
        // The bullets of Symbol and Wingdings, as word processors write them.
        case 0xF0A7:
        case 0xF0A8:
        case 0xF0B7:
        case 0xF0D8:
        case 0xF076:
        case 0xF0FC:
            out += U'\u2022';
            return;
        default:
            break;
    }
    const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
    const bool invisible = (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
                           (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || c == 0x2028 ||
                           c == 0x2029;
    const bool no_character = (c >= 0xD800 && c <= 0xDFFF) || (c & 0xFFFE) == 0xFFFE ||
                              (c >= 0xFDD0 && c <= 0xFDEF) || c > 0x10FFFF || c == 0xFFFD;
    const bool private_use = (c >= 0xE000 && c <= 0xF8FF) || c >= 0xF0000;
    if (control || invisible || no_character || private_use) return;
    out += c;
}

bool is_right_to_left(char32_t c) {
    return (c >= 0x0590 && c <= 0x08FF) || (c >= 0xFB1D && c <= 0xFDFF) ||
           (c >= 0xFE70 && c <= 0xFEFC) || (c >= 0x10800 && c <= 0x10FFF) ||
           (c >= 0x1E800 && c <= 0x1EFFF);
}

bool is_letter(char32_t c) {
    if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return u_isalpha(code(c)) != 0;
}

bool is_lower(char32_t c) {
    if (c < 0x80) return c >= 'a' && c <= 'z';
    return u_islower(code(c)) != 0;
}

bool is_upper(char32_t c) {
    if (c < 0x80) return c >= 'A' && c <= 'Z';
    return u_isupper(code(c)) != 0;
}

bool is_digit(char32_t c) {
    return c >= '0' && c <= '9';
}

bool is_ideographic(char32_t c) {
    return (c >= 0x2E80 && c <= 0x30FF) || (c >= 0x31F0 && c <= 0x9FFF) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFF00 && c <= 0xFFEF) ||
           (c >= 0x20000 && c <= 0x3FFFF);
}

bool needs_reordering(std::u32string_view text) {
    for (const char32_t c : text) {
        if (c < 0x300) continue;
        if (c <= 0x36F || is_right_to_left(c)) return true;
    }
    return false;
}

int bracket_vote(std::u32string_view visual) {
    static constexpr std::u32string_view kOpening = U"([{";
    static constexpr std::u32string_view kClosing = U")]}";
    int vote = 0;
    char32_t last = 0;
    bool turned = false;
    for (const char32_t c : visual) {
        turned = turned || is_right_to_left(c);
        const auto opens = kOpening.find(c);
        const auto closes = kClosing.find(c);
        if (opens == kOpening.npos && closes == kClosing.npos) continue;
        if (closes != kClosing.npos && last == kOpening[closes]) ++vote;
        if (opens != kOpening.npos && last == kClosing[opens]) --vote;
        last = c;
    }
    return turned ? vote : 0;
}

std::u32string to_logical(std::u32string_view visual, Brackets brackets) {
    bool turned = false;
    bool forms = false;
    for (const char32_t c : visual) {
        turned = turned || is_right_to_left(c);
        forms = forms || is_presentation_form(c);
    }
    icu::UnicodeString text = to_utf16(visual);
    if (turned) text = reordered(text, brackets);
    UErrorCode status = U_ZERO_ERROR;
    if (forms) {
        const auto* const compatible = icu::Normalizer2::getNFKCInstance(status);
        icu::UnicodeString spread;
        for (int32_t i = 0; U_SUCCESS(status) && i < text.length(); ++i) {
            const UChar c = text.charAt(i);
            if (is_presentation_form(c)) {
                spread.append(compatible->normalize(icu::UnicodeString(c), status));
            } else {
                spread.append(c);
            }
        }
        if (U_SUCCESS(status)) text = spread;
    }
    const auto* const canonical = icu::Normalizer2::getNFCInstance(status);
    if (U_SUCCESS(status)) {
        const icu::UnicodeString composed = canonical->normalize(text, status);
        if (U_SUCCESS(status)) text = composed;
    }
    return to_utf32(text);
}

void append_utf8(std::string& out, char32_t c) {
    const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0 | c >> 6);
        put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        put(0xE0 | c >> 12);
        put(0x80 | (c >> 6 & 0x3F));
        put(0x80 | (c & 0x3F));
    } else {
        put(0xF0 | c >> 18);
        put(0x80 | (c >> 12 & 0x3F));
        put(0x80 | (c >> 6 & 0x3F));
        put(0x80 | (c & 0x3F));
    }
}

std::string to_utf8(std::u32string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char32_t c : text) append_utf8(out, c);
    return out;
}

std::u32string from_utf8(std::string_view text) {
    return to_utf32(icu::UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<int32_t>(text.size()))));
}

std::u32string pattern_of(std::u32string_view text) {
    std::u32string out;
    for (const char32_t c : text) {
        if (is_digit(c)) {
            if (out.empty() || out.back() != U'0') out += U'0';
        } else if (c < 0x80) {
            if (is_letter(c)) out += c | 0x20;
        } else {
            out += static_cast<char32_t>(u_tolower(code(c)));
        }
    }
    return out;
}

std::u32string skeleton_of(std::u32string_view text) {
    std::u32string out;
    for (const char32_t c : text) {
        if (c < 0x80) {
            if (is_letter(c)) {
                out += c | 0x20;
            } else if (is_digit(c)) {
                out += c;
            }
        } else if (u_isalnum(code(c)) != 0) {
            out += static_cast<char32_t>(u_tolower(code(c)));
        }
    }
    return out;
}

}  // namespace ingestor::extract::pdf
