#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <libxml/tree.h>

#include "extract/model/inline.hpp"

namespace ingestor::extract::docx {

/// How a run looks, as far as it matters; unset where nothing says so.
struct RunProperties {
    std::optional<bool> bold, italic, struck, hidden;
    std::optional<bool> fixed_pitch;  ///< As type writers and listings have it.
    std::optional<model::Script> script;

    /// Reads a `w:rPr`; nullptr gives nothing.
    [[nodiscard]] static RunProperties read(const xmlNode* properties);
    /// What is set here wins over what is set below.
    [[nodiscard]] RunProperties over(const RunProperties& below) const;
};

/// A paragraph's membership in a list.
struct ListPlace {
    std::optional<int> number_id;  ///< 0 takes the paragraph out of its style's list.
    std::optional<int> level;      ///< From 0.

    [[nodiscard]] static ListPlace read(const xmlNode* paragraph_properties);
};

/// What a paragraph style says, its ancestors included.
struct ParagraphStyle {
    int heading = 0;     ///< 1..9; 0 if none.
    bool title = false;  ///< Of the document, which stands above all headings.
    bool quote = false;
    bool code = false;
    ListPlace list;
    /// The depth, from 0, that Word's own list styles carry in their name ("List Bullet 2").
    int list_depth = 0;
    RunProperties run;
};

/// The styles of a document (`word/styles.xml`). Built-in styles are known by their names, which
/// Word writes in English whatever the language of the program, and by outline levels.
class Styles {
public:
    Styles() = default;
    /// `root` is the part's root element and may be nullptr.
    explicit Styles(const xmlNode* root);

    /// An unknown or empty id gives the default paragraph style.
    [[nodiscard]] ParagraphStyle paragraph(const std::string& id) const;
    [[nodiscard]] RunProperties character(const std::string& id) const;
    /// The numbering that a list style (`w:numStyleLink`) stands for.
    [[nodiscard]] std::optional<int> number_id_of(const std::string& style_id) const;

private:
    struct Style {
        std::string name;  ///< Lower case.
        std::string based_on;
        std::optional<int> outline_level;
        ListPlace list;
        RunProperties run;
    };

    std::map<std::string, Style> styles_;
    std::string default_paragraph_;
    RunProperties defaults_;
};

}  // namespace ingestor::extract::docx
