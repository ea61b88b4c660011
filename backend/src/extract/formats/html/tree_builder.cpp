#include "extract/formats/html/tree_builder.hpp"

#include <algorithm>
#include <utility>

#include "extract/text/utf8.hpp"

// Of the names of elements a rule knows a few, and treats all others alike.
#pragma GCC diagnostic ignored "-Wswitch-enum"

namespace ingestor::extract::html {
namespace {

/// Copies of formatting elements that a page may make, beside a share of its size.
constexpr std::size_t kClonesMax = 100'000;
constexpr std::size_t kBytesPerClone = 8;

}  // namespace

ParsedPage build_tree(std::string_view page, std::size_t depth_max) {
    return TreeBuilder(page, depth_max).build();
}

TreeBuilder::TreeBuilder(std::string_view page, std::size_t depth_max)
    : tokenizer_(page, *tree_),
      open_(tree_->root()),
      depth_max_(std::max<std::size_t>(depth_max, 16)),
      clones_left_(kClonesMax + page.size() / kBytesPerClone) {}

ParsedPage TreeBuilder::build() {
    while (true) {
        const Token token = tokenizer_.next(open_.current().space != Namespace::html);
        process(token);
        if (token.kind == TokenKind::end_of_page) break;
    }
    return {.tree = std::move(tree_),
            .flattened = flattened_,
            .attributes_cut = tokenizer_.attributes_cut(),
            .bytes_in_open_tag = tokenizer_.bytes_in_open_tag()};
}

void TreeBuilder::process(const Token& token) {
    Token now = token;
    if (std::exchange(skip_line_feed_, false) && now.kind == TokenKind::text &&
        now.text.starts_with('\n')) {
        now.text.remove_prefix(1);
    }
    if (now.kind == TokenKind::text && now.text.empty()) return;
    if (takes_html_rules(now)) {
        process_by_mode(now);
    } else {
        in_foreign(now);
    }
}

void TreeBuilder::process_by_mode(const Token& token) {
    switch (mode_) {
        case Mode::before_head:
            return before_head(token);
        case Mode::in_head:
            return in_head(token);
        case Mode::after_head:
            return after_head(token);
        case Mode::in_body:
        case Mode::after_body:
            return in_body(token);
        case Mode::text:
            return text(token);
        case Mode::in_table:
            return in_table(token);
        case Mode::in_caption:
            return in_caption(token);
        case Mode::in_column_group:
            return in_column_group(token);
        case Mode::in_table_body:
            return in_table_body(token);
        case Mode::in_row:
            return in_row(token);
        case Mode::in_cell:
            return in_cell(token);
        case Mode::in_template:
            return in_template(token);
    }
}

void TreeBuilder::reprocess(Mode mode, const Token& token) {
    mode_ = mode;
    process_by_mode(token);
}

void TreeBuilder::before_head(const Token& token) {
    if (token.is_blank()) return;
    const bool start = token.kind == TokenKind::start_tag;
    if (start && token.tag == Tag::html) return merge_attributes(tree_->root(), token);
    if (token.kind == TokenKind::end_tag &&
        !is_any(token.tag, Tag::head, Tag::body, Tag::html, Tag::br)) {
        return;
    }
    if (start && token.tag == Tag::head) {
        head_ = &insert_element(token);
        mode_ = Mode::in_head;
        return;
    }
    head_ = &insert_implied(Tag::head);
    reprocess(Mode::in_head, token);
}

void TreeBuilder::in_head(const Token& token) {
    using enum Tag;
    if (token.is_blank()) return insert_text(token.text);
    if (token.kind == TokenKind::start_tag) {
        switch (token.tag) {
            case html:
                return in_body(token);
            case base:
            case basefont:
            case bgsound:
            case link:
            case meta:
                return insert_void(token);
            case title:
                return start_raw(token, TextMode::rcdata);
            case noscript:
            case style:
                return start_raw(token, TextMode::rawtext);
            case script:
                return start_raw(token, TextMode::script);
            case template_:
                insert_element(token);
                formatting_.push_marker();
                mode_ = Mode::in_template;
                template_modes_.push_back(Mode::in_template);
                return;
            case head:
                return;
            default:
                break;
        }
    }
    if (token.kind == TokenKind::end_tag) {
        if (token.tag == template_) return end_template();
        if (token.tag == head) {
            open_.pop();
            mode_ = Mode::after_head;
            return;
        }
        if (!is_any(token.tag, body, html, br)) return;
    }
    open_.pop();
    reprocess(Mode::after_head, token);
}

void TreeBuilder::after_head(const Token& token) {
    using enum Tag;
    if (token.is_blank()) return insert_text(token.text);
    if (token.kind == TokenKind::start_tag) {
        if (token.tag == html) return in_body(token);
        if (token.tag == body) {
            body_ = &insert_element(token);
            mode_ = Mode::in_body;
            return;
        }
        if (is_any(token.tag, base, basefont, bgsound, link, meta, script, style, template_,
                   title)) {
            // They belong to the head, which was closed too early.
            open_.push(*head_);
            in_head(token);
            open_.remove(*head_);
            return;
        }
        if (token.tag == head) return;
    }
    if (token.kind == TokenKind::end_tag) {
        if (token.tag == template_) return end_template();
        if (!is_any(token.tag, body, html, br)) return;
    }
    body_ = &insert_implied(body);
    reprocess(Mode::in_body, token);
}

void TreeBuilder::in_template(const Token& token) {
    using enum Tag;
    const auto go_on_in = [&](Mode mode) {
        if (!template_modes_.empty()) template_modes_.back() = mode;
        reprocess(mode, token);
    };
    if (token.kind == TokenKind::text) return in_body(token);
    if (token.kind == TokenKind::start_tag) {
        if (is_any(token.tag, base, basefont, bgsound, link, meta, script, style, template_, title))
            return in_head(token);
        if (is_any(token.tag, caption, colgroup, tbody, tfoot, thead))
            return go_on_in(Mode::in_table);
        if (token.tag == col) return go_on_in(Mode::in_column_group);
        if (token.tag == tr) return go_on_in(Mode::in_table_body);
        if (is_any(token.tag, td, th)) return go_on_in(Mode::in_row);
        return go_on_in(Mode::in_body);
    }
    if (token.kind == TokenKind::end_tag && token.tag == template_) return end_template();
    if (token.kind == TokenKind::end_of_page && open_.find_last(template_) > 0) {
        // What was left open ends, so that the page has its body.
        end_template();
        process_by_mode(token);
    }
}

void TreeBuilder::end_template() {
    if (open_.find_last(Tag::template_) == 0) return;
    open_.pop_through(Tag::template_);
    formatting_.clear_to_marker();
    if (!template_modes_.empty()) template_modes_.pop_back();
    reset_mode();
}

void TreeBuilder::text(const Token& token) {
    if (token.kind == TokenKind::text) return insert_text(token.text);
    open_.pop();
    mode_ = original_mode_;
    if (token.kind != TokenKind::end_tag) process(token);
}

/// "Appropriate place for inserting a node".
TreeBuilder::Place TreeBuilder::place_for(Node& target) {
    const bool in_grid =
        target.space == Namespace::html &&
        is_any(target.tag, Tag::table, Tag::tbody, Tag::tfoot, Tag::thead, Tag::tr);
    if (!foster_parenting_ || !in_grid) return {.parent = &target, .before = nullptr};
    const std::size_t template_place = open_.find_last(Tag::template_);
    const std::size_t table_place = open_.find_last(Tag::table);
    if (template_place > table_place) return {.parent = &open_[template_place], .before = nullptr};
    if (table_place == 0) return {.parent = &open_[0], .before = nullptr};
    Node& table = open_[table_place];
    if (table.parent != nullptr) return {.parent = table.parent, .before = &table};
    return {.parent = &open_[table_place - 1], .before = nullptr};
}

/// Elements beyond the greatest depth stand beside the deepest.
void TreeBuilder::make_room() {
    while (open_.size() >= depth_max_) {
        flattened_ = true;
        open_.pop();
    }
}

Node& TreeBuilder::insert_element(const Token& token, Namespace space) {
    make_room();
    const Place place = place_for(open_.current());
    Node& node = tree_->make_element(token.tag, token.text, space, tree_->keep(token.attributes));
    insert(*place.parent, node, place.before);
    open_.push(node);
    return node;
}

Node& TreeBuilder::insert_implied(Tag tag) {
    return insert_element({.kind = TokenKind::start_tag, .tag = tag, .text = name_of(tag)});
}

void TreeBuilder::insert_void(const Token& token, Namespace space) {
    insert_element(token, space);
    open_.pop();
}

void TreeBuilder::insert_text(std::string_view text) {
    const Place place = place_for(open_.current());
    insert(*place.parent, tree_->make_text(text), place.before);
}

Node& TreeBuilder::clone(const Node& node) {
    if (clones_left_ > 0) --clones_left_;
    return tree_->make_element(node.tag, node.text, node.space, node.attributes);
}

/// Adds what a second `html` or `body` says beyond the first.
void TreeBuilder::merge_attributes(Node& node, const Token& token) {
    if (open_.find_last(Tag::template_) > 0) return;
    std::vector<Attribute> all(node.attributes.begin(), node.attributes.end());
    for (const Attribute& attribute : token.attributes) {
        if (all.size() < kAttributesMax && !has_attribute(&node, attribute.name))
            all.push_back(attribute);
    }
    if (all.size() > node.attributes.size()) node.attributes = tree_->keep(all);
}

void TreeBuilder::generate_implied_end_tags(Tag except) {
    using enum Tag;
    while (true) {
        const Node& node = open_.current();
        const bool implied = node.space == Namespace::html &&
                             is_any(node.tag, dd, dt, li, optgroup, option, p, rb, rp, rt, rtc);
        if (!implied || node.tag == except) return;
        open_.pop();
    }
}

void TreeBuilder::close_p() {
    if (!open_.has_in_scope(Tag::p, Scope::button)) return;
    generate_implied_end_tags(Tag::p);
    open_.pop_through(Tag::p);
}

}  // namespace ingestor::extract::html
