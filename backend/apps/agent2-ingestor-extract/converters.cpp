#include "converters.hpp"

#include <array>

#include <iconv.h>

namespace ingestor {

namespace {

constexpr std::array kEncodings = {
    "BIG5",        "CP1250",     "CP1251",      "CP1252",      "CP1253",      "CP1254",
    "CP1255",      "CP1256",     "CP1257",      "CP1258",      "EUC-JP",      "EUC-KR",
    "GB18030",     "GBK",        "ISO-2022-JP", "ISO-8859-10", "ISO-8859-13", "ISO-8859-14",
    "ISO-8859-15", "ISO-8859-2", "ISO-8859-3",  "ISO-8859-4",  "ISO-8859-5",  "ISO-8859-6",
    "ISO-8859-7",  "ISO-8859-8", "ISO-8859-9",  "KOI8-R",      "KOI8-U",      "SHIFT_JIS",
    "WINDOWS-31J",
};

}  // namespace

void load_converters() {
    // Never closed: a converter that nobody uses is unloaded after a while. One that is not
    // installed makes an error of the documents that name it, and of no others.
    for (const char* encoding : kEncodings) {
        (void)::iconv_open("UTF-8", encoding);
        (void)::iconv_open(encoding, "UTF-8");
    }
}

}  // namespace ingestor
