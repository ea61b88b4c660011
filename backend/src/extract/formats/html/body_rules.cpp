#include <array>
#include <utility>

#include "extract/formats/html/tree_builder.hpp"

// Of the names of elements a rule knows a few, and treats all others alike.
#pragma GCC diagnostic ignored "-Wswitch-enum"

namespace ingestor::extract::html {
namespace {

/// How often the adoption agency may turn round for one end tag.
constexpr int kAdoptionsMax = 8;
/// Elements between that it copies on one turn.
constexpr int kCopiedMax = 3;

bool is_formatting(Tag tag) {
    using enum Tag;
    return is_any(tag, a, b, big, code, em, font, i, nobr, s, small, strike, strong, tt, u);
}

/// Elements that close an open paragraph and have no rules of their own.
bool is_block(Tag tag) {
    using enum Tag;
    return is_any(tag, address, article, aside, blockquote, center, details, dialog, dir, div, dl,
                  fieldset, figcaption, figure, footer, header, hgroup, main, menu, nav, noframes,
                  ol, search, section, summary, ul);
}

}  // namespace

void TreeBuilder::in_body(const Token& token) {
    switch (token.kind) {
        case TokenKind::text:
            reconstruct_formatting();
            return insert_text(token.text);
        case TokenKind::start_tag:
            return body_start(token);
        case TokenKind::end_tag:
            return body_end(token);
        case TokenKind::end_of_page:
            if (!template_modes_.empty()) in_template(token);
            return;
    }
}

void TreeBuilder::start_raw(const Token& token, TextMode mode) {
    const Node& node = insert_element(token);
    tokenizer_.set_mode(mode, node.text);
    original_mode_ = mode_;
    mode_ = Mode::text;
}

void TreeBuilder::body_start(const Token& token) {
    using enum Tag;
    const auto block = [&]() -> Node& {
        close_p();
        return insert_element(token);
    };
    const auto phrase = [&]() -> Node& {
        reconstruct_formatting();
        return insert_element(token);
    };
    if (heading_level(token.tag) > 0) {
        close_p();
        if (open_.current().space == Namespace::html && heading_level(open_.current().tag) > 0)
            open_.pop();
        insert_element(token);
        return;
    }
    if (token.tag == a) return start_link(token);
    if (token.tag == nobr) {
        reconstruct_formatting();
        if (open_.has_in_scope(nobr)) {
            adopt(token);
            reconstruct_formatting();
        }
        return formatting_.push(insert_element(token));
    }
    if (is_formatting(token.tag)) return formatting_.push(phrase());
    if (is_block(token.tag) || token.tag == p) {
        block();
        return;
    }
    switch (token.tag) {
        case html:
            return merge_attributes(tree_->root(), token);
        case base:
        case basefont:
        case bgsound:
        case link:
        case meta:
        case script:
        case style:
        case template_:
        case title:
            return in_head(token);
        case body:
            if (body_ != nullptr) merge_attributes(*body_, token);
            return;
        case pre:
        case listing:
            block();
            skip_line_feed_ = true;
            return;
        case form:
            if (form_ != nullptr && open_.find_last(template_) == 0) return;
            if (Node& node = block(); open_.find_last(template_) == 0) form_ = &node;
            return;
        case li:
            return start_item(token, [](const Node& node) { return node.is(li); });
        case dd:
        case dt:
            return start_item(token, [](const Node& node) { return node.is(dd) || node.is(dt); });
        case plaintext:
            block();
            tokenizer_.set_mode(TextMode::plaintext, {});
            return;
        case button:
            if (open_.has_in_scope(button)) {
                generate_implied_end_tags();
                open_.pop_through(button);
            }
            phrase();
            return;
        case applet:
        case marquee:
        case object:
            phrase();
            return formatting_.push_marker();
        case table:
            block();
            mode_ = Mode::in_table;
            return;
        case area:
        case br:
        case embed:
        case img:
        case keygen:
        case wbr:
            reconstruct_formatting();
            return insert_void(token);
        case input:
            if (open_.has_in_scope(select)) open_.pop_through(select);
            reconstruct_formatting();
            return insert_void(token);
        case param:
        case source:
        case track:
            return insert_void(token);
        case hr:
            close_p();
            if (open_.has_in_scope(select)) generate_implied_end_tags();
            return insert_void(token);
        case image: {
            Token picture = token;
            picture.tag = img;
            picture.text = name_of(img);
            return body_start(picture);
        }
        case textarea:
            skip_line_feed_ = true;
            return start_raw(token, TextMode::rcdata);
        case xmp:
            close_p();
            reconstruct_formatting();
            return start_raw(token, TextMode::rawtext);
        case iframe:
        case noembed:
            return start_raw(token, TextMode::rawtext);
        case select:
            if (open_.has_in_scope(select)) return open_.pop_through(select);
            phrase();
            return;
        case option:
            if (open_.has_in_scope(select)) {
                generate_implied_end_tags(optgroup);
            } else if (open_.current().is(option)) {
                open_.pop();
            }
            phrase();
            return;
        case optgroup:
            if (open_.has_in_scope(select)) {
                generate_implied_end_tags();
            } else if (open_.current().is(option)) {
                open_.pop();
            }
            phrase();
            return;
        case rb:
        case rtc:
        case rp:
        case rt:
            if (open_.has_in_scope(ruby))
                generate_implied_end_tags(is_any(token.tag, rp, rt) ? rtc : other);
            insert_element(token);
            return;
        case math:
        case svg: {
            reconstruct_formatting();
            const Namespace space = token.tag == math ? Namespace::mathml : Namespace::svg;
            if (token.self_closing) return insert_void(token, space);
            insert_element(token, space);
            return;
        }
        case caption:
        case col:
        case colgroup:
        case frame:
        case frameset:
        case head:
        case tbody:
        case td:
        case tfoot:
        case th:
        case thead:
        case tr:
            return;
        default:
            phrase();
            return;
    }
}

/// An item ends the one before it, unless that stands further out.
template <class Test>
void TreeBuilder::start_item(const Token& token, Test is_item) {
    using enum Tag;
    for (std::size_t i = open_.size(); i-- > 1;) {
        const Node& node = open_[i];
        if (is_item(node)) {
            open_.resize(i);
            break;
        }
        const bool passed = node.is(address) || node.is(div) || node.is(p);
        if (is_special(node) && !passed) break;
    }
    close_p();
    insert_element(token);
}

void TreeBuilder::start_link(const Token& token) {
    if (const std::size_t place = formatting_.find_last(Tag::a); place < formatting_.size()) {
        Node& before = *formatting_[place];
        adopt(token);
        formatting_.remove(before);
        open_.remove(before);
    }
    reconstruct_formatting();
    formatting_.push(insert_element(token));
}

void TreeBuilder::body_end(const Token& token) {
    using enum Tag;
    if (is_formatting(token.tag)) return adopt(token);
    if (heading_level(token.tag) > 0) {
        if (!open_.has_heading_in_scope()) return;
        generate_implied_end_tags();
        open_.clear_back_to([](const Node& node) {
            return node.space == Namespace::html && heading_level(node.tag) > 0;
        });
        return open_.pop();
    }
    if (is_block(token.tag)) return end_block(token.tag);
    switch (token.tag) {
        case template_:
            return end_template();
        case body:
        case html:
            return;
        case p:
            if (!open_.has_in_scope(p, Scope::button)) insert_implied(p);
            return close_p();
        case li:
            if (!open_.has_in_scope(li, Scope::list_item)) return;
            return open_.pop_through(li);
        case dd:
        case dt:
        case applet:
        case marquee:
        case object:
            if (!open_.has_in_scope(token.tag)) return;
            open_.pop_through(token.tag);
            if (!is_any(token.tag, dd, dt)) formatting_.clear_to_marker();
            return;
        case form:
            return end_form();
        case br: {
            reconstruct_formatting();
            insert_implied(br);
            return open_.pop();
        }
        case button:
        case listing:
        case pre:
        case select:
            return end_block(token.tag);
        default:
            return end_other(token.tag, token.text);
    }
}

void TreeBuilder::end_block(Tag tag) {
    if (open_.has_in_scope(tag) || open_.current().is(tag)) open_.pop_through(tag);
}

void TreeBuilder::end_form() {
    if (open_.find_last(Tag::template_) > 0) {
        if (open_.has_in_scope(Tag::form)) open_.pop_through(Tag::form);
        return;
    }
    const Node* const node = std::exchange(form_, nullptr);
    if (node == nullptr || !open_.has_in_scope(*node)) return;
    generate_implied_end_tags();
    open_.remove(*node);
}

/// "Any other end tag".
void TreeBuilder::end_other(Tag tag, std::string_view name) {
    for (std::size_t i = open_.size(); i-- > 1;) {
        const Node& node = open_[i];
        if (node.space == Namespace::html && node.tag == tag && node.text == name)
            return open_.resize(i);
        if (is_special(node)) return;
    }
}

void TreeBuilder::reconstruct_formatting() {
    std::size_t first = formatting_.size();
    while (first > 0 && formatting_[first - 1] != nullptr &&
           open_.find(*formatting_[first - 1]) == 0) {
        --first;
    }
    const std::size_t count = formatting_.size() - first;
    if (count == 0 || clones_left_ < count || open_.size() + count >= depth_max_) return;
    for (std::size_t i = first; i < formatting_.size(); ++i) {
        Node& copy = clone(*formatting_[i]);
        const Place place = place_for(open_.current());
        insert(*place.parent, copy, place.before);
        open_.push(copy);
        formatting_.replace(i, copy);
    }
}

/// The "adoption agency algorithm": the end of formatting that was opened in another order.
void TreeBuilder::adopt(const Token& token) {
    const Node& current = open_.current();
    if (current.is(token.tag) && formatting_.find(current) == formatting_.size()) {
        return open_.pop();
    }
    for (int turn = 0; turn < kAdoptionsMax; ++turn) {
        if (!adopt_once(token.tag, token.text)) return;
    }
}

/// One turn; false where it was the last.
bool TreeBuilder::adopt_once(Tag tag, std::string_view name) {
    std::size_t entry = formatting_.find_last(tag);
    if (entry == formatting_.size()) {
        end_other(tag, name);
        return false;
    }
    Node& formatting = *formatting_[entry];
    const std::size_t place = open_.find(formatting);
    if (place == 0) {
        formatting_.remove_at(entry);
        return false;
    }
    if (!open_.has_in_scope(formatting)) return false;
    std::size_t furthest = place + 1;
    while (furthest < open_.size() && !is_special(open_[furthest])) ++furthest;
    if (furthest >= open_.size() || clones_left_ < kCopiedMax + 1) {
        open_.resize(place);
        formatting_.remove_at(entry);
        return false;
    }
    Node& block = open_[furthest];
    Node& ancestor = open_[place - 1];
    std::size_t bookmark = entry;
    Node* last = &block;
    std::size_t i = furthest;
    for (int copied = 1; --i > place; ++copied) {
        Node* node = &open_[i];
        const std::size_t at = formatting_.find(*node);
        const bool listed = at < formatting_.size();
        if (listed && copied > kCopiedMax) {
            formatting_.remove_at(at);
            if (at < bookmark) --bookmark;
        }
        if (!listed || copied > kCopiedMax) {
            // It stays where it is in the tree and is open no more.
            open_.remove(*node);
            --furthest;
            continue;
        }
        node = &clone(*node);
        formatting_.replace(at, *node);
        open_.replace(i, *node);
        if (last == &block) bookmark = at + 1;
        detach(*last);
        insert(*node, *last);
        last = node;
    }
    detach(*last);
    const Place target = place_for(ancestor);
    insert(*target.parent, *last, target.before);
    Node& copy = clone(formatting);
    while (block.first != nullptr) {
        Node& moved = *block.first;
        detach(moved);
        insert(copy, moved);
    }
    insert(block, copy);
    entry = formatting_.find(formatting);
    if (entry < bookmark) --bookmark;
    formatting_.remove(formatting);
    formatting_.insert_at(bookmark, copy);
    open_.remove(formatting);
    open_.insert_behind(open_.find(block), copy);
    return true;
}

}  // namespace ingestor::extract::html
