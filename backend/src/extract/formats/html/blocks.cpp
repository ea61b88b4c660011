#include "extract/formats/html/blocks.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "extract/formats/html/form_fields.hpp"
#include "extract/formats/html/main_content.hpp"
#include "extract/formats/html/math.hpp"
#include "extract/formats/html/source_text.hpp"
#include "extract/formats/html/table.hpp"
#include "extract/formats/html/visibility.hpp"
#include "extract/model/inline_builder.hpp"
#include "extract/model/lists.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::html {
namespace {

/// A picture this small is an icon, whose words name a control or a mark.
constexpr int kIconPixels = 24;

/// As much of a list of classes as is looked at for a language.
constexpr std::size_t kClassBytesMax = 1'000;

/// Elements that begin and end a line.
bool is_block(Tag tag) {
    using enum Tag;
    return is_any(tag, address, article, aside, body, caption, center, colgroup, dd, details, dir,
                  div, dl, dt, fieldset, figcaption, figure, footer, form, header, hgroup, html,
                  legend, main, nav, noframes) ||
           is_any(tag, noscript, option, p, search, section, summary, tbody, td, tfoot, th, thead,
                  title, tr);
}

int number_of(std::string_view text, int otherwise) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? value : otherwise;
}

/// The language that highlighters name in a class: `language-js`, `lang-js`, `highlight-source-js`.
std::string code_language(const Node* pre) {
    for (const Node* element :
         {pre, child(pre, Tag::code), static_cast<const Node*>(pre->parent)}) {
        const std::string_view classes = attribute(element, "class").substr(0, kClassBytesMax);
        for (const std::string_view prefix :
             {"language-", "lang-", "highlight-source-", "brush: "}) {
            const std::size_t at = classes.find(prefix);
            if (at == std::string_view::npos) continue;
            const std::size_t begin = at + prefix.size();
            return std::string(classes.substr(begin, classes.find_first_of(" ;", begin) - begin));
        }
    }
    return {};
}

/// A mark beside a heading that only links to it.
bool is_anchor_mark(const Node* link) {
    const std::string text = text_of(link);
    const std::string_view mark = text::trim(text);
    return attribute(link, "href").starts_with("#") &&
           (mark == "#" || mark == "\u00B6" || mark == "\u00A7" || mark == "\U0001F517");
}

using model::Block;
using model::Blocks;
using model::Inline;
using model::InlineKind;
using model::Style;

/// A picture and its words below, where that is all there is.
void put_figure(Blocks& into, Blocks parts) {
    const auto* const shown =
        parts.empty() ? nullptr : std::get_if<model::Paragraph>(&parts.front().content);
    const bool pictured = shown != nullptr && shown->text.size() == 1 &&
                          shown->text.front().kind == InlineKind::picture &&
                          shown->text.front().style.link.empty();
    const bool captioned =
        parts.size() == 2 && std::holds_alternative<model::Paragraph>(parts.back().content);
    if (!pictured || (parts.size() > 1 && !captioned)) {
        std::ranges::move(parts, std::back_inserter(into));
        return;
    }
    const Inline& picture = shown->text.front();
    model::Picture block{.words = picture.text, .source = picture.source};
    if (captioned) block.caption = std::get<model::Paragraph>(parts.back().content).text;
    into.push_back({.content = std::move(block)});
}

class BlockReader {
public:
    BlockReader(const MainContent* content, const ParseLimits& limits, HtmlBudget& budget,
                std::vector<model::LeftOut>& left_out)
        : content_(content), limits_(limits), budget_(budget), left_out_(left_out) {}

    void read(const Node* element) {
        read_node(element, {});
        flush();
    }

    Result<Blocks> finish() {
        if (error_) return std::unexpected(*error_);
        return std::move(blocks_);
    }

private:
    /// An open `ul` or `ol`.
    struct OpenList {
        model::List list;
        int next = 1;
    };

    void fail_with(std::string message) {
        if (!error_) error_ = Error{.code = Errc::too_large, .message = std::move(message)};
    }

    void count_block() {
        if (++count_ > limits_.blocks_max) fail_with("the page has more than blocks_max blocks");
    }

    void add(Block block) {
        count_block();
        if (!error_) into_->push_back(std::move(block));
    }

    /// Ends the paragraph under way.
    void flush() {
        after_break_ = false;
        if (inline_.blank()) {
            (void)inline_.take();
        } else if (heading_ > 0) {
            add({.content = model::Heading{.level = heading_, .text = inline_.take()}});
        } else {
            add({.content = model::Paragraph{.text = inline_.take()}});
        }
    }

    /// Runs `read` and gives the blocks that it adds, which stand in no list.
    template <class Read>
    Blocks inside(Read read) {
        flush();
        Blocks blocks;
        Blocks* const outer = std::exchange(into_, &blocks);
        OpenList* const outer_list = std::exchange(list_, nullptr);
        read();
        flush();
        into_ = outer;
        list_ = outer_list;
        return blocks;
    }

    void read_node(const Node* node, const Style& style) {
        if (error_) return;
        if (node->is_text()) return put_text(node->text, style);
        if (is_task_box(node)) {
            checked_ = has_attribute(node, "checked");
            return;
        }
        if (is_field(node) && !hides_itself(node)) return field(node, style);
        if (is_hidden(node)) {
            // Formulas are hidden from the eye beside a picture of them.
            if (const Node* formula = hidden_math(node)) {
                math(formula);
            } else {
                leave_out(model::LeftOutReason::hidden, node);
            }
            return;
        }
        if (content_ != nullptr && content_->is_boilerplate(node)) {
            flush();
            leave_out(model::LeftOutReason::boilerplate, node);
            return;
        }
        if (node->space == Namespace::mathml && node->tag == Tag::math) return math(node);
        element(node, node->space == Namespace::html ? node->tag : Tag::other, style);
    }

    void leave_out(model::LeftOutReason reason, const Node* node) {
        std::string text = page_text(node);
        if (!text::trim(text).empty())
            left_out_.push_back({.reason = reason, .text = std::move(text)});
    }

    /// What a field shows stands in the line; options that nobody chose and labels of buttons do
    /// not.
    void field(const Node* node, const Style& style) {
        const std::string shown = field_text(node);
        if (!shown.empty()) put_text(" " + shown + " ", style);
        if (node->is(Tag::select)) {
            for (const Node* at = node->first; at != nullptr; at = at->next) leave_out_options(at);
        } else if (node->is(Tag::input) && shown.empty()) {
            leave_out(model::LeftOutReason::hidden, node);
        }
    }

    void leave_out_options(const Node* node) {
        walk(node, [&](const Node* at) {
            if (at->is_element() && !at->is(Tag::option)) return true;
            if (!has_attribute(at, "selected")) leave_out(model::LeftOutReason::hidden, at);
            return false;
        });
    }

    /// The box of a task at the beginning of an item.
    [[nodiscard]] bool is_task_box(const Node* node) const {
        return items_ > 0 && inline_.blank() && into_->empty() && node->is(Tag::input) &&
               text::to_lower_ascii(attribute(node, "type")) == "checkbox";
    }

    void read_children(const Node* node, const Style& style) {
        for (const Node* at = node->first; at != nullptr; at = at->next) read_node(at, style);
    }

    void put_text(std::string_view text, const Style& style) {
        text_bytes_ += text.size();
        if (text_bytes_ > limits_.text_bytes_max)
            fail_with("the page has more text than text_bytes_max");
        if (!text::trim(text).empty()) after_break_ = false;
        inline_.text(text, affordable(style));
    }

    /// The style without its link once links have been copied too often: a long one may stand
    /// around any number of pieces of text.
    Style affordable(const Style& style) {
        constexpr std::size_t kAlwaysKept = 256;
        const std::size_t bytes = style.link.size() <= kAlwaysKept ? 0 : style.link.size();
        const bool cut = bytes > budget_.link_bytes;
        budget_.link_bytes -= cut ? 0 : bytes;
        budget_.links_cut = budget_.links_cut || cut;
        return {.bold = style.bold,
                .italic = style.italic,
                .struck = style.struck,
                .code = style.code,
                .script = style.script,
                .link = cut ? std::string() : style.link};
    }

    void element(const Node* node, Tag tag, const Style& style) {
        if (const int level = heading_level(tag); level > 0) {
            flush();
            const int outer = std::exchange(heading_, level);
            // A heading is bold by itself.
            Style plain = style;
            plain.bold = false;
            read_children(node, plain);
            flush();
            heading_ = outer;
        } else if (tag == Tag::ul || tag == Tag::ol || tag == Tag::menu) {
            list(node, tag == Tag::ol, style);
        } else if (tag == Tag::li) {
            item(node, style);
        } else if (tag == Tag::blockquote) {
            Blocks blocks = inside([&] { read_children(node, style); });
            if (!blocks.empty()) add({.content = model::Quote{.blocks = std::move(blocks)}});
        } else if (tag == Tag::pre) {
            preformatted(node);
        } else if (tag == Tag::table) {
            table(node, style);
        } else if (tag == Tag::hr) {
            flush();
            add({.content = model::Rule{}});
        } else if (tag == Tag::figure) {
            put_figure(*into_, inside([&] { read_children(node, style); }));
        } else if (is_block(tag)) {
            flush();
            read_children(node, style);
            flush();
        } else {
            phrase(node, tag, style);
        }
    }

    /// Elements that stand within a line.
    void phrase(const Node* node, Tag tag, const Style& style) {
        if (tag == Tag::br) {
            // Two breaks in a row are how some pages part paragraphs.
            if (after_break_ && heading_ == 0) {
                flush();
            } else {
                inline_.line_break();
                after_break_ = true;
            }
            return;
        }
        if (tag == Tag::img) {
            image(node);
            return;
        }
        Style inner = affordable(style);
        if (tag == Tag::b || tag == Tag::strong) inner.bold = heading_ == 0;
        if (tag == Tag::i || tag == Tag::em || tag == Tag::dfn || tag == Tag::var)
            inner.italic = true;
        if (tag == Tag::s || tag == Tag::strike || tag == Tag::del) inner.struck = true;
        if (tag == Tag::code || tag == Tag::tt || tag == Tag::kbd || tag == Tag::samp)
            inner.code = true;
        if (tag == Tag::sup) inner.script = model::Script::superscript;
        if (tag == Tag::sub) inner.script = model::Script::subscript;
        if (has_attribute(node, "style")) {
            // Word processors write exponents so.
            const std::string declarations = inline_style(node);
            if (declarations.find("vertical-align:super") != std::string::npos)
                inner.script = model::Script::superscript;
            if (declarations.find("vertical-align:sub") != std::string::npos)
                inner.script = model::Script::subscript;
        }
        if (tag == Tag::a) {
            if (heading_ > 0 && is_anchor_mark(node)) return;
            const std::string_view url = attribute(node, "href");
            if (!url.empty() && !url.starts_with('#')) inner.link = url;
        }
        if (tag == Tag::q) inline_.text("\u201C", style);
        read_children(node, inner);
        if (tag == Tag::q) inline_.text("\u201D", style);
    }

    void image(const Node* node) {
        const std::string_view alt = attribute(node, "alt");
        const bool icon = number_of(attribute(node, "width"), kIconPixels + 1) <= kIconPixels ||
                          number_of(attribute(node, "height"), kIconPixels + 1) <= kIconPixels;
        if (text::trim(alt).empty() || icon) return;
        after_break_ = false;
        const model::Inlines words = model::plain(alt);
        inline_.put({.kind = InlineKind::picture,
                     .text = words.empty() ? std::string() : words.front().text,
                     .source = std::string(attribute(node, "src"))});
    }

    void math(const Node* node) {
        const MathText formula = math_of(node);
        text_bytes_ += formula.latex.size();
        if (text::trim(formula.latex).empty()) return;
        after_break_ = false;
        if (formula.display) {
            flush();
            add({.content = model::Formula{.text = formula.latex}});
        } else {
            inline_.put({.kind = InlineKind::formula, .text = formula.latex});
        }
    }

    void list(const Node* node, bool ordered, const Style& style) {
        OpenList open{.list = {.ordered = ordered}, .next = number_of(attribute(node, "start"), 1)};
        for (const Node* at = node->first; at != nullptr; at = at->next) {
            // What stands between the items belongs to the one above.
            Blocks loose = inside([&] {
                list_ = &open;
                read_node(at, style);
            });
            Blocks& into = open.list.items.empty() ? *into_ : open.list.items.back().blocks;
            std::ranges::move(loose, std::back_inserter(into));
        }
        if (!open.list.items.empty()) add({.content = std::move(open.list)});
    }

    void item(const Node* node, const Style& style) {
        OpenList* const list = list_;
        ++items_;
        const auto outer_checked = std::exchange(checked_, std::nullopt);
        model::ListItem item;
        item.blocks = inside([&] { read_children(node, style); });
        item.checked = std::exchange(checked_, outer_checked);
        --items_;
        int number = 0;
        if (list != nullptr) {
            list->next = number_of(attribute(node, "value"), list->next);
            number = list->list.ordered ? std::clamp(list->next, 1, 999'999'999) : 0;
            if (list->next < 999'999'999) ++list->next;
        }
        item.number = number;
        if (item.blocks.empty()) return;
        count_block();
        if (list != nullptr) {
            list->list.items.push_back(std::move(item));
        } else {
            model::add_item(*into_, 0, std::move(item));
        }
    }

    void preformatted(const Node* node) {
        flush();
        std::string text;
        walk(node, [&](const Node* at) {
            if (at->is_text()) text += at->text;
            if (at->is(Tag::br)) text += '\n';
            if (at == node || at->is_text() || !is_hidden(at)) return true;
            leave_out(model::LeftOutReason::hidden, at);
            return false;
        });
        text_bytes_ += text.size();
        if (text_bytes_ > limits_.text_bytes_max)
            fail_with("the page has more text than text_bytes_max");
        if (text.starts_with('\n')) text.erase(0, 1);
        while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
        if (!text.empty())
            add({.content = model::Code{.text = std::move(text), .language = code_language(node)}});
    }

    void table(const Node* node, const Style& style) {
        flush();
        const HtmlTable grid(node);
        for (const Node* const part : grid.hidden()) leave_out(model::LeftOutReason::hidden, part);
        for (const Node* const caption : grid.captions()) {
            read_children(caption, style);
            flush();
        }
        if (grid.is_layout()) {
            for (const auto& row : grid.rows()) {
                for (const Node* cell : row) {
                    read_children(cell, style);
                    flush();
                }
            }
            return;
        }
        const auto read_cell = [&](const Node* cell) {
            return inside([&] { read_children(cell, {}); });
        };
        auto read = grid.read(read_cell, limits_, budget_);
        if (!read) {
            fail_with(read.error().message);
        } else if (!read->rows.empty()) {
            add({.content = std::move(*read)});
        }
    }

    const MainContent* content_;
    const ParseLimits& limits_;
    HtmlBudget& budget_;
    std::vector<model::LeftOut>& left_out_;
    Blocks blocks_;
    Blocks* into_ = &blocks_;
    OpenList* list_ = nullptr;
    model::InlineBuilder inline_;
    std::optional<Error> error_;
    std::optional<bool> checked_;
    std::uint64_t text_bytes_ = 0;
    std::uint64_t count_ = 0;
    int heading_ = 0;
    int items_ = 0;
    bool after_break_ = false;
};

}  // namespace

Result<Blocks> html_blocks(const Node* element, const MainContent* content,
                           const ParseLimits& limits, HtmlBudget& budget,
                           std::vector<model::LeftOut>& left_out) {
    BlockReader reader(content, limits, budget, left_out);
    reader.read(element);
    return reader.finish();
}

}  // namespace ingestor::extract::html
