#include "extract/formats/html/tags.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace ingestor::extract::html {
namespace {

constexpr auto kNames = std::to_array<std::string_view>({
    "",
#define HTML_TAG(identifier, name) name,
#include "extract/formats/html/tags.inc"
#undef HTML_TAG
});
static_assert(std::ranges::is_sorted(kNames));

/// Where the names of each first letter begin.
constexpr auto kBegins = [] {
    std::array<std::uint8_t, 27> begins{};
    for (std::size_t letter = 0; letter < begins.size(); ++letter) {
        const char c = static_cast<char>('a' + letter);
        const auto* const at = std::ranges::find_if(
            kNames, [c](std::string_view name) { return !name.empty() && name.front() >= c; });
        begins[letter] = static_cast<std::uint8_t>(at - kNames.begin());
    }
    return begins;
}();

}  // namespace

Tag tag_of(std::string_view name) {
    if (name.empty() || name.front() < 'a' || name.front() > 'z') return Tag::other;
    const auto letter = static_cast<std::size_t>(name.front() - 'a');
    const auto* const begin = kNames.begin() + kBegins[letter];
    const auto* const end = kNames.begin() + kBegins[letter + 1];
    const auto* const found = std::lower_bound(begin, end, name);
    return found != end && *found == name ? static_cast<Tag>(found - kNames.begin()) : Tag::other;
}

std::string_view name_of(Tag tag) {
    return kNames[static_cast<std::size_t>(tag)];
}

}  // namespace ingestor::extract::html
