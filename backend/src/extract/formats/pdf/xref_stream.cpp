#include "extract/formats/pdf/xref_stream.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>

namespace ingestor::extract::pdf {
namespace {

// What any file may claim: room for them takes 20 MB.
constexpr std::uint64_t kObjectsFree = 500'000;
// The dictionary of a cross-reference stream is a few hundred bytes long.
constexpr std::size_t kDictionaryBytesMax = 16'384;

bool is_white(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\0';
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Names may spell any of their letters as a number.
std::string spelt_out(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '#' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
            hex_digit(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

// The sum of the first numbers behind a key, of which an array has pairs, is never above `most`.
bool stays_below(std::string_view dictionary, std::string_view key, std::uint64_t most) {
    for (std::size_t at = dictionary.find(key); at != std::string_view::npos;
         at = dictionary.find(key, at + 1)) {
        std::size_t next = at + key.size();
        std::uint64_t before = 0;
        bool in_array = false;
        while (next < dictionary.size()) {
            const char c = dictionary[next];
            if (is_white(c) || (c == '[' && !in_array)) {
                in_array = in_array || c == '[';
                ++next;
                continue;
            }
            std::uint64_t value = 0;
            const char* const begin = dictionary.data() + next;
            const auto [end, error] =
                std::from_chars(begin, dictionary.data() + dictionary.size(), value);
            if (error == std::errc::result_out_of_range) return false;
            if (error != std::errc()) break;
            if (value > most || before + value > most) return false;
            before = value;
            next += static_cast<std::size_t>(end - begin);
            if (!in_array) break;
        }
    }
    return true;
}

}  // namespace

bool declares_too_many_objects(std::string_view bytes) {
    const std::uint64_t most = kObjectsFree + bytes.size();
    // Of all dictionaries before streams, those of cross-references alone have widths and a size.
    std::size_t checked = 0;
    for (std::size_t stream = bytes.find("stream"); stream != std::string_view::npos;
         stream = bytes.find("stream", stream + 6)) {
        const std::size_t from = std::max(checked, stream - std::min(stream, kDictionaryBytesMax));
        checked = stream;
        const std::string_view before = bytes.substr(from, stream - from);
        const std::size_t object = before.rfind("obj");
        if (object == std::string_view::npos) continue;
        const std::string dictionary = spelt_out(before.substr(object));
        if (dictionary.find("/W") == std::string::npos) continue;
        if (!stays_below(dictionary, "/Size", most) || !stays_below(dictionary, "/Index", most)) {
            return true;
        }
    }
    return false;
}

}  // namespace ingestor::extract::pdf
