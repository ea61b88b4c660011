#pragma once

#include <string>
#include <string_view>

namespace ingestor::extract {

/// Markdown that runs nothing when it is shown. Tags outside a list of harmless ones become text
/// (`&lt;script>`), harmless ones lose attributes that could act, links with schemes that could act
/// lose their marks. Everything else, code included, stays byte for byte, as does the number of
/// lines.
[[nodiscard]] std::string make_harmless(std::string_view markdown);

/// A text of whole lines of front matter, and the rest.
struct WithFrontMatter {
    std::string front;
    std::string body;
};

/// The same for a text with front matter: harmless to those who know what that is, and to those who
/// take it for Markdown, in whose eyes a fence in it turns what is code in the body into prose.
[[nodiscard]] WithFrontMatter make_harmless(const WithFrontMatter& markdown);

}  // namespace ingestor::extract
