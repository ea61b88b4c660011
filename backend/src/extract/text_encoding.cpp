#include "extract/text_encoding.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <uchardet.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>
#include <unicode/ucsdet.h>

#include "base/encoding.hpp"
#include "extract/utf8.hpp"

namespace ingestor::extract {
namespace {

/// Statistics need no more than this much of a file.
constexpr std::size_t kSampleBytes = std::size_t{1} << 20;

struct Mark {
    std::string_view bytes;
    const char* encoding;
};

/// The longer marks first: UTF-32's begins with UTF-16's.
constexpr std::array kMarks = {
    Mark{std::string_view("\xFF\xFE\x00\x00", 4), "UTF-32LE"},
    Mark{std::string_view("\x00\x00\xFE\xFF", 4), "UTF-32BE"},
    Mark{std::string_view("\xEF\xBB\xBF", 3), "UTF-8"},
    Mark{std::string_view("\xFF\xFE", 2), "UTF-16LE"},
    Mark{std::string_view("\xFE\xFF", 2), "UTF-16BE"},
};

/// Where NULs stand tells a 16- or 32-bit encoding without a mark; nullptr if none.
const char* wide_encoding(std::string_view bytes) {
    bytes = bytes.substr(0, 4096);
    if (bytes.size() < 4) return nullptr;
    std::array<std::size_t, 4> nuls{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] == '\0') ++nuls[i % 4];
    }
    const std::size_t units = bytes.size() / 4;
    const auto many = [&](std::size_t k) { return nuls[k] * 10 >= units * 7; };
    const auto few = [&](std::size_t k) { return nuls[k] * 10 <= units; };
    if (many(1) && many(2) && many(3) && few(0)) return "UTF-32LE";
    if (many(0) && many(1) && many(2) && few(3)) return "UTF-32BE";
    if (many(1) && many(3) && few(0) && few(2)) return "UTF-16LE";
    if (many(0) && many(2) && few(1) && few(3)) return "UTF-16BE";
    return nullptr;
}

/// The encoding in use where a name promises less: the supersets that browsers take as well.
std::string superset(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, const char*>, 16> kSupersets = {{
        {"shift_jis", "ibm-943_P15A-2003"},
        {"sjis", "ibm-943_P15A-2003"},
        {"windows-31j", "ibm-943_P15A-2003"},
        {"euc-kr", "windows-949"},
        {"uhc", "windows-949"},
        {"ks_c_5601-1987", "windows-949"},
        {"gb2312", "gb18030"},
        {"gbk", "gb18030"},
        {"hz-gb-2312", "HZ"},
        {"iso-8859-1", "windows-1252"},
        {"us-ascii", "windows-1252"},
        {"ascii", "windows-1252"},
        {"iso-8859-9", "windows-1254"},
        {"tis-620", "windows-874"},
        {"iso-8859-8", "windows-1255"},
        {"mac-cyrillic", "x-mac-cyrillic"},
    }};
    const std::string lower = to_lower_ascii(name);
    for (const auto& [known, better] : kSupersets) {
        if (lower == known) return better;
    }
    return std::string(name);
}

struct Conversion {
    std::string text;
    std::size_t bad = 0;  ///< Characters that could not be read, or are controls.
};

std::optional<Conversion> convert(std::string_view bytes, const std::string& encoding) {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<UConverter, decltype(&ucnv_close)> from(
        ucnv_open(encoding.c_str(), &status), ucnv_close);
    if (U_FAILURE(status)) return std::nullopt;
    Conversion out;
    std::vector<UChar> units(64 * 1024);
    const char* source = bytes.data();
    const char* const end = bytes.data() + bytes.size();
    char32_t high = 0;
    bool more = true;
    while (more) {
        UChar* target = units.data();
        status = U_ZERO_ERROR;
        ucnv_toUnicode(from.get(), &target, units.data() + units.size(), &source, end, nullptr, 1,
                       &status);
        more = status == U_BUFFER_OVERFLOW_ERROR;
        if (!more && U_FAILURE(status)) return std::nullopt;
        for (const UChar* unit = units.data(); unit != target; ++unit) {
            char32_t c = *unit;
            if (c >= 0xD800 && c < 0xDC00) {
                high = c;
                continue;
            }
            if (high != 0 && c >= 0xDC00 && c < 0xE000) {
                c = 0x10000 + ((high - 0xD800) << 10) + (c - 0xDC00);
            }
            high = 0;
            const bool control = (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f') ||
                                 (c >= 0x7F && c < 0xA0 && c != 0x85);
            if (c == 0xFFFD || control) ++out.bad;
            append_utf8(out.text, c);
        }
    }
    return out;
}

std::string by_uchardet(std::string_view sample) {
    const std::unique_ptr<uchardet, decltype(&uchardet_delete)> detector(uchardet_new(),
                                                                         uchardet_delete);
    if (uchardet_handle_data(detector.get(), sample.data(), sample.size()) != 0) return {};
    uchardet_data_end(detector.get());
    return uchardet_get_charset(detector.get());
}

std::vector<std::string> by_icu(std::string_view sample) {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<UCharsetDetector, decltype(&ucsdet_close)> detector(ucsdet_open(&status),
                                                                              ucsdet_close);
    if (U_FAILURE(status)) return {};
    ucsdet_setText(detector.get(), sample.data(), static_cast<std::int32_t>(sample.size()),
                   &status);
    std::int32_t count = 0;
    const UCharsetMatch** matches = ucsdet_detectAll(detector.get(), &count, &status);
    std::vector<std::string> names;
    for (std::int32_t i = 0; U_SUCCESS(status) && i < count; ++i) {
        const char* name = ucsdet_getName(matches[i], &status);
        if (U_SUCCESS(status)) names.emplace_back(name);
    }
    return names;
}

/// Well-formed multi-byte sequences against bytes that are none.
struct Utf8Share {
    std::size_t good = 0;
    std::size_t bad = 0;
};

Utf8Share utf8_share(std::string_view bytes) {
    Utf8Share share;
    for (std::size_t at = 0; at < bytes.size();) {
        const CodePoint c = code_point_at(bytes, at);
        if (c.size > 1) ++share.good;
        if (c.size == 1 && c.value == 0xFFFD) ++share.bad;
        at += c.size;
    }
    return share;
}

/// Line ends become `\n`; NULs go; what is no UTF-8 becomes U+FFFD.
DecodedText tidy(std::string_view text, std::string encoding) {
    DecodedText out{.text = {}, .encoding = std::move(encoding)};
    out.text.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = code_point_at(text, at);
        if (c.value == '\0' || c.value == 0xFFFD) out.repaired = true;
        if (c.value == '\r') {
            if (at + 1 >= text.size() || text[at + 1] != '\n') out.text += '\n';
        } else if (c.value == 0xFEFF) {
            // A byte order mark within text is an old joiner without width.
        } else if (c.value >= 0x20 || c.value == '\n' || c.value == '\t') {
            append_utf8(out.text, c.value);
        } else if (c.value == '\f' || c.value == '\v') {
            out.text += '\n';
        } else if (c.value == 0x1B) {
            out.text += ' ';
        }
        at += c.size;
    }
    return out;
}

DecodedText decode_legacy(std::string_view bytes, std::string_view declared) {
    std::vector<std::string> candidates;
    const std::string_view sample = bytes.substr(0, kSampleBytes);
    if (!declared.empty()) candidates.emplace_back(declared);
    const Utf8Share share = utf8_share(sample);
    if (share.good > share.bad * 4) candidates.emplace_back("UTF-8");
    if (std::string guess = by_uchardet(sample); !guess.empty())
        candidates.push_back(std::move(guess));
    for (std::string& guess : by_icu(sample)) candidates.push_back(std::move(guess));
    candidates.emplace_back("windows-1252");

    std::string best = "windows-1252";
    std::size_t best_bad = std::string_view::npos;
    for (const std::string& candidate : candidates) {
        const std::string name = superset(candidate);
        const auto tried = convert(sample, name);
        if (!tried) continue;
        // Mostly sound is sound enough for the likelier candidate: files are damaged, too.
        if (tried->bad * 200 <= sample.size() &&
            (best_bad == std::string_view::npos || tried->bad == 0)) {
            best = name;
            best_bad = tried->bad;
            if (best_bad * 1000 <= sample.size()) break;
        }
    }
    const auto converted = convert(bytes, best);
    return converted ? tidy(converted->text, best) : tidy(bytes, "UTF-8");
}

}  // namespace

bool is_binary(std::string_view bytes) {
    for (const Mark& mark : kMarks) {
        if (bytes.starts_with(mark.bytes)) return false;
    }
    const std::string_view sample = bytes.substr(0, kSampleBytes);
    if (wide_encoding(sample) != nullptr) return false;
    std::size_t controls = 0;
    for (const char c : sample) {
        const auto byte = static_cast<unsigned char>(c);
        const bool in_text = byte >= 0x20 || (byte >= '\t' && byte <= '\r') || byte == 0x1B;
        if (!in_text || byte == 0x7F) ++controls;
    }
    return controls > 4 ? controls * 50 > sample.size() : controls * 4 > sample.size();
}

Result<DecodedText> decode_text(std::string_view bytes, std::string_view declared) {
    for (const Mark& mark : kMarks) {
        if (!bytes.starts_with(mark.bytes)) continue;
        bytes.remove_prefix(mark.bytes.size());
        if (std::string_view(mark.encoding) == "UTF-8") return tidy(bytes, "UTF-8");
        const auto converted = convert(bytes, mark.encoding);
        if (!converted) return fail(Errc::unsupported, "text in an encoding that cannot be read");
        return tidy(converted->text, mark.encoding);
    }
    if (is_binary(bytes)) return fail(Errc::unsupported, "not text: too many control characters");
    if (const char* wide = wide_encoding(bytes)) {
        if (const auto converted = convert(bytes, wide)) return tidy(converted->text, wide);
    }
    const bool escapes = bytes.find('\x1B') != std::string_view::npos;
    if (is_utf8(bytes) && !escapes) return tidy(bytes, "UTF-8");
    return decode_legacy(bytes, declared);
}

void warm_up_text_encoding() {
    (void)decode_text("\x83\x65\x83\x58\x83\x67 and \xE9t\xE9");
    for (const char* name :
         {"ibm-943_P15A-2003", "windows-949", "Big5", "gb18030", "EUC-JP", "ISO-2022-JP",
          "x-mac-cyrillic", "KOI8-R", "UTF-16LE", "UTF-32LE", "UTF-16BE", "UTF-32BE", "HZ"}) {
        (void)convert("abcd", name);
    }
    for (int part = 2; part <= 16; ++part)
        (void)convert("abcd", "ISO-8859-" + std::to_string(part));
    for (int page = 1250; page <= 1258; ++page) {
        (void)convert("abcd", "windows-" + std::to_string(page));
    }
}

}  // namespace ingestor::extract
