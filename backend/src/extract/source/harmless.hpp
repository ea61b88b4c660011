#pragma once

#include <string>
#include <string_view>

namespace ingestor::extract {

/// Markdown that runs nothing when it is shown. Tags outside a list of harmless ones become text
/// (`&lt;script>`), harmless ones lose attributes that could act, links with schemes that could act
/// lose their marks. Everything else, code included, stays byte for byte, as does the number of
/// lines.
[[nodiscard]] std::string make_harmless(std::string_view markdown);

}  // namespace ingestor::extract
