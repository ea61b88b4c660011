#include <algorithm>
#include <array>
#include <string>

#include "base/encoding.hpp"
#include "fuzz.hpp"
#include "http/accept_encoding.hpp"
#include "http/byte_range.hpp"
#include "http/content_disposition.hpp"
#include "http/entity_tag.hpp"
#include "http/multipart.hpp"

namespace {

using namespace ingestor;
using fuzz::require;

void read_range(std::string_view value) {
    for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{100}, UINT64_MAX}) {
        const auto range = http::parse_range(value, size);
        if (!range || !*range) continue;
        const auto [first, length] = **range;
        require(length > 0 && first < size && length <= size - first, "a range lies within");
    }
}

void read_accepted(std::string_view value) {
    using enum http::ContentCoding;
    constexpr std::array kAvailable = {brotli, gzip};
    const auto chosen = http::choose_coding(value, kAvailable);
    require(chosen == identity || std::ranges::find(kAvailable, chosen) != kAvailable.end(),
            "what is chosen is there");
    require(http::choose_coding(value, {}) == identity, "and nothing comes of nothing");
}

/// A name that was sent comes back when it is read as that of an upload.
void write_name(std::string_view name) {
    if (!is_utf8(name)) return;
    const auto value = http::content_disposition(http::Disposition::saved, name);
    require(std::ranges::all_of(value, [](char c) { return c >= 0x20 && c < 0x7F; }),
            "a header is plain text");
    const auto sent = value.find(';');
    require(sent != value.npos, "a name is sent");
    const auto head =
        http::parse_part_head("Content-Disposition: form-data; name=\"a\"" + value.substr(sent));
    const bool is_plain = std::ranges::none_of(name, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7F || c == '/' || c == '\\';
    });
    if (is_plain) require(head && head->filename == name, "a name comes back");
}

}  // namespace

/// The value of a header.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value = fuzz::Input(data, size).rest();
    read_range(value);
    read_accepted(value);
    static_cast<void>(http::if_none_match_matches(value, "\"0123456789abcdef\""));
    write_name(value);
    return 0;
}
