#include "files/object_path.hpp"

#include <algorithm>
#include <cstddef>

#include "base/encoding.hpp"

namespace ingestor::files {
namespace {

constexpr std::string_view kFileEnding = ".object";
constexpr std::string_view kContinued = "%+";
/// With either ending well below NAME_MAX (255), also under file systems that encrypt names.
constexpr std::size_t kPieceBytesMax = 200;

void append_encoded(std::string& out, char c) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F || c == '%') {
        out += percent_encode(std::string_view(&c, 1));
    } else {
        out += c;
    }
}

std::string encoded_segment(std::string_view segment) {
    if (segment.empty()) return "%";
    if (segment == ".") return "%2E";
    if (segment == "..") return "%2E%2E";
    std::string out;
    for (const char c : segment) append_encoded(out, c);
    if (out.ends_with(kFileEnding)) out.replace(out.size() - 1, 1, "%74");
    return out;
}

/// The longest front of `name` that may stand alone: at most kPieceBytesMax bytes, and neither an
/// escape nor a character of UTF-8 is cut.
std::size_t piece_size(std::string_view name) {
    if (name.size() <= kPieceBytesMax) return name.size();
    // What is left over for the last piece must not be `.` or `..`.
    std::size_t size = std::min(kPieceBytesMax, name.size() - 3);
    while ((static_cast<unsigned char>(name[size]) & 0xC0) == 0x80) --size;
    const auto escape = name.substr(0, size).rfind('%');
    if (escape != std::string_view::npos && escape + 3 > size) size = escape;
    return size;
}

std::optional<std::string> decoded_segment(std::string_view name) {
    if (name == "%") return std::string();
    auto segment = percent_decode(name);
    if (segment.empty() || encoded_segment(segment) != name) return std::nullopt;
    return segment;
}

}  // namespace

std::string object_path(std::string_view key) {
    std::string path;
    for (std::size_t at = 0; at <= key.size();) {
        const auto end = std::min(key.find('/', at), key.size());
        const auto encoded = encoded_segment(key.substr(at, end - at));
        std::string_view rest = encoded;
        while (rest.size() > kPieceBytesMax) {
            const auto size = piece_size(rest);
            path += rest.substr(0, size);
            path += kContinued;
            path += '/';
            rest.remove_prefix(size);
        }
        path += rest;
        if (end < key.size()) path += '/';
        at = end + 1;
    }
    path += kFileEnding;
    return path;
}

std::optional<std::string> object_key(std::string_view path) {
    if (!path.ends_with(kFileEnding)) return std::nullopt;
    const auto names = path.substr(0, path.size() - kFileEnding.size());
    std::string key;
    std::string segment;
    for (std::size_t at = 0; at <= names.size();) {
        const auto end = std::min(names.find('/', at), names.size());
        const auto name = names.substr(at, end - at);
        at = end + 1;
        if (name.ends_with(kContinued)) {
            segment += name.substr(0, name.size() - kContinued.size());
            continue;
        }
        segment += name;
        const auto decoded = decoded_segment(segment);
        if (!decoded) return std::nullopt;
        key += *decoded;
        if (end < names.size()) key += '/';
        segment.clear();
    }
    // Not every file on a disk is ours: a key is UTF-8, and only one path is an object's own,
    // however many decode alike.
    if (key.empty() || !is_utf8(key) || object_path(key) != path) return std::nullopt;
    return key;
}

}  // namespace ingestor::files
