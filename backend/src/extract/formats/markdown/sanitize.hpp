#pragma once

#include <string>
#include <string_view>

namespace ingestor::extract::markdown {

struct Sanitized {
    std::string text;
    /// Marks within some lines would take too long to be read (see reading_cost.hpp); what could
    /// act in them was made text, read or not.
    bool unread = false;
};

/// Markdown that runs nothing when it is shown. Tags outside a list of safe ones become text
/// (`&lt;script>`), safe ones lose attributes that could act, links with schemes that could act
/// lose their marks. Everything else, code included, stays byte for byte, as does the number of
/// lines.
[[nodiscard]] Sanitized sanitize_markdown(std::string_view markdown);

/// The same for a text that is not to be parsed: no tag and no link stays one, code or not.
[[nodiscard]] std::string sanitize_unread(std::string_view markdown);

/// A text of whole lines of front matter, and the rest.
struct WithFrontMatter {
    std::string front;
    std::string body;
    bool unread = false;  ///< As in Sanitized.
};

/// The same for a text with front matter: safe for those who know what that is, and to those who
/// take it for Markdown, in whose eyes a fence in it turns what is code in the body into prose.
[[nodiscard]] WithFrontMatter sanitize_markdown(const WithFrontMatter& markdown);

}  // namespace ingestor::extract::markdown
