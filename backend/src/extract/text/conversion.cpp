#include "extract/text/conversion.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <utility>

#include <uchardet.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/udata.h>

#include "base/encoding.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::text {
namespace {

std::string by_uchardet(std::string_view sample) {
    const std::unique_ptr<uchardet, decltype(&uchardet_delete)> detector(uchardet_new(),
                                                                         uchardet_delete);
    if (uchardet_handle_data(detector.get(), sample.data(), sample.size()) != 0) return {};
    uchardet_data_end(detector.get());
    return uchardet_get_charset(detector.get());
}

std::string by_icu(std::string_view sample) {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<UCharsetDetector, decltype(&ucsdet_close)> detector(ucsdet_open(&status),
                                                                              ucsdet_close);
    if (U_FAILURE(status)) return {};
    ucsdet_setText(detector.get(), sample.data(), static_cast<std::int32_t>(sample.size()),
                   &status);
    const UCharsetMatch* match = ucsdet_detect(detector.get(), &status);
    if (U_FAILURE(status) || match == nullptr) return {};
    const char* name = ucsdet_getName(match, &status);
    return U_SUCCESS(status) ? name : std::string();
}

}  // namespace

std::optional<Conversion> convert(std::string_view bytes, const std::string& encoding) {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<UConverter, decltype(&ucnv_close)> from(
        ucnv_open(encoding.c_str(), &status), ucnv_close);
    if (U_FAILURE(status)) return std::nullopt;
    Conversion out;
    out.text.reserve(bytes.size() + bytes.size() / 2);
    std::array<UChar, 8192> units;
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
            // ICU's mark for single bytes that a multi-byte encoding does not have.
            if (c == 0x1A) c = 0xFFFD;
            const bool control = (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' &&
                                  c != 0x1B && c != '\b') ||
                                 (c >= 0x7F && c < 0xA0 && c != 0x85);
            if (c == 0xFFFD || control) ++out.bad;
            append_utf8(out.text, c);
        }
    }
    return out;
}

std::string superset(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, const char*>, 18> kSupersets = {{
        {"shift_jis", "ibm-943_P15A-2003"},
        {"sjis", "ibm-943_P15A-2003"},
        {"windows-31j", "ibm-943_P15A-2003"},
        {"x-sjis", "ibm-943_P15A-2003"},
        {"euc-kr", "windows-949"},
        {"uhc", "windows-949"},
        {"ks_c_5601-1987", "windows-949"},
        {"gb2312", "gb18030"},
        {"gbk", "gb18030"},
        {"hz-gb-2312", "HZ"},
        {"iso-8859-1", "windows-1252"},
        {"latin1", "windows-1252"},
        {"us-ascii", "windows-1252"},
        {"ascii", "windows-1252"},
        {"iso-8859-9", "windows-1254"},
        {"tis-620", "windows-874"},
        {"iso-8859-11", "windows-874"},
        {"mac-cyrillic", "x-mac-cyrillic"},
    }};
    const std::string lower = to_lower_ascii(name);
    for (const auto& [known, better] : kSupersets) {
        if (lower == known) return better;
    }
    return std::string(name);
}

std::vector<std::string> detect_encodings(std::string_view sample) {
    std::vector<std::string> names;
    for (std::string guess : {by_uchardet(sample), by_icu(sample)}) {
        if (!guess.empty()) names.push_back(std::move(guess));
    }
    return names;
}

char32_t windows_1252(unsigned char byte) {
    constexpr std::array<char16_t, 32> kRow = {
        0x20AC, ' ',    0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, ' ',    0x017D, ' ',    ' ',    0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, ' ',    0x017E, 0x0178};
    return byte >= 0x80 && byte < 0xA0 ? kRow[byte - 0x80] : byte;
}

void keep_tables_in_memory() {
    UErrorCode status = U_ZERO_ERROR;
    udata_setFileAccess(UDATA_NO_FILES, &status);
}

}  // namespace ingestor::extract::text
