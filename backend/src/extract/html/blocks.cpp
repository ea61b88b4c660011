#include "extract/html/blocks.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "extract/flatten.hpp"
#include "extract/html/boilerplate.hpp"
#include "extract/html/table.hpp"
#include "extract/inline_writer.hpp"
#include "extract/markdown.hpp"
#include "extract/utf8.hpp"
#include "extract/xml.hpp"

namespace ingestor::extract {
namespace {

constexpr std::array<std::string_view, 37> kBlockTags = {
    "address",  "article", "aside",    "body",       "center", "dd",     "details", "div",
    "dl",       "dt",      "fieldset", "figcaption", "figure", "footer", "form",    "header",
    "hgroup",   "html",    "legend",   "main",       "nav",    "p",      "section", "summary",
    "tbody",    "td",      "tfoot",    "th",         "thead",  "tr",     "caption", "search",
    "noframes", "option",  "colgroup", "dir",        "title"};

/// A picture this small is an icon, whose words name a control or a mark.
constexpr int kIconPixels = 24;

/// As much of a list of classes as is looked at for a language.
constexpr std::size_t kClassBytesMax = 1'000;

bool is_block(std::string_view tag) {
    return std::ranges::find(kBlockTags, tag) != kBlockTags.end();
}

/// 1..6 for `h1`..`h6`, else 0.
int heading_level(std::string_view tag) {
    return tag.size() == 2 && tag[0] == 'h' && tag[1] >= '1' && tag[1] <= '6' ? tag[1] - '0' : 0;
}

int number_of(std::string_view text, int otherwise) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? value : otherwise;
}

/// The language that highlighters name in a class: `language-js`, `lang-js`, `highlight-source-js`.
std::string code_language(const xmlNode* pre) {
    for (const xmlNode* element :
         {pre, child(pre, "code"), static_cast<const xmlNode*>(pre->parent)}) {
        const std::string classes = attribute(element, "class", kClassBytesMax);
        for (const std::string_view prefix :
             {"language-", "lang-", "highlight-source-", "brush: "}) {
            const std::size_t at = classes.find(prefix);
            if (at == std::string::npos) continue;
            const std::size_t begin = at + prefix.size();
            return classes.substr(begin, classes.find_first_of(" ;", begin) - begin);
        }
    }
    return {};
}

/// Text with its line breaks, `br` included.
void append_preformatted(std::string& out, const xmlNode* node) {
    const xmlNode* at = node->children;
    while (at != nullptr && at != node) {
        out += own_text(at);
        if (local_name(at) == "br") out += '\n';
        if (at->type == XML_ELEMENT_NODE && at->children != nullptr &&
            !Boilerplate::is_hidden(at)) {
            at = at->children;
            continue;
        }
        while (at != node && at->next == nullptr) at = at->parent;
        if (at != node) at = at->next;
    }
}

/// A mark beside a heading that only links to it.
bool is_anchor_mark(const xmlNode* link) {
    const std::string text = text_of(link);
    const std::string_view mark = trim(text);
    return attribute(link, "href").starts_with('#') &&
           (mark == "#" || mark == "\u00B6" || mark == "\u00A7" || mark == "\U0001F517");
}

class BlockReader {
public:
    BlockReader(const Boilerplate* boilerplate, const ParseLimits& limits, HtmlBudget& budget)
        : boilerplate_(boilerplate), limits_(limits), budget_(budget) {}

    void read(const xmlNode* element) {
        walk(element, {});
        flush();
    }

    Result<std::vector<Block>> finish() {
        if (error_) return std::unexpected(*error_);
        return std::move(blocks_);
    }

private:
    /// An open `ul` or `ol`.
    struct List {
        bool ordered = false;
        int next = 1;
    };

    void fail_with(std::string message) {
        if (!error_) error_ = Error{.code = Errc::too_large, .message = std::move(message)};
    }

    void add(Block block) {
        if (blocks_.size() >= limits_.blocks_max) {
            fail_with("the page has more than blocks_max blocks");
            return;
        }
        blocks_.push_back(std::move(block));
    }

    /// Ends the paragraph under way and puts it where it stands: item, quote or plain.
    void flush() {
        after_break_ = false;
        if (inline_.blank()) {
            (void)inline_.take();
            return;
        }
        std::string text = inline_.take();
        if (heading_ > 0) {
            add({.kind = BlockKind::heading, .level = heading_, .text = std::move(text)});
        } else if (quotes_ > 0) {
            if (item_open_ && !item_begun_) text = marker() + text;
            item_begun_ = true;
            add({.kind = BlockKind::quote, .level = quotes_ - 1, .text = std::move(text)});
        } else if (item_open_ && !item_begun_) {
            item_begun_ = true;
            add({.kind = BlockKind::list_item,
                 .level = static_cast<int>(lists_.size()) - 1,
                 .number = item_number_,
                 .text = std::move(text)});
        } else if (item_open_ && !blocks_.empty() && blocks_.back().kind == BlockKind::list_item) {
            blocks_.back().text.append("  \n").append(text);
        } else {
            add({.kind = BlockKind::paragraph, .text = std::move(text)});
        }
    }

    [[nodiscard]] std::string marker() const {
        return item_number_ > 0 ? std::to_string(item_number_) + ". " : "- ";
    }

    void walk(const xmlNode* node, const TextStyle& style) {
        if (error_) return;
        if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
            put_text(own_text(node), style);
            return;
        }
        if (node->type != XML_ELEMENT_NODE || Boilerplate::is_hidden(node)) return;
        if (boilerplate_ != nullptr && boilerplate_->is_boilerplate(node)) {
            flush();
            return;
        }
        if (++depth_ > static_cast<int>(limits_.nesting_max)) {
            fail_with("the page's elements are nested too deeply (nesting_max)");
        } else {
            element(node, local_name(node), style);
        }
        --depth_;
    }

    void walk_children(const xmlNode* node, const TextStyle& style) {
        for (const xmlNode* at = node->children; at != nullptr; at = at->next) walk(at, style);
    }

    void put_text(std::string_view text, const TextStyle& style) {
        text_bytes_ += text.size();
        if (text_bytes_ > limits_.text_bytes_max)
            fail_with("the page has more text than text_bytes_max");
        if (!trim(text).empty()) after_break_ = false;
        inline_.text(text, affordable(style));
    }

    /// The style without its link once links have been copied too often: a long one may stand
    /// around any number of pieces of text.
    TextStyle affordable(const TextStyle& style) {
        constexpr std::size_t kAlwaysKept = 256;
        const std::size_t bytes = style.url.size() <= kAlwaysKept ? 0 : style.url.size();
        const bool cut = bytes > budget_.link_bytes;
        budget_.link_bytes -= cut ? 0 : bytes;
        budget_.links_cut = budget_.links_cut || cut;
        return {.bold = style.bold,
                .italic = style.italic,
                .struck = style.struck,
                .code = style.code,
                .url = cut ? std::string() : style.url};
    }

    void element(const xmlNode* node, std::string_view tag, const TextStyle& style) {
        if (const int level = heading_level(tag); level > 0) {
            flush();
            const int outer = std::exchange(heading_, level);
            // A heading is bold by itself.
            TextStyle plain = style;
            plain.bold = false;
            walk_children(node, plain);
            flush();
            heading_ = outer;
        } else if (tag == "ul" || tag == "ol" || tag == "menu") {
            list(node, tag == "ol", style);
        } else if (tag == "li") {
            item(node, style);
        } else if (tag == "blockquote") {
            flush();
            ++quotes_;
            walk_children(node, style);
            flush();
            --quotes_;
        } else if (tag == "pre") {
            preformatted(node);
        } else if (tag == "table") {
            table(node, style);
        } else if (tag == "hr") {
            flush();
            if (quotes_ == 0) add({.kind = BlockKind::rule});
        } else if (is_block(tag)) {
            flush();
            walk_children(node, style);
            flush();
        } else {
            phrase(node, tag, style);
        }
    }

    /// Elements that stand within a line.
    void phrase(const xmlNode* node, std::string_view tag, const TextStyle& style) {
        if (tag == "br") {
            // Two breaks in a row are how some pages part paragraphs.
            if (after_break_ && heading_ == 0) {
                flush();
            } else {
                inline_.line_break();
                after_break_ = true;
            }
            return;
        }
        if (tag == "img") {
            image(node);
            return;
        }
        if (tag == "math") {
            const std::string plain = attribute(node, "alttext");
            put_text(plain.empty() ? text_of(node) : plain, style);
            return;
        }
        TextStyle inner = affordable(style);
        if (tag == "b" || tag == "strong") inner.bold = heading_ == 0;
        if (tag == "i" || tag == "em" || tag == "dfn" || tag == "var") inner.italic = true;
        if (tag == "s" || tag == "strike" || tag == "del") inner.struck = true;
        if (tag == "code" || tag == "tt" || tag == "kbd" || tag == "samp") inner.code = true;
        if (tag == "a") {
            if (heading_ > 0 && is_anchor_mark(node)) return;
            const std::string url = attribute(node, "href");
            if (!url.empty() && !url.starts_with('#')) inner.url = url;
        }
        if (tag == "q") inline_.text("\u201C", style);
        walk_children(node, inner);
        if (tag == "q") inline_.text("\u201D", style);
    }

    void image(const xmlNode* node) {
        const std::string alt = attribute(node, "alt");
        const bool icon = number_of(attribute(node, "width"), kIconPixels + 1) <= kIconPixels ||
                          number_of(attribute(node, "height"), kIconPixels + 1) <= kIconPixels;
        if (trim(alt).empty() || icon) return;
        after_break_ = false;
        InlineWriter writer;
        writer.text(alt, {});
        const std::string words = writer.take();
        const std::string linked = link(words, attribute(node, "src"));
        inline_.markup(linked.starts_with('[') ? "!" + linked : "![" + words + "]()");
    }

    void list(const xmlNode* node, bool ordered, const TextStyle& style) {
        flush();
        const bool outer_open = std::exchange(item_open_, false);
        const bool outer_begun = std::exchange(item_begun_, false);
        const int outer_number = item_number_;
        lists_.push_back({.ordered = ordered, .next = number_of(attribute(node, "start"), 1)});
        walk_children(node, style);
        flush();
        lists_.pop_back();
        item_open_ = outer_open;
        // What follows a list within an item is no longer the item's own line.
        item_begun_ = outer_begun || outer_open;
        item_number_ = outer_number;
    }

    void item(const xmlNode* node, const TextStyle& style) {
        flush();
        const bool stray = lists_.empty();
        if (stray) lists_.push_back({});
        List& list = lists_.back();
        list.next = number_of(attribute(node, "value"), list.next);
        item_number_ = list.ordered ? std::clamp(list.next, 1, 999'999'999) : 0;
        if (list.next < 999'999'999) ++list.next;
        item_open_ = true;
        item_begun_ = false;
        walk_children(node, style);
        flush();
        item_open_ = false;
        if (stray) lists_.pop_back();
    }

    void preformatted(const xmlNode* node) {
        flush();
        std::string text;
        append_preformatted(text, node);
        text_bytes_ += text.size();
        if (text_bytes_ > limits_.text_bytes_max)
            fail_with("the page has more text than text_bytes_max");
        if (text.starts_with('\n')) text.erase(0, 1);
        while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
        if (!text.empty())
            add({.kind = BlockKind::code,
                 .text = std::move(text),
                 .language = code_language(node)});
    }

    void table(const xmlNode* node, const TextStyle& style) {
        flush();
        const HtmlTable grid(node);
        if (grid.caption() != nullptr) {
            walk_children(grid.caption(), style);
            flush();
        }
        if (grid.is_layout()) {
            for (const auto& row : grid.rows()) {
                for (const xmlNode* cell : row) {
                    walk_children(cell, style);
                    flush();
                }
            }
            return;
        }
        const auto read_cell = [&](const xmlNode* cell) { return flatten(blocks_inside(cell)); };
        auto rows = grid.cells(read_cell, limits_, budget_);
        if (!rows) {
            fail_with(rows.error().message);
        } else if (!rows->empty()) {
            add({.kind = BlockKind::table, .rows = std::move(*rows)});
        }
    }

    /// The blocks of one cell, read on their own.
    std::vector<Block> blocks_inside(const xmlNode* cell) {
        BlockReader reader(boilerplate_, limits_, budget_);
        reader.depth_ = depth_ + 1;
        reader.text_bytes_ = text_bytes_;
        reader.walk_children(cell, {});
        reader.flush();
        text_bytes_ = reader.text_bytes_;
        if (reader.error_ && !error_) error_ = reader.error_;
        return std::move(reader.blocks_);
    }

    const Boilerplate* boilerplate_;
    const ParseLimits& limits_;
    HtmlBudget& budget_;
    std::vector<Block> blocks_;
    InlineWriter inline_;
    std::vector<List> lists_;
    std::optional<Error> error_;
    std::uint64_t text_bytes_ = 0;
    int depth_ = 0;
    int heading_ = 0;
    int quotes_ = 0;
    int item_number_ = 0;
    bool item_open_ = false;
    bool item_begun_ = false;
    bool after_break_ = false;
};

}  // namespace

Result<std::vector<Block>> html_blocks(const xmlNode* element, const Boilerplate* boilerplate,
                                       const ParseLimits& limits, HtmlBudget& budget) {
    BlockReader reader(boilerplate, limits, budget);
    reader.read(element);
    return reader.finish();
}

}  // namespace ingestor::extract
