#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ingestor::extract::model {

enum class Script : std::uint8_t { normal, superscript, subscript };

/// How a run of text looks, and where it leads.
struct Style {
    bool bold = false;
    bool italic = false;
    bool struck = false;
    bool code = false;
    Script script = Script::normal;
    std::string link = {};  ///< The target as the document has it; empty: no link.

    friend bool operator==(const Style&, const Style&) = default;
};

enum class InlineKind : std::uint8_t { text, line_break, picture, formula, footnote_reference };

/// A run within a line. Text is UTF-8 as a reader sees it: nothing is escaped, white space is one
/// blank.
struct Inline {
    InlineKind kind = InlineKind::text;
    /// Text: the letters. Picture: its words. Formula: LaTeX or linear notation. Reference: the
    /// note's label.
    std::string text = {};
    Style style = {};         ///< Of text only.
    std::string source = {};  ///< Picture: where it lies; may be empty.

    friend bool operator==(const Inline&, const Inline&) = default;
};

using Inlines = std::vector<Inline>;

}  // namespace ingestor::extract::model
