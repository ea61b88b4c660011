#include "extract/render/docling.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include <boost/json.hpp>

#include "extract/render/links.hpp"
#include "extract/render/plain_text.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::render {
namespace {

using namespace model;
namespace json = boost::json;

constexpr std::string_view kVersion = "1.10.0";
constexpr std::string_view kBody = "#/body";

/// The schema's names of languages; a document's own name for one may be an alias.
constexpr std::array kLanguages = {
    "Ada",         "Awk",        "Bash",   "bc",     "C",          "C#",      "C++",
    "CMake",       "COBOL",      "CSS",    "Ceylon", "Clojure",    "Crystal", "Cuda",
    "Cython",      "D",          "Dart",   "dc",     "Dockerfile", "Elixir",  "Erlang",
    "FORTRAN",     "Forth",      "Go",     "HTML",   "Haskell",    "Haxe",    "Java",
    "JavaScript",  "JSON",       "Julia",  "Kotlin", "Latex",      "Lisp",    "Lua",
    "Matlab",      "MoonScript", "Nim",    "OCaml",  "ObjectiveC", "Octave",  "PHP",
    "Pascal",      "Perl",       "Prolog", "Python", "Racket",     "Ruby",    "Rust",
    "SML",         "SQL",        "Scala",  "Scheme", "Swift",      "Tikz",    "TypeScript",
    "VisualBasic", "XML",        "YAML"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kAliases = {
    {{"sh", "Bash"},
     {"shell", "Bash"},
     {"cpp", "C++"},
     {"cs", "C#"},
     {"csharp", "C#"},
     {"golang", "Go"},
     {"js", "JavaScript"},
     {"py", "Python"},
     {"rb", "Ruby"},
     {"rs", "Rust"},
     {"tex", "Latex"},
     {"ts", "TypeScript"},
     {"yml", "YAML"},
     {"vb", "VisualBasic"}}};

std::string_view language_of(std::string_view name) {
    const std::string lower = text::to_lower_ascii(name);
    for (const std::string_view language : kLanguages) {
        if (text::to_lower_ascii(language) == lower) return language;
    }
    for (const auto& [alias, language] : kAliases) {
        if (alias == lower) return language;
    }
    return "unknown";
}

/// As docling does: the last 64 bits of the digest.
std::uint64_t binary_hash(std::string_view sha256) {
    std::uint64_t hash = 0;
    const std::string_view last =
        sha256.substr(sha256.size() - std::min<std::size_t>(16, sha256.size()));
    std::from_chars(last.data(), last.data() + last.size(), hash, 16);
    return hash;
}

json::object reference(std::string_view to) {
    return {{"$ref", to}};
}

/// Words in one style.
struct Run {
    std::string text = {};
    Style style = {};
    bool formula = false;
    bool parted = false;  ///< A blank stands before it.
};

bool has_letters(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const text::CodePoint c = text::code_point_at(text, at);
        if (!text::is_punctuation(c.value) && !text::is_space(c.value)) return true;
        at += c.size;
    }
    return false;
}

/// Puts a run behind another that no blank parts from it: punctuation takes the style of the word;
/// of a word in two styles the text alone is kept.
void glue(Run& word, const Run& run) {
    const bool same = word.style == run.style && word.formula == run.formula;
    if (same) {
        word.text += run.text;
        return;
    }
    const bool word_decides =
        !word.formula && !run.formula && has_letters(word.text) && !has_letters(run.text);
    const bool run_decides =
        !word.formula && !run.formula && !has_letters(word.text) && has_letters(run.text);
    if (word_decides || run_decides) {
        if (run_decides) word.style = run.style;
        word.text += run.text;
        return;
    }
    word.text = plain_text(
        Inlines{{.text = word.text, .style = word.style}, {.text = run.text, .style = run.style}});
    word.style = {};
    word.formula = false;
}

/// Text cut at its blanks into words, each in one style, and joined again as far as styles agree.
class Runs {
public:
    explicit Runs(const Inlines& inlines) {
        for (const Inline& item : inlines) add(item);
        end_word();
    }
    std::vector<Run> take() { return std::move(runs_); }

private:
    void add(const Inline& item) {
        switch (item.kind) {
            case InlineKind::text:
                words(item.text, item.style);
                break;
            case InlineKind::line_break:
                blank();
                break;
            case InlineKind::formula:
                append({.text = item.text, .formula = true});
                break;
            case InlineKind::picture:
                words(item.text, {});
                break;
            case InlineKind::footnote_reference:
                append({.text = "[" + item.text + "]"});
                break;
        }
    }

    void words(std::string_view text, const Style& style) {
        while (!text.empty()) {
            const std::size_t end = std::min(text.find_first_of(" \n\t"), text.size());
            if (end > 0) append({.text = std::string(text.substr(0, end)), .style = style});
            if (end < text.size()) blank();
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    }

    void append(Run run) {
        if (word_) {
            glue(*word_, run);
        } else {
            run.parted = parted_;
            word_ = std::move(run);
        }
    }

    void blank() {
        end_word();
        parted_ = true;
    }

    void end_word() {
        if (!word_) return;
        if (!runs_.empty() && !word_->formula && !runs_.back().formula &&
            runs_.back().style == word_->style) {
            runs_.back().text += ' ' + word_->text;
        } else {
            runs_.push_back(std::move(*word_));
        }
        word_.reset();
    }

    std::vector<Run> runs_;
    std::optional<Run> word_;
    bool parted_ = false;
};

class Writer {
public:
    explicit Writer(const Document& document) : document_(document) {}

    json::object write(const DoclingOrigin& origin) {
        const json::array children = blocks(document_.blocks, kBody);
        const std::string_view name = origin.filename.substr(0, origin.filename.rfind('.'));
        json::object pages;
        for (std::size_t i = 0; i < document_.page_sizes.size(); ++i) {
            const auto& [width, height] = document_.page_sizes[i];
            pages[std::to_string(i + 1)] = {{"size", {{"width", width}, {"height", height}}},
                                            {"page_no", i + 1}};
        }
        return {{"schema_name", "DoclingDocument"},
                {"version", kVersion},
                {"name", name.empty() ? origin.filename : name},
                {"origin",
                 {{"mimetype", origin.content_type},
                  {"binary_hash", binary_hash(origin.sha256)},
                  {"filename", origin.filename}}},
                {"furniture", root("#/furniture", {}, "furniture")},
                {"body", root(kBody, children, "body")},
                {"groups", std::move(groups_)},
                {"texts", std::move(texts_)},
                {"pictures", std::move(pictures_)},
                {"tables", std::move(tables_)},
                {"key_value_items", json::array()},
                {"form_items", json::array()},
                {"pages", std::move(pages)}};
    }

private:
    static json::object root(std::string_view self, json::array children, std::string_view layer) {
        return {{"self_ref", self},
                {"children", std::move(children)},
                {"content_layer", layer},
                {"name", "_root_"},
                {"label", "unspecified"}};
    }

    /// Reserves the place of an item, since its children name it before it is whole.
    static std::string reserve(json::array& items, std::string_view kind) {
        items.emplace_back(nullptr);
        return "#/" + std::string(kind) + "/" + std::to_string(items.size() - 1);
    }

    static json::object item(std::string_view self, std::string_view parent,
                             std::string_view label) {
        return {{"self_ref", self},
                {"parent", reference(parent)},
                {"children", json::array()},
                {"content_layer", "body"},
                {"label", label}};
    }

    /// Where the block being written was read; empty where the format has no pages.
    [[nodiscard]] json::array provenance(std::string_view text) const {
        if (place_.page == 0) return {};
        Box box;
        if (place_.box) {
            box = *place_.box;
        } else if (place_.page <= document_.page_sizes.size()) {
            const auto& [width, height] = document_.page_sizes[place_.page - 1];
            box = {.left = 0, .top = 0, .right = width, .bottom = height};
        } else {
            return {};
        }
        return {{{"page_no", place_.page},
                 {"bbox",
                  {{"l", box.left},
                   {"t", box.top},
                   {"r", box.right},
                   {"b", box.bottom},
                   {"coord_origin", "TOPLEFT"}}},
                 {"charspan", {0, text::count_code_points(text)}}}};
    }

    json::object text_item(std::string_view self, std::string_view parent, std::string_view label,
                           std::string_view content) const {
        json::object out = item(self, parent, label);
        out["prov"] = provenance(content);
        out["orig"] = content;
        out["text"] = content;
        return out;
    }

    static void put_style(json::object& out, const Style& style) {
        if (style.bold || style.italic || style.struck || style.script != Script::normal) {
            const std::string_view script = style.script == Script::superscript ? "super"
                                            : style.script == Script::subscript ? "sub"
                                                                                : "baseline";
            out["formatting"] = {{"bold", style.bold},
                                 {"italic", style.italic},
                                 {"underline", false},
                                 {"strikethrough", style.struck},
                                 {"script", script}};
        }
        if (const std::string target = safe_target(style.link);
            !style.link.empty() && !target.empty()) {
            out["hyperlink"] = target;
        }
    }

    std::string put_run(const Run& run, std::string_view parent, std::string_view label) {
        const std::string self = reserve(texts_, "texts");
        const bool code = run.style.code && !run.formula;
        json::object out = text_item(self, parent,
                                     run.formula ? "formula"
                                     : code      ? "code"
                                                 : label,
                                     run.text);
        if (code) put_code(out, {});
        put_style(out, run.style);
        texts_.at(index_of(self)) = std::move(out);
        return self;
    }

    static void put_code(json::object& out, std::string_view language) {
        out["captions"] = json::array();
        out["references"] = json::array();
        out["footnotes"] = json::array();
        out["code_language"] = language_of(language);
    }

    static std::size_t index_of(std::string_view self) {
        std::size_t index = 0;
        const std::string_view digits = self.substr(self.rfind('/') + 1);
        std::from_chars(digits.data(), digits.data() + digits.size(), index);
        return index;
    }

    /// Runs as a text, or as a group of texts where their styles differ.
    std::optional<std::string> put_inlines(const Inlines& inlines, std::string_view parent,
                                           std::string_view label) {
        const std::vector<Run> runs = Runs(inlines).take();
        if (runs.empty()) return std::nullopt;
        if (runs.size() == 1) return put_run(runs.front(), parent, label);
        return put_group("inline", "group", parent, [&](std::string_view self) {
            json::array children;
            for (const Run& run : runs) children.emplace_back(reference(put_run(run, self, label)));
            return children;
        });
    }

    template <class Fill>
    std::string put_group(std::string_view label, std::string_view name, std::string_view parent,
                          const Fill& fill) {
        const std::string self = reserve(groups_, "groups");
        json::object out = item(self, parent, label);
        out["name"] = name;
        out["children"] = fill(self);
        groups_.at(index_of(self)) = std::move(out);
        return self;
    }

    json::array blocks(std::span<const Block> blocks, std::string_view parent) {
        json::array children;
        for (const Block& block : blocks) {
            const Provenance outer = place_;
            if (block.place.page > 0) place_ = block.place;
            const auto self = std::visit([&](const auto& content) { return put(content, parent); },
                                         block.content);
            if (self) children.emplace_back(reference(*self));
            place_ = outer;
        }
        return children;
    }

    using Self = std::optional<std::string>;

    Self put(const Paragraph& paragraph, std::string_view parent) {
        return put_inlines(paragraph.text, parent, "text");
    }

    Self put(const Heading& heading, std::string_view parent) {
        const std::string content = plain_text(heading.text);
        if (text::trim(content).empty()) return std::nullopt;
        const std::string self = reserve(texts_, "texts");
        const int level = std::clamp(heading.level, 1, 6);
        json::object out =
            text_item(self, parent, level == 1 ? "title" : "section_header", text::trim(content));
        if (level > 1) out["level"] = level - 1;
        texts_.at(index_of(self)) = std::move(out);
        return self;
    }

    Self put(const List& list, std::string_view parent) {
        return put_group("list", "list", parent, [&](std::string_view self) {
            json::array children;
            for (const ListItem& item : list.items) {
                children.emplace_back(reference(put_item(item, list.ordered, self)));
            }
            return children;
        });
    }

    /// The first paragraph is the item's text where it is in one style, else a group within it.
    std::string put_item(const ListItem& item, bool ordered, std::string_view parent) {
        const std::string self = reserve(texts_, "texts");
        const std::string_view box = !item.checked ? "" : *item.checked ? "[x] " : "[ ] ";
        std::vector<Run> runs;
        std::size_t first = 0;
        if (!item.blocks.empty()) {
            if (const auto* const paragraph =
                    std::get_if<Paragraph>(&item.blocks.front().content)) {
                runs = Runs(paragraph->text).take();
                first = 1;
            }
        }
        const bool plain = runs.size() == 1 && !runs.front().formula && !runs.front().style.code;
        const std::string content = std::string(box) + (plain ? runs.front().text : "");
        json::object out = text_item(self, parent, "list_item", content);
        out["enumerated"] = ordered;
        out["marker"] = ordered ? std::to_string(item.number) + "." : "-";
        if (plain) put_style(out, runs.front().style);
        json::array children;
        if (!plain && !runs.empty()) {
            children.emplace_back(
                reference(put_group("inline", "group", self, [&](std::string_view group) {
                    json::array parts;
                    for (const Run& run : runs)
                        parts.emplace_back(reference(put_run(run, group, "text")));
                    return parts;
                })));
        }
        for (auto& child : blocks(std::span(item.blocks).subspan(first), self)) {
            children.emplace_back(std::move(child));
        }
        out["children"] = std::move(children);
        texts_.at(index_of(self)) = std::move(out);
        return self;
    }

    Self put(const Table& table, std::string_view parent) {
        const std::string self = reserve(tables_, "tables");
        json::object out = item(self, parent, "table");
        out["prov"] = provenance({});
        out["captions"] = json::array();
        out["references"] = json::array();
        out["footnotes"] = json::array();
        out["data"] = table_data(table);
        tables_.at(index_of(self)) = std::move(out);
        return self;
    }

    /// Cells at their places: a place that a cell from above reaches into is passed over.
    static json::object table_data(const Table& table) {
        json::array cells;
        std::size_t columns = 0;
        std::vector<std::size_t> taken;  ///< For each column, the rows from here that are taken.
        for (std::size_t row = 0; row < table.rows.size(); ++row) {
            std::size_t column = 0;
            for (const Cell& cell : table.rows[row]) {
                while (column < taken.size() && taken[column] > 0) ++column;
                const std::size_t end = column + std::max<std::size_t>(cell.columns, 1);
                const std::size_t rows =
                    std::clamp<std::size_t>(cell.rows, 1, table.rows.size() - row);
                if (taken.size() < end) taken.resize(end, 0);
                for (std::size_t i = column; i < end; ++i) taken[i] = std::max(taken[i], rows);
                cells.emplace_back(
                    json::object{{"text", plain_line(cell)},
                                 {"row_span", rows},
                                 {"col_span", end - column},
                                 {"start_row_offset_idx", row},
                                 {"end_row_offset_idx", row + rows},
                                 {"start_col_offset_idx", column},
                                 {"end_col_offset_idx", end},
                                 {"column_header", row < table.header_rows},
                                 {"row_header", row >= table.header_rows && cell.header},
                                 {"row_section", false}});
                column = end;
            }
            columns = std::max(columns, taken.size());
            for (std::size_t& rows : taken) rows -= rows > 0 ? 1 : 0;
        }
        return {{"table_cells", std::move(cells)},
                {"num_rows", table.rows.size()},
                {"num_cols", columns}};
    }

    Self put(const Code& code, std::string_view parent) {
        const std::string self = reserve(texts_, "texts");
        json::object out = text_item(self, parent, "code", code.text);
        put_code(out, code.language);
        texts_.at(index_of(self)) = std::move(out);
        return self;
    }

    Self put(const Quote& quote, std::string_view parent) {
        return put_group("unspecified", "quote", parent,
                         [&](std::string_view self) { return blocks(quote.blocks, self); });
    }

    /// What stands for a picture is its caption where it has no other, since a description in the
    /// metadata is in nobody's Markdown.
    Self put(const Picture& picture, std::string_view parent) {
        const std::string self = reserve(pictures_, "pictures");
        json::object out = item(self, parent, "picture");
        const std::string caption = plain_text(picture.caption);
        const std::string& words = caption.empty() ? picture.words : caption;
        json::array captions;
        if (!text::trim(words).empty()) {
            const std::string text = reserve(texts_, "texts");
            texts_.at(index_of(text)) = text_item(text, self, "caption", text::trim(words));
            captions.emplace_back(reference(text));
            out["children"] = captions;
        }
        if (!caption.empty() && !picture.words.empty()) {
            out["meta"] = {{"description", {{"text", picture.words}}}};
        }
        out["prov"] = provenance({});
        out["captions"] = std::move(captions);
        out["references"] = json::array();
        out["footnotes"] = json::array();
        out["annotations"] = json::array();
        pictures_.at(index_of(self)) = std::move(out);
        return self;
    }

    Self put(const Formula& formula, std::string_view parent) {
        return put_run({.text = formula.text, .formula = true}, parent, "formula");
    }

    Self put(const Footnote& note, std::string_view parent) {
        const std::string self = reserve(texts_, "texts");
        const std::string content = "[" + note.label + "] " + plain_text(note.blocks);
        texts_.at(index_of(self)) = text_item(self, parent, "footnote", text::trim(content));
        return self;
    }

    Self put(const Rule&, std::string_view) { return std::nullopt; }

    const Document& document_;
    Provenance place_;
    json::array groups_, texts_, pictures_, tables_;
};

}  // namespace

std::string docling(const Document& document, const DoclingOrigin& origin) {
    return json::serialize(Writer(document).write(origin));
}

}  // namespace ingestor::extract::render
