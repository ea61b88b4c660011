#pragma once

#include <cstdint>
#include <string_view>

#include "extract/formats/html/dom.hpp"

namespace ingestor::extract::html {

/// What class and id call an element. A hint and no more: makers of pages call anything anything.
enum class PartName : std::uint8_t {
    none,
    around,          ///< Menus, sharing, related pages, authors, tags and their like.
    place,           ///< A place of the page around the text: a sidebar, a footer.
    notice_perhaps,  ///< About cookies, newsletters, advertisements.
    notice,          ///< A bar or a form of such: none of the text's even in sentences.
    replies,         ///< What readers wrote.
};

[[nodiscard]] PartName part_name(const Node* element);

/// True for a heading or label that stands above what is not the text: related pages, replies,
/// buttons for sharing, in languages that many pages are in.
[[nodiscard]] bool heads_other_pages(std::string_view heading);

}  // namespace ingestor::extract::html
