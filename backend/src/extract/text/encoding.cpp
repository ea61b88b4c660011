#include "extract/text/encoding.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/encoding.hpp"
#include "extract/text/controls.hpp"
#include "extract/text/conversion.hpp"
#include "extract/text/plausibility.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::text {
namespace {

/// Whether bytes are binary is told from no more than this much of a file.
constexpr std::size_t kSampleBytes = std::size_t{1} << 20;
/// What encodings are judged by: lines with bytes beyond ASCII, this much of them.
constexpr std::size_t kJudgedBytes = std::size_t{8} << 10;
/// A line of more than this is judged by its beginning.
constexpr std::size_t kJudgedLineBytes = std::size_t{2} << 10;
constexpr std::size_t kJudgedBefore = 512;
/// Of the characters that are judged, so many may be damaged.
constexpr double kDamagedShareMax = 0.1;

/// A text less plausible than this has a warning …
constexpr double kSure = 0.3;
/// … and than this is refused, where it is more than a few characters in ASCII.
constexpr double kText = 0;
/// Less plausible than this, a text with many characters of UTF-8 is UTF-8 with damage.
constexpr double kNotDamaged = 0.7;

struct Mark {
    std::string_view bytes;
    const char* encoding;
};

/// The longer marks first: UTF-32's begins with UTF-16's.
constexpr std::array kMarks = {
    Mark{std::string_view("\xFF\xFE\x00\x00", 4), "UTF-32LE"},
    Mark{std::string_view("\x00\x00\xFE\xFF", 4), "UTF-32BE"},
    Mark{std::string_view("\x84\x31\x95\x33", 4), "gb18030"},
    Mark{std::string_view("\xEF\xBB\xBF", 3), "UTF-8"},
    Mark{std::string_view("\xFF\xFE", 2), "UTF-16LE"},
    Mark{std::string_view("\xFE\xFF", 2), "UTF-16BE"},
};

const Mark* mark_of(std::string_view bytes) {
    const auto* const mark = std::ranges::find_if(
        kMarks, [&](const Mark& known) { return bytes.starts_with(known.bytes); });
    return mark == kMarks.end() ? nullptr : mark;
}

bool is_high(char byte) {
    return static_cast<unsigned char>(byte) >= 0x80;
}

/// Files that were set to a size before they were written have NULs at their ends.
std::string_view without_padding(std::string_view bytes) {
    const std::size_t first = bytes.find_first_not_of('\0');
    if (first == std::string_view::npos) return {};
    return bytes.substr(first, bytes.find_last_not_of('\0') - first + 1);
}

std::size_t count_controls(std::string_view bytes) {
    std::size_t controls = 0;
    char before = 0;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        const bool in_text = byte >= 0x20 || (byte >= '\t' && byte <= '\r') || byte == 0x1B ||
                             byte == '\b' || byte == '\a';
        // A run of NULs is one hole.
        if ((!in_text && (c != '\0' || before != '\0')) || byte == 0x7F) ++controls;
        before = c;
    }
    return controls;
}

bool has_many_controls(std::string_view bytes) {
    const std::size_t controls = count_controls(bytes);
    return controls > 4 ? controls * 50 > bytes.size() : controls * 4 > bytes.size();
}

/// Text of mainframes has its blanks and letters where ASCII has signs and nothing.
bool may_be_ebcdic(std::string_view bytes) {
    std::array<std::size_t, 256> counts{};
    for (const char c : bytes) ++counts[static_cast<unsigned char>(c)];
    std::size_t high = 0, letters = 0;
    for (std::size_t byte = 0x80; byte < 256; ++byte) high += counts[byte];
    for (std::size_t byte = 'a'; byte <= 'z'; ++byte) letters += counts[byte];
    return bytes.size() >= 12 && counts[0x40] * 25 >= bytes.size() &&
           counts[0x20] * 20 <= counts[0x40] && high * 5 >= (bytes.size() - counts[0x40]) * 2 &&
           letters * 3 <= bytes.size();
}

/// Lines with bytes beyond ASCII, from all over the text: they alone tell encodings apart.
std::string judged_lines(std::string_view bytes) {
    std::string out;
    for (std::size_t at = 0; at < bytes.size() && out.size() < kJudgedBytes;) {
        const auto high =
            std::find_if(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end(), is_high);
        if (high == bytes.end()) break;
        const auto place = static_cast<std::size_t>(high - bytes.begin());
        // The beginning of the line, or of what is near enough.
        const std::size_t near = std::max(at, place > kJudgedBefore ? place - kJudgedBefore : 0);
        const std::size_t line = bytes.substr(near, place - near).rfind('\n');
        const std::size_t begin = line == std::string_view::npos ? near : near + line + 1;
        std::size_t end = std::min(bytes.find('\n', place), bytes.size());
        if (end - begin > kJudgedLineBytes) {
            end = begin + kJudgedLineBytes;
            // No encoding has bytes below this within a character.
            while (end < bytes.size() && end - begin < 2 * kJudgedLineBytes &&
                   static_cast<unsigned char>(bytes[end]) >= 0x30) {
                ++end;
            }
        }
        out.append(bytes.substr(begin, end - begin)).append("\n");
        at = end;
    }
    // Holes tell nothing of the text around them.
    std::erase(out, '\0');
    return out.find('\x1B') == std::string::npos ? out : without_terminal_controls(out);
}

/// A reading of a sample, and what it is worth.
struct Reading {
    std::string encoding;
    double worth = -10;
    double plausibility = -10;
};

/// How common files in an encoding are, beside others that would make as good a text.
struct Candidate {
    const char* encoding;
    double bonus;
    std::string_view languages;  ///< Those that it was made for.
};

constexpr std::string_view kWestern = "en de fr es it pt nl sv da nb fi is ca gl eu ga sq et fo";
constexpr std::string_view kCentral = "pl cs sk sl hr hu ro sq de";
constexpr std::string_view kCyrillic = "ru uk be bg sr mk";
constexpr std::string_view kBaltic = "lt lv et";

constexpr std::array kCandidates = {
    Candidate{"windows-1252", 0.12, kWestern},
    Candidate{"windows-1251", 0.08, kCyrillic},
    Candidate{"windows-1250", 0.05, kCentral},
    Candidate{"windows-1253", 0.05, "el"},
    Candidate{"windows-1254", 0.05, "tr az"},
    Candidate{"windows-1255", 0.05, "he"},
    Candidate{"windows-1256", 0.05, "ar fa ur fr"},
    Candidate{"windows-1257", 0.03, kBaltic},
    Candidate{"windows-1258", 0, "vi"},
    Candidate{"windows-874", 0.05, "th"},
    Candidate{"ibm-943_P15A-2003", 0.08, "ja"},
    Candidate{"EUC-JP", 0.05, "ja"},
    Candidate{"gb18030", 0.08, "zh"},
    Candidate{"Big5", 0.06, "zh_Hant"},
    Candidate{"windows-949", 0.08, "ko"},
    Candidate{"KOI8-R", 0.04, "ru bg"},
    Candidate{"KOI8-U", 0.03, "uk be ru"},
    Candidate{"ISO-8859-2", 0.03, kCentral},
    Candidate{"ISO-8859-5", 0.02, kCyrillic},
    Candidate{"ISO-8859-6", 0.02, "ar"},
    Candidate{"ISO-8859-7", 0.02, "el"},
    Candidate{"ISO-8859-8", 0.02, "he"},
    Candidate{"ISO-8859-13", 0, kBaltic},
    Candidate{"ISO-8859-15", 0.02, kWestern},
    Candidate{"macintosh", 0, kWestern},
    Candidate{"x-mac-cyrillic", 0, kCyrillic},
    Candidate{"macos-29-10.2", -0.05, kCentral},
    Candidate{"macos-6_2-10.4", -0.05, "el"},
    Candidate{"macos-35-10.2", -0.05, "tr"},
    Candidate{"ibm-850", 0.02, kWestern},
    Candidate{"ibm-437", 0.01, kWestern},
    Candidate{"ibm-852", 0, kCentral},
    Candidate{"ibm-866", 0.02, "ru be bg uk"},
    Candidate{"ibm-855", -0.05, kCyrillic},
    Candidate{"ibm-857", -0.02, "tr"},
    Candidate{"ibm-860", -0.05, "pt"},
    Candidate{"ibm-861", -0.05, "is"},
    Candidate{"ibm-862", -0.02, "he"},
    Candidate{"ibm-865", -0.03, "nb da"},
    Candidate{"ibm-869", -0.05, "el"},
    Candidate{"ibm-737_P100-1997", -0.02, "el"},
    Candidate{"ibm-775_P100-1996", -0.05, kBaltic},
    Candidate{"ISO-8859-3", -0.05, "eo mt"},
    Candidate{"ISO-8859-4", -0.05, kBaltic},
    Candidate{"ISO-8859-10", -0.05, kBaltic},
    Candidate{"ISO-8859-14", -0.05, "cy ga"},
    Candidate{"iso-8859_16-2001", -0.05, "ro"},
};

constexpr std::array kMainframeCandidates = {
    Candidate{"ibm-37", 0.1, kWestern},    Candidate{"ibm-1047", 0.05, kWestern},
    Candidate{"ibm-500", 0.05, kWestern},  Candidate{"ibm-273", 0.02, "de"},
    Candidate{"ibm-277", 0, "da nb"},      Candidate{"ibm-278", 0, "fi sv"},
    Candidate{"ibm-280", 0, "it"},         Candidate{"ibm-284", 0, "es"},
    Candidate{"ibm-285", 0, "en"},         Candidate{"ibm-297", 0, "fr"},
    Candidate{"ibm-871", -0.02, "is"},     Candidate{"ibm-1140", -0.02, kWestern},
    Candidate{"ibm-870", -0.05, kCentral}, Candidate{"ibm-1025", 0, kCyrillic},
    Candidate{"ibm-1026", -0.02, "tr"},    Candidate{"ibm-875", 0, "el"},
    Candidate{"ibm-424", 0, "he"},         Candidate{"ibm-420", 0, "ar"},
};

constexpr double kBonusDeclared = 0.5;
constexpr double kBonusDetected = 0.06;

/// What a sample is worth in an encoding; nothing where the encoding does not have its bytes.
std::optional<Reading> read(std::string_view sample, const std::string& encoding,
                            std::string_view languages, double bonus) {
    const auto converted = convert(sample, encoding);
    if (!converted) return std::nullopt;
    const Plausibility plausibility = plausibility_of(converted->text, languages);
    const auto damaged = static_cast<double>(converted->bad);
    if (converted->bad > 1 &&
        damaged > kDamagedShareMax * static_cast<double>(plausibility.characters)) {
        return std::nullopt;
    }
    return Reading{.encoding = encoding,
                   .worth = plausibility.mean + bonus,
                   .plausibility = plausibility.mean};
}

void keep_better(std::optional<Reading>& best, std::optional<Reading> other) {
    if (other && (!best || other->worth > best->worth)) best = std::move(other);
}

/// The encoding that makes most of the sample.
std::optional<Reading> best_reading(std::string_view sample, std::string_view declared) {
    std::optional<Reading> best;
    std::vector<std::string> detected = detect_encodings(sample);
    for (std::string& name : detected) name = superset(name);
    const auto is_detected = [&](const std::string& name) {
        return std::ranges::any_of(detected, [&](const std::string& other) {
            return to_lower_ascii(other) == to_lower_ascii(name);
        });
    };
    if (!declared.empty()) keep_better(best, read(sample, superset(declared), {}, kBonusDeclared));
    for (const Candidate& candidate : kCandidates) {
        const double bonus =
            candidate.bonus + (is_detected(candidate.encoding) ? kBonusDetected : 0);
        keep_better(best, read(sample, candidate.encoding, candidate.languages, bonus));
    }
    return best;
}

/// Text that is ASCII once it is converted is judged by how much of it is words.
std::optional<Reading> best_mainframe_reading(std::string_view sample) {
    std::optional<Reading> best;
    for (const Candidate& candidate : kMainframeCandidates) {
        const auto converted = convert(sample, candidate.encoding);
        if (!converted || converted->bad * 50 > sample.size()) continue;
        std::size_t words = 0, odd = 0, characters = 0;
        for (std::size_t at = 0; at < converted->text.size();) {
            const CodePoint c = code_point_at(converted->text, at);
            ++characters;
            if (is_space(c.value) || !is_punctuation(c.value)) ++words;
            if (std::u32string_view(U"[]{}|~^`\\$#@!").find(c.value) != std::u32string_view::npos)
                ++odd;
            at += c.size;
        }
        if (characters == 0 || words * 10 < characters * 7) continue;
        const double plausibility = plausibility_of(converted->text, candidate.languages).mean;
        const double oddness = static_cast<double>(odd) * 2 / static_cast<double>(characters);
        keep_better(best, Reading{.encoding = candidate.encoding,
                                  .worth = plausibility + candidate.bonus - oddness,
                                  .plausibility = plausibility});
    }
    return best && best->plausibility >= kSure ? best : std::nullopt;
}

/// The bytes without a character of UTF-8 that the end cuts off behind others of them.
std::string_view without_cut_character(std::string_view bytes) {
    for (std::size_t cut = 1; cut <= 3 && cut < bytes.size(); ++cut) {
        const auto lead = static_cast<unsigned char>(bytes[bytes.size() - cut]);
        if (lead < 0x80) break;
        if (lead < 0xC0) continue;
        const bool is_cut = cut < (lead >= 0xF0 ? 4U : lead >= 0xE0 ? 3U : 2U);
        const std::string_view whole = bytes.substr(0, bytes.size() - cut);
        if (is_cut && is_utf8(whole) && std::ranges::any_of(whole, is_high)) return whole;
    }
    return bytes;
}

/// Well-formed multi-byte sequences against bytes that are none.
struct Utf8Share {
    std::size_t good = 0, bad = 0;
    std::size_t good_lines = 0, bad_lines = 0;  ///< Of those with bytes beyond ASCII.
};

Utf8Share utf8_share(std::string_view bytes) {
    Utf8Share share;
    bytes = without_cut_character(bytes);
    for (std::size_t begin = 0; begin < bytes.size();) {
        const std::size_t end = std::min(bytes.find('\n', begin), bytes.size());
        std::size_t good = 0, bad = 0;
        for (std::size_t at = begin; at < end;) {
            const CodePoint c = code_point_at(bytes, at);
            if (c.size > 1) ++good;
            if (c.size == 1 && c.value == 0xFFFD) ++bad;
            at += c.size;
        }
        share.good += good;
        share.bad += bad;
        if (bad > 0) ++share.bad_lines;
        if (good > 0 && bad == 0) ++share.good_lines;
        begin = end + 1;
    }
    return share;
}

/// Line ends become `\n`; NULs and what is for terminals go; what is no UTF-8 becomes U+FFFD.
DecodedText tidy(std::string_view raw, std::string encoding) {
    constexpr std::string_view kWritten = "\u00EF\u00BB\u00BF";
    // A byte order mark that was taken for letters once.
    if (raw.starts_with(kWritten)) raw.remove_prefix(kWritten.size());
    const bool controls = raw.find_first_of("\x1B\b") != std::string_view::npos ||
                          raw.find("\u009B") != std::string_view::npos;
    const std::string cleaned = controls ? without_terminal_controls(raw) : std::string();
    const std::string_view text = controls ? std::string_view(cleaned) : raw;
    DecodedText out{.text = {}, .encoding = std::move(encoding), .warning = {}};
    out.text.reserve(text.size());
    std::size_t lost = 0, nuls = 0;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = code_point_at(text, at);
        if (c.value == 0xFFFD) ++lost;
        if (c.value == '\0') {
            // What it parts stays apart.
            ++nuls;
            const char before = out.text.empty() ? ' ' : out.text.back();
            if (before != ' ' && before != '\t' && before != '\n') out.text += ' ';
        } else if (c.value == '\r') {
            // A file that was made one of Windows twice has two of them.
            const std::string_view rest = text.substr(at + 1);
            if (!rest.starts_with('\n') && !rest.starts_with("\r\n")) out.text += '\n';
        } else if (c.value == 0xFEFF) {
            // A byte order mark within text is an old joiner without width.
        } else if (c.value == 0x85) {
            out.text += '\n';
        } else if (c.value >= 0x80 && c.value < 0xA0) {
            // Bytes of windows-1252 that went through a program that knew ISO-8859-1 only.
            append_utf8(out.text, windows_1252(static_cast<unsigned char>(c.value)));
        } else if (c.value >= 0x20 || c.value == '\n' || c.value == '\t') {
            append_utf8(out.text, c.value);
        } else if (c.value == '\f' || c.value == '\v') {
            out.text += '\n';
        }
        at += c.size;
    }
    if (lost > 0) {
        out.warning = std::to_string(lost) + " characters could not be read in " + out.encoding +
                      " and are marked with U+FFFD";
    } else if (nuls > 0) {
        out.warning = "the text held zero bytes, which were taken for blanks";
    }
    return out;
}

DecodedText as_guessed(std::string_view text, const Reading& reading) {
    DecodedText out = tidy(text, reading.encoding);
    if (out.warning.empty() && reading.plausibility < kSure) {
        out.warning = "the text's encoding is uncertain; it was read as " + out.encoding;
    }
    return out;
}

/// Files of mainframes have lines of 80 characters in place of line ends.
std::string in_records(const std::string& text) {
    constexpr std::size_t kRecord = 80;
    const std::size_t characters = count_code_points(text);
    const bool ends =
        text.find_first_of("\n\r") != std::string::npos || text.find("\u0085") != std::string::npos;
    if (ends || characters % kRecord != 0) return text;
    std::string out;
    std::size_t column = 0;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = code_point_at(text, at);
        out.append(text, at, c.size);
        at += c.size;
        if (++column % kRecord != 0) continue;
        out.resize(out.find_last_not_of(' ') + 1);
        out += '\n';
    }
    return out;
}

std::unexpected<Error> unreadable() {
    return fail(Errc::unsupported, "no encoding makes text of a language of the file's bytes");
}

/// Mostly UTF-8: logs that several programs wrote have lines of another encoding between.
DecodedText decode_mixed(std::string_view bytes, std::string_view declared) {
    std::string others;
    std::string text;
    std::vector<std::string_view> lines;
    const auto is_other = [](std::string_view line) {
        if (is_utf8(line)) return false;
        const Utf8Share share = utf8_share(line);
        return share.good * 2 < share.bad;
    };
    for (std::size_t begin = 0; begin < bytes.size();) {
        const std::size_t end = std::min(bytes.find('\n', begin), bytes.size() - 1) + 1;
        lines.push_back(bytes.substr(begin, end - begin));
        if (others.size() < kJudgedBytes && is_other(lines.back())) others += lines.back();
        begin = end;
    }
    const std::optional<Reading> reading =
        others.empty() ? std::nullopt : best_reading(judged_lines(others), declared);
    if (!reading || reading->plausibility < kSure) return tidy(bytes, "UTF-8");
    std::size_t count = 0;
    for (std::string_view& line : lines) {
        const auto converted =
            is_other(line) ? convert(line, reading->encoding) : std::optional<Conversion>();
        if (converted) ++count;
        text += converted ? std::string_view(converted->text) : line;
    }
    DecodedText out = tidy(text, "UTF-8");
    if (out.warning.empty()) {
        out.warning = std::to_string(count) + " lines were not in UTF-8 and were read as " +
                      reading->encoding;
    }
    return out;
}

Result<DecodedText> decode_legacy(std::string_view bytes, std::string_view declared) {
    if (may_be_ebcdic(bytes.substr(0, kSampleBytes))) {
        const auto reading = best_mainframe_reading(bytes.substr(0, kJudgedBytes));
        const auto text = reading ? convert(bytes, reading->encoding) : std::nullopt;
        if (text) return as_guessed(in_records(text->text), *reading);
    }
    if (has_many_controls(without_padding(bytes.substr(0, kSampleBytes)))) {
        return fail(Errc::unsupported, "not text: too many control characters");
    }
    const Utf8Share share = utf8_share(bytes);
    const bool mostly_utf8 = share.bad == 0 || share.good > share.bad * 4 ||
                             (share.good_lines > 0 && share.good_lines * 2 >= share.bad_lines);
    if (mostly_utf8) return decode_mixed(bytes, declared);
    if (bytes.find("\xED\xA0") != std::string_view::npos ||
        bytes.find("\xED\xA1") != std::string_view::npos) {
        // Surrogates, each in UTF-8: what some databases and Java's serialisation write.
        const auto surrogates = convert(bytes, "CESU-8");
        if (surrogates && surrogates->bad == 0) return tidy(surrogates->text, "CESU-8");
    }
    const auto reading = best_reading(judged_lines(bytes), declared);
    // Damaged UTF-8 is better than another encoding's nonsense.
    const bool sound = reading && reading->plausibility >= kNotDamaged;
    if (!sound && share.good > 0 && share.good * 2 >= share.bad) return tidy(bytes, "UTF-8");
    const bool nonsense = !reading || reading->plausibility < kText;
    const auto high = static_cast<std::size_t>(std::ranges::count_if(bytes, is_high));
    if (nonsense && high * 3 > bytes.size()) return unreadable();
    if (!reading) return tidy(bytes, "UTF-8");
    const auto converted = convert(bytes, reading->encoding);
    if (!converted) return unreadable();
    return as_guessed(converted->text, *reading);
}

/// Encodings of seven bits shift to their characters by escapes.
std::optional<DecodedText> decode_shifted(std::string_view bytes) {
    const bool escapes = bytes.find("\x1B$") != std::string_view::npos;
    const bool tildes = bytes.find("~{") != std::string_view::npos;
    if (!escapes && !tildes) return std::nullopt;
    if (std::ranges::any_of(bytes, is_high)) return std::nullopt;
    for (const char* name : {"ISO-2022-JP", "ISO-2022-KR", "ISO-2022-CN", "HZ"}) {
        const bool is_hz = std::string_view(name) == "HZ";
        if (is_hz ? !tildes : !escapes) continue;
        const auto converted = convert(bytes, name);
        if (!converted || converted->bad > 0) continue;
        const Plausibility judged = plausibility_of(prefix(converted->text, kJudgedBytes));
        if (judged.characters == 0 || judged.mean < kSure) continue;
        return tidy(converted->text, name);
    }
    return std::nullopt;
}

/// Where zero bytes stand. A text in UTF-16 or UTF-32 has some, if only of its blanks and line
/// ends.
struct ZeroBytes {
    std::array<std::size_t, 4> at{};
    std::size_t all = 0;
    std::size_t ascii = 0;  ///< Other bytes that text in ASCII has.
};

ZeroBytes zero_bytes(std::string_view bytes) {
    ZeroBytes out;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] == '\0') {
            ++out.at[i % 4];
            ++out.all;
        } else if (bytes[i] >= ' ' || (bytes[i] >= '\t' && bytes[i] <= '\r') ||
                   bytes[i] == '\x1B') {
            ++out.ascii;
        }
    }
    return out;
}

/// How much the sample reads like a text in a 16- or 32-bit encoding; below 0 where it is none.
double wide_plausibility(std::string_view sample, const char* encoding) {
    const auto converted = convert(sample, encoding);
    // The sample may end within a character.
    if (!converted || converted->text.empty() || converted->bad > 1) return -1;
    const Plausibility judged = plausibility_of(converted->text);
    // The half of a character is the smaller part of few.
    const double damage = converted->bad > 0 ? 5.0 / static_cast<double>(judged.characters) : 0;
    return judged.mean + damage;
}

/// A 16- or 32-bit encoding without a mark; nullptr if it is none.
const char* wide_encoding(std::string_view bytes) {
    const std::string_view sample = bytes.substr(0, 4096);
    if (sample.size() < 4) return nullptr;
    const ZeroBytes zeros = zero_bytes(sample);
    if (zeros.all == 0) return nullptr;
    const std::size_t quarter = sample.size() / 4;
    if (zeros.at[3] == quarter && zeros.at[2] * 2 > quarter && zeros.at[0] * 10 <= quarter &&
        wide_plausibility(sample, "UTF-32LE") >= kSure) {
        return "UTF-32LE";
    }
    if (zeros.at[0] >= quarter && zeros.at[1] * 2 > quarter && zeros.at[3] * 10 <= quarter &&
        wide_plausibility(sample, "UTF-32BE") >= kSure) {
        return "UTF-32BE";
    }
    const std::size_t even = zeros.at[0] + zeros.at[2], odd = zeros.at[1] + zeros.at[3];
    // ASCII with holes: only zeros in every other place speak for something else.
    const bool all_ascii = zeros.ascii + zeros.all == sample.size();
    const std::size_t least = all_ascii ? sample.size() * 7 / 20 : 1;
    // Few letters have a zero byte where blanks and line ends have none.
    const double little = odd >= least && odd >= even ? wide_plausibility(sample, "UTF-16LE") : -1;
    const double big = even >= least && even >= odd ? wide_plausibility(sample, "UTF-16BE") : -1;
    if (std::max(little, big) < kSure) return nullptr;
    return little >= big ? "UTF-16LE" : "UTF-16BE";
}

/// A mark of UTF-16 before bytes that are plain ASCII: a program put it there unasked.
bool is_ascii(std::string_view bytes) {
    return bytes.find('\0') == std::string_view::npos && !std::ranges::any_of(bytes, is_high) &&
           bytes.size() > 8;
}

Result<DecodedText> decode_marked(std::string_view bytes, const Mark& mark,
                                  std::string_view declared) {
    bytes.remove_prefix(mark.bytes.size());
    const std::string_view encoding = mark.encoding;
    if (encoding == "UTF-8" || is_ascii(bytes)) {
        return is_utf8(bytes) ? tidy(bytes, "UTF-8") : decode_mixed(bytes, declared);
    }
    const auto converted = convert(bytes, mark.encoding);
    if (!converted) return fail(Errc::unsupported, "text in an encoding that cannot be read");
    DecodedText out = tidy(converted->text, mark.encoding);
    const Plausibility judged = plausibility_of(prefix(out.text, kJudgedBytes));
    if (out.warning.empty() && judged.mean < 0) {
        out.warning = "the text is marked as " + out.encoding + " but hardly reads as that";
    }
    return out;
}

}  // namespace

bool is_binary(std::string_view bytes) {
    if (mark_of(bytes) != nullptr) return false;
    const std::string_view sample = bytes.substr(0, kSampleBytes);
    if (wide_encoding(sample) != nullptr) return false;
    if (may_be_ebcdic(sample) && best_mainframe_reading(sample.substr(0, kJudgedBytes)))
        return false;
    const std::string_view text = without_padding(sample);
    return text.empty() ? !sample.empty() : has_many_controls(text);
}

Result<DecodedText> decode_text(std::string_view bytes, std::string_view declared) {
    // DOS ends its texts so.
    if (bytes.ends_with('\x1A')) bytes.remove_suffix(1);
    if (const Mark* mark = mark_of(bytes)) return decode_marked(bytes, *mark, declared);
    if (const char* wide = wide_encoding(bytes)) {
        if (const auto converted = convert(bytes, wide)) return tidy(converted->text, wide);
    }
    if (auto shifted = decode_shifted(bytes)) return std::move(*shifted);
    if (is_utf8(bytes)) {
        if (is_binary(bytes)) {
            return fail(Errc::unsupported, "not text: too many control characters");
        }
        return tidy(bytes, "UTF-8");
    }
    return decode_legacy(bytes, declared);
}

void warm_up_text_encoding() {
    keep_tables_in_memory();
    warm_up_plausibility();
    (void)decode_text("\x83\x65\x83\x58\x83\x67 and \xE9t\xE9");
    for (const Candidate& candidate : kMainframeCandidates)
        (void)convert("abcd", candidate.encoding);
    for (const char* name : {"ISO-2022-JP", "ISO-2022-KR", "ISO-2022-CN", "HZ", "UTF-16LE",
                             "UTF-16BE", "UTF-32LE", "UTF-32BE", "CESU-8"}) {
        (void)convert("abcd", name);
    }
}

}  // namespace ingestor::extract::text
