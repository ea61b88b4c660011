#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ingestor::extract {

/// Attributes that a tag may have. libxml2 compares each with all before it, so that their number
/// has to be bounded before it reads the page.
inline constexpr std::size_t kAttributesMax = 256;

/// The page without the attributes of a tag beyond kAttributesMax; nothing where no tag has so
/// many. Comments, scripts and style sheets stay as they are.
[[nodiscard]] std::optional<std::string> without_excess_attributes(std::string_view page);

}  // namespace ingestor::extract
