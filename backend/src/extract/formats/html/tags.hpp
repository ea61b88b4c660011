#pragma once

#include <cstdint>
#include <string_view>

namespace ingestor::extract::html {

/// The elements of tags.inc; `other` is all else.
enum class Tag : std::uint8_t {
    other,
#define HTML_TAG(identifier, name) identifier,
#include "extract/formats/html/tags.inc"
#undef HTML_TAG
};

/// The tag of a name in small letters; `other` of names that are not in the list.
[[nodiscard]] Tag tag_of(std::string_view name);
/// The name; empty of `other`.
[[nodiscard]] std::string_view name_of(Tag tag);

/// True for one of the tags.
template <class... Tags>
[[nodiscard]] constexpr bool is_any(Tag tag, Tags... tags) {
    return ((tag == tags) || ...);
}

/// 1..6 for `h1`..`h6`, else 0.
[[nodiscard]] constexpr int heading_level(Tag tag) {
    return tag >= Tag::h1 && tag <= Tag::h6 ? static_cast<int>(tag) - static_cast<int>(Tag::h1) + 1
                                            : 0;
}

}  // namespace ingestor::extract::html
