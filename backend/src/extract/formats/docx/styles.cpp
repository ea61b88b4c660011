#include "extract/formats/docx/styles.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "extract/formats/docx/wordml.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::docx {
namespace {

/// Styles that are based on one another in a circle end here.
constexpr int kChainMax = 64;

/// The N of "heading N", written with or without the blank; 0 if the name is none.
int heading_in(std::string_view name) {
    if (!name.starts_with("heading")) return 0;
    const std::string_view rest = text::trim(name.substr(7));
    return rest.size() == 1 && rest[0] >= '1' && rest[0] <= '9' ? rest[0] - '0' : 0;
}

int list_depth_in(std::string_view name) {
    for (const std::string_view family : {"list bullet", "list number"}) {
        if (!name.starts_with(family)) continue;
        const std::string_view rest = text::trim(name.substr(family.size()));
        if (rest.size() == 1 && rest[0] >= '2' && rest[0] <= '9') return rest[0] - '1';
    }
    return 0;
}

bool names_code(std::string_view name) {
    return name == "code" || name == "source code" || name == "code block" || name == "codeblock" ||
           name == "sourcecode" || name == "html preformatted" || name == "preformatted text" ||
           name == "verbatim" || name == "macro text" || name == "macro";
}

/// Families by the words that their names have; "monotype" is a foundry.
bool is_fixed_pitch(std::string_view font) {
    constexpr std::array<std::string_view, 14> kFamilies = {
        "courier",   "consolas", "lucida console", "lucida sans typewriter",
        "monaco",    "menlo",    "inconsolata",    "source code",
        "fira code", "cascadia", "andale mono",    "letter gothic",
        "ocr a",     "terminal"};
    if (std::ranges::any_of(kFamilies,
                            [&](std::string_view family) { return font.starts_with(family); }))
        return true;
    return font.ends_with(" mono") || font.find("mono ") != font.npos ||
           font.find("sansmono") != font.npos || font.find("typewriter") != font.npos;
}

bool names_quote(std::string_view name) {
    return name == "quote" || name == "intense quote" || name == "block text" ||
           name == "quotations" || name == "blockquote" || name == "block quote";
}

}  // namespace

RunProperties RunProperties::read(const xmlNode* properties) {
    RunProperties out;
    if (properties == nullptr) return out;
    out.bold = on_off(properties, "b");
    out.italic = on_off(properties, "i");
    out.struck = on_off(properties, "strike");
    if (!out.struck.value_or(false)) {
        if (const auto twice = on_off(properties, "dstrike")) out.struck = twice;
    }
    out.hidden = on_off(properties, "vanish");
    if (const xmlNode* fonts = child(properties, "rFonts")) {
        std::string name = attribute(fonts, "ascii");
        if (name.empty()) name = attribute(fonts, "hAnsi");
        if (!name.empty()) out.fixed_pitch = is_fixed_pitch(text::to_lower_ascii(name));
    }
    if (const xmlNode* place = child(properties, "vertAlign")) {
        const std::string value = attribute(place, "val");
        out.script = value == "superscript" ? model::Script::superscript
                     : value == "subscript" ? model::Script::subscript
                                            : model::Script::normal;
    }
    return out;
}

RunProperties RunProperties::over(const RunProperties& below) const {
    RunProperties out = *this;
    if (!out.bold) out.bold = below.bold;
    if (!out.italic) out.italic = below.italic;
    if (!out.struck) out.struck = below.struck;
    if (!out.hidden) out.hidden = below.hidden;
    if (!out.script) out.script = below.script;
    if (!out.fixed_pitch) out.fixed_pitch = below.fixed_pitch;
    return out;
}

ListPlace ListPlace::read(const xmlNode* paragraph_properties) {
    const xmlNode* place = child(paragraph_properties, "numPr");
    return {.number_id = int_attribute(child(place, "numId"), "val"),
            .level = int_attribute(child(place, "ilvl"), "val")};
}

Styles::Styles(const xmlNode* root) {
    if (root == nullptr) return;
    const xmlNode* run_defaults = child(child(root, "docDefaults"), "rPrDefault");
    defaults_ = RunProperties::read(child(run_defaults, "rPr"));
    for (const xmlNode* at = root->children; at != nullptr; at = at->next) {
        if (!is_word(at, "style")) continue;
        const std::string id = attribute(at, "styleId");
        const xmlNode* properties = child(at, "pPr");
        Style style{.name = text::to_lower_ascii(attribute(child(at, "name"), "val")),
                    .based_on = attribute(child(at, "basedOn"), "val"),
                    .outline_level = int_attribute(child(properties, "outlineLvl"), "val"),
                    .list = ListPlace::read(properties),
                    .run = RunProperties::read(child(at, "rPr"))};
        const std::string standard = attribute(at, "default");
        if (attribute(at, "type") == "paragraph" && (standard == "1" || standard == "true")) {
            default_paragraph_ = id;
        }
        styles_[id] = std::move(style);
    }
}

ParagraphStyle Styles::paragraph(const std::string& id) const {
    ParagraphStyle out;
    std::string at = styles_.contains(id) ? id : default_paragraph_;
    bool outlined = false;
    if (!styles_.contains(id)) {
        // Documents without their styles still name them.
        out.heading = heading_in(text::to_lower_ascii(id));
        outlined = out.heading > 0;
    }
    for (int step = 0; step < kChainMax; ++step) {
        const auto found = styles_.find(at);
        if (found == styles_.end()) break;
        const Style& style = found->second;
        if (!outlined && style.outline_level) {
            outlined = true;
            // Level 9 is Word's word for body text.
            out.heading = *style.outline_level >= 0 && *style.outline_level < 9
                              ? *style.outline_level + 1
                              : 0;
        } else if (!outlined && heading_in(style.name) > 0) {
            outlined = true;
            out.heading = heading_in(style.name);
        } else if (!outlined && style.name == "title") {
            outlined = true;
            out.heading = 1;
            out.title = true;
        }
        out.quote = out.quote || names_quote(style.name);
        out.code = out.code || names_code(style.name);
        if (out.list_depth == 0) out.list_depth = list_depth_in(style.name);
        if (!out.list.number_id) out.list.number_id = style.list.number_id;
        if (!out.list.level) out.list.level = style.list.level;
        out.run = out.run.over(style.run);
        at = style.based_on;
    }
    out.run = out.run.over(defaults_);
    return out;
}

RunProperties Styles::character(const std::string& id) const {
    RunProperties out;
    std::string at = id;
    for (int step = 0; step < kChainMax; ++step) {
        const auto found = styles_.find(at);
        if (found == styles_.end()) break;
        out = out.over(found->second.run);
        at = found->second.based_on;
    }
    return out;
}

std::optional<int> Styles::number_id_of(const std::string& style_id) const {
    const auto found = styles_.find(style_id);
    return found == styles_.end() ? std::nullopt : found->second.list.number_id;
}

}  // namespace ingestor::extract::docx
