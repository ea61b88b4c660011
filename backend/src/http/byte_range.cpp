#include "http/byte_range.hpp"

#include <algorithm>
#include <charconv>

#include "base/encoding.hpp"

namespace ingestor::http {

namespace {

std::optional<std::uint64_t> to_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) return UINT64_MAX;
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::expected<std::optional<ByteRange>, Unsatisfiable> parse_range(std::string_view value,
                                                                   std::uint64_t size) {
    constexpr std::string_view kUnit = "bytes=";
    auto text = trimmed(value);
    if (!text.starts_with(kUnit) || text.find(',') != std::string_view::npos) return std::nullopt;
    text.remove_prefix(kUnit.size());
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto first = to_number(trimmed(text.substr(0, dash)));
    const auto last = to_number(trimmed(text.substr(dash + 1)));
    const bool from_end = dash == 0;
    const bool open_ended = dash + 1 == text.size();
    if ((from_end && open_ended) || (!from_end && !first) || (!open_ended && !last) ||
        (first && last && *last < *first)) {
        return std::nullopt;
    }
    if (from_end ? (*last == 0 || size == 0) : *first >= size) {
        return std::unexpected(Unsatisfiable{});
    }
    if (from_end) {
        const auto length = std::min(*last, size);
        return ByteRange{.first = size - length, .length = length};
    }
    const auto end = open_ended ? size : std::min(*last, size - 1) + 1;
    return ByteRange{.first = *first, .length = end - *first};
}

}  // namespace ingestor::http
