#include "extract/formats/markdown/markdown_model.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "extract/formats/markdown/commonmark.hpp"
#include "extract/model/cells.hpp"
#include "extract/model/inline_builder.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::markdown {
namespace {

/// The box of a task (GFM, 5.3), which stands before its words.
void take_box(model::ListItem& item) {
    auto* const first =
        item.blocks.empty() ? nullptr : std::get_if<model::Paragraph>(&item.blocks.front().content);
    if (first == nullptr || first->text.empty()) return;
    model::Inline& text = first->text.front();
    if (text.kind != model::InlineKind::text || text.style != model::Style{}) return;
    const bool empty = text.text.starts_with("[ ] ");
    if (!empty && !text.text.starts_with("[x] ") && !text.text.starts_with("[X] ")) return;
    item.checked = !empty;
    text.text.erase(0, 4);
    if (text.text.empty()) first->text.erase(first->text.begin());
}

/// Containers within containers beyond this are read as one text.
constexpr int kDepthMax = 100;

/// Raw HTML without its tags and comments, whose text is no Markdown.
std::string text_of_html(std::string_view html) {
    std::string out;
    while (!html.empty()) {
        const std::size_t open = std::min(html.find('<'), html.size());
        out += html.substr(0, open);
        html.remove_prefix(open);
        if (html.empty()) break;
        const std::string_view close = html.starts_with("<!--") ? "-->" : ">";
        const std::size_t end = html.find(close);
        if (end == std::string_view::npos) break;
        html.remove_prefix(end + close.size());
        out += ' ';
    }
    return out;
}

/// Reads the inlines of a leaf block.
class InlineReader {
public:
    model::Inlines read(cmark_node* block) {
        cmark_iter* const walk = cmark_iter_new(block);
        for (cmark_event_type event = cmark_iter_next(walk); event != CMARK_EVENT_DONE;
             event = cmark_iter_next(walk)) {
            cmark_node* const node = cmark_iter_get_node(walk);
            if (node != block) visit(node, event == CMARK_EVENT_ENTER);
        }
        cmark_iter_free(walk);
        return builder_.take();
    }

private:
    void visit(cmark_node* node, bool enters) {
        const cmark_node_type type = cmark_node_get_type(node);
        const std::string_view literal = view_of(cmark_node_get_literal(node));
        if (type == CMARK_NODE_EMPH) {
            emphasis_ += enters ? 1 : -1;
        } else if (type == CMARK_NODE_STRONG) {
            strong_ += enters ? 1 : -1;
        } else if (type == CMARK_NODE_LINK) {
            link_ = enters ? std::string(view_of(cmark_node_get_url(node))) : std::string();
        } else if (type == CMARK_NODE_IMAGE) {
            image(node, enters);
        } else if (type == CMARK_NODE_SOFTBREAK) {
            text(" ", false);
        } else if (type == CMARK_NODE_LINEBREAK) {
            builder_.line_break();
        } else if (type == CMARK_NODE_HTML_INLINE) {
            tag(literal);
        } else if (type == CMARK_NODE_CODE) {
            text(literal, true);
        } else if (!literal.empty()) {
            text(literal, false);
        } else if (!enters && cmark_node_get_type(node) != CMARK_NODE_TEXT) {
            text(" ", false);
        }
    }

    void text(std::string_view text, bool code) {
        if (words_) {
            *words_ += text;
            return;
        }
        builder_.text(text, {.bold = strong_ > 0,
                             .italic = emphasis_ > 0,
                             .code = code,
                             .script = script_,
                             .link = link_});
    }

    void image(cmark_node* node, bool enters) {
        if (enters) {
            words_ = words_.value_or(std::string());
        } else if (words_) {
            builder_.put({.kind = model::InlineKind::picture,
                          .text = std::move(*words_),
                          .source = std::string(view_of(cmark_node_get_url(node)))});
            words_.reset();
        }
    }

    void tag(std::string_view html) {
        const std::string name = text::to_lower_ascii(html);
        if (name.starts_with("<br")) builder_.line_break();
        if (name == "<sup>") script_ = model::Script::superscript;
        if (name == "<sub>") script_ = model::Script::subscript;
        if (name == "</sup>" || name == "</sub>") script_ = model::Script::normal;
    }

    model::InlineBuilder builder_;
    std::optional<std::string> words_;  ///< Of the picture under way.
    std::string link_;
    model::Script script_ = model::Script::normal;
    int emphasis_ = 0;
    int strong_ = 0;
};

void add_children(cmark_node* parent, int depth, model::Blocks& into);

model::List list_of(cmark_node* node, int depth) {
    model::List list{.ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST};
    int number = cmark_node_get_list_start(node);
    for (cmark_node* at = cmark_node_first_child(node); at != nullptr; at = cmark_node_next(at)) {
        model::ListItem item{.number = list.ordered ? number++ : 0};
        add_children(at, depth, item.blocks);
        take_box(item);
        list.items.push_back(std::move(item));
    }
    return list;
}

model::Table table_of(cmark_node* node) {
    model::Table table;
    for (cmark_node* row = cmark_node_first_child(node); row != nullptr;
         row = cmark_node_next(row)) {
        auto& cells = table.rows.emplace_back();
        for (cmark_node* at = cmark_node_first_child(row); at != nullptr;
             at = cmark_node_next(at)) {
            model::Cell& cell = cells.emplace_back();
            model::set_text(cell, InlineReader().read(at));
        }
    }
    return table;
}

void add(cmark_node* node, int depth, model::Blocks& into) {
    const cmark_node_type type = cmark_node_get_type(node);
    const std::string_view literal = view_of(cmark_node_get_literal(node));
    if (depth > kDepthMax) {
        into.push_back({.content = model::Paragraph{.text = InlineReader().read(node)}});
    } else if (type == CMARK_NODE_HEADING) {
        into.push_back({.content = model::Heading{.level = cmark_node_get_heading_level(node),
                                                  .text = InlineReader().read(node)}});
    } else if (type == CMARK_NODE_CODE_BLOCK) {
        const std::string_view info = view_of(cmark_node_get_fence_info(node));
        into.push_back(
            {.content = model::Code{.text = std::string(literal),
                                    .language = std::string(info.substr(0, info.find(' ')))}});
    } else if (type == CMARK_NODE_BLOCK_QUOTE) {
        model::Quote quote;
        add_children(node, depth, quote.blocks);
        into.push_back({.content = std::move(quote)});
    } else if (type == CMARK_NODE_LIST) {
        into.push_back({.content = list_of(node, depth)});
    } else if (type == CMARK_NODE_THEMATIC_BREAK) {
        into.push_back({.content = model::Rule{}});
    } else if (type == CMARK_NODE_HTML_BLOCK) {
        model::Inlines text = model::plain(text_of_html(literal));
        if (!text.empty()) into.push_back({.content = model::Paragraph{.text = std::move(text)}});
    } else if (view_of(cmark_node_get_type_string(node)) == "table") {
        into.push_back({.content = table_of(node)});
    } else {
        into.push_back({.content = model::Paragraph{.text = InlineReader().read(node)}});
    }
}

void add_children(cmark_node* parent, int depth, model::Blocks& into) {
    for (cmark_node* at = cmark_node_first_child(parent); at != nullptr; at = cmark_node_next(at))
        add(at, depth + 1, into);
}

}  // namespace

model::Blocks blocks_of(cmark_node* tree) {
    model::Blocks blocks;
    add_children(tree, 0, blocks);
    return blocks;
}

}  // namespace ingestor::extract::markdown
