#include <utility>

#include "extract/formats/html/tree_builder.hpp"
#include "extract/text/utf8.hpp"

// Of the names of elements a rule knows a few, and treats all others alike.
#pragma GCC diagnostic ignored "-Wswitch-enum"

namespace ingestor::extract::html {
namespace {

bool is_row_group(const Node& node) {
    return node.space == Namespace::html &&
           is_any(node.tag, Tag::tbody, Tag::tfoot, Tag::thead, Tag::template_, Tag::html);
}

bool is_row(const Node& node) {
    return node.space == Namespace::html && is_any(node.tag, Tag::tr, Tag::template_, Tag::html);
}

bool is_table(const Node& node) {
    return node.space == Namespace::html && is_any(node.tag, Tag::table, Tag::template_, Tag::html);
}

}  // namespace

/// What a table cannot hold stands before it.
void TreeBuilder::table_other(const Token& token) {
    foster_parenting_ = true;
    in_body(token);
    foster_parenting_ = false;
}

void TreeBuilder::in_table(const Token& token) {
    using enum Tag;
    if (token.kind == TokenKind::text) {
        if (token.is_blank()) return insert_text(token.text);
        return table_other(token);
    }
    if (token.kind == TokenKind::start_tag) {
        switch (token.tag) {
            case caption:
                open_.clear_back_to(is_table);
                formatting_.push_marker();
                insert_element(token);
                mode_ = Mode::in_caption;
                return;
            case colgroup:
                open_.clear_back_to(is_table);
                insert_element(token);
                mode_ = Mode::in_column_group;
                return;
            case col:
                open_.clear_back_to(is_table);
                insert_implied(colgroup);
                return reprocess(Mode::in_column_group, token);
            case tbody:
            case tfoot:
            case thead:
                open_.clear_back_to(is_table);
                insert_element(token);
                mode_ = Mode::in_table_body;
                return;
            case td:
            case th:
            case tr:
                open_.clear_back_to(is_table);
                insert_implied(tbody);
                return reprocess(Mode::in_table_body, token);
            case table:
                if (!open_.has_in_scope(table, Scope::table)) return;
                open_.pop_through(table);
                reset_mode();
                return process_by_mode(token);
            case style:
            case script:
            case template_:
                return in_head(token);
            case input:
                if (text::to_lower_ascii(attribute(token.attributes, "type")) != "hidden") break;
                return insert_void(token);
            case form:
                if (open_.find_last(template_) > 0 || form_ != nullptr) return;
                form_ = &insert_element(token);
                open_.pop();
                return;
            default:
                break;
        }
    } else if (token.kind == TokenKind::end_tag) {
        if (token.tag == table) {
            if (!open_.has_in_scope(table, Scope::table)) return;
            open_.pop_through(table);
            return reset_mode();
        }
        if (is_any(token.tag, body, caption, col, colgroup, html, tbody, td, tfoot, th, thead, tr))
            return;
        if (token.tag == template_) return in_head(token);
    } else {
        return in_body(token);
    }
    table_other(token);
}

void TreeBuilder::in_caption(const Token& token) {
    using enum Tag;
    const bool start = token.kind == TokenKind::start_tag;
    const bool end = token.kind == TokenKind::end_tag;
    const bool leaves =
        (start && is_any(token.tag, caption, col, colgroup, tbody, td, tfoot, th, thead, tr)) ||
        (end && is_any(token.tag, caption, table));
    if (leaves) {
        if (!open_.has_in_scope(caption, Scope::table)) return;
        open_.pop_through(caption);
        formatting_.clear_to_marker();
        mode_ = Mode::in_table;
        if (!end || token.tag == table) in_table(token);
        return;
    }
    if (end && is_any(token.tag, body, col, colgroup, html, tbody, td, tfoot, th, thead, tr))
        return;
    in_body(token);
}

void TreeBuilder::in_column_group(const Token& token) {
    using enum Tag;
    if (token.is_blank()) return insert_text(token.text);
    if (token.kind == TokenKind::start_tag) {
        if (token.tag == html) return in_body(token);
        if (token.tag == col) return insert_void(token);
        if (token.tag == template_) return in_head(token);
    }
    if (token.kind == TokenKind::end_tag) {
        if (token.tag == col) return;
        if (token.tag == template_) return in_head(token);
    }
    if (token.kind == TokenKind::end_of_page) return in_body(token);
    if (!open_.current().is(colgroup)) return;
    open_.pop();
    mode_ = Mode::in_table;
    if (token.kind != TokenKind::end_tag || token.tag != colgroup) in_table(token);
}

void TreeBuilder::in_table_body(const Token& token) {
    using enum Tag;
    const bool start = token.kind == TokenKind::start_tag;
    const bool end = token.kind == TokenKind::end_tag;
    if (start && token.tag == tr) {
        open_.clear_back_to(is_row_group);
        insert_element(token);
        mode_ = Mode::in_row;
        return;
    }
    if (start && is_any(token.tag, td, th)) {
        open_.clear_back_to(is_row_group);
        insert_implied(tr);
        return reprocess(Mode::in_row, token);
    }
    if (end && is_any(token.tag, tbody, tfoot, thead)) {
        if (!open_.has_in_scope(token.tag, Scope::table)) return;
        open_.clear_back_to(is_row_group);
        open_.pop();
        mode_ = Mode::in_table;
        return;
    }
    if ((start && is_any(token.tag, caption, col, colgroup, tbody, tfoot, thead)) ||
        (end && token.tag == table)) {
        const bool open = open_.has_in_scope(tbody, Scope::table) ||
                          open_.has_in_scope(thead, Scope::table) ||
                          open_.has_in_scope(tfoot, Scope::table);
        if (!open) return;
        open_.clear_back_to(is_row_group);
        open_.pop();
        return reprocess(Mode::in_table, token);
    }
    if (end && is_any(token.tag, body, caption, col, colgroup, html, td, th, tr)) return;
    in_table(token);
}

void TreeBuilder::in_row(const Token& token) {
    using enum Tag;
    const bool start = token.kind == TokenKind::start_tag;
    const bool end = token.kind == TokenKind::end_tag;
    const auto close_row = [&] {
        if (!open_.has_in_scope(tr, Scope::table)) return false;
        open_.clear_back_to(is_row);
        open_.pop();
        mode_ = Mode::in_table_body;
        return true;
    };
    if (start && is_any(token.tag, td, th)) {
        open_.clear_back_to(is_row);
        insert_element(token);
        mode_ = Mode::in_cell;
        formatting_.push_marker();
        return;
    }
    if (end && token.tag == tr) {
        static_cast<void>(close_row());
        return;
    }
    if ((start && is_any(token.tag, caption, col, colgroup, tbody, tfoot, thead, tr)) ||
        (end && token.tag == table)) {
        if (close_row()) in_table_body(token);
        return;
    }
    if (end && is_any(token.tag, tbody, tfoot, thead)) {
        if (open_.has_in_scope(token.tag, Scope::table) && close_row()) in_table_body(token);
        return;
    }
    if (end && is_any(token.tag, body, caption, col, colgroup, html, td, th)) return;
    in_table(token);
}

void TreeBuilder::close_cell() {
    generate_implied_end_tags();
    open_.clear_back_to([](const Node& node) { return node.is(Tag::td) || node.is(Tag::th); });
    open_.pop();
    formatting_.clear_to_marker();
    mode_ = Mode::in_row;
}

void TreeBuilder::in_cell(const Token& token) {
    using enum Tag;
    const bool start = token.kind == TokenKind::start_tag;
    const bool end = token.kind == TokenKind::end_tag;
    if (end && is_any(token.tag, td, th)) {
        if (!open_.has_in_scope(token.tag, Scope::table)) return;
        open_.pop_through(token.tag);
        formatting_.clear_to_marker();
        mode_ = Mode::in_row;
        return;
    }
    const bool cell_open =
        open_.has_in_scope(td, Scope::table) || open_.has_in_scope(th, Scope::table);
    if (start && is_any(token.tag, caption, col, colgroup, tbody, td, tfoot, th, thead, tr)) {
        if (!cell_open) return;
        close_cell();
        return in_row(token);
    }
    if (end && is_any(token.tag, body, caption, col, colgroup, html)) return;
    if (end && is_any(token.tag, table, tbody, tfoot, thead, tr)) {
        if (!cell_open || !open_.has_in_scope(token.tag, Scope::table)) return;
        close_cell();
        return in_row(token);
    }
    in_body(token);
}

/// "Reset the insertion mode appropriately".
void TreeBuilder::reset_mode() {
    using enum Tag;
    for (std::size_t i = open_.size(); i-- > 0;) {
        const Node& node = open_[i];
        if (node.space != Namespace::html) continue;
        switch (node.tag) {
            case td:
            case th:
                mode_ = Mode::in_cell;
                return;
            case tr:
                mode_ = Mode::in_row;
                return;
            case tbody:
            case thead:
            case tfoot:
                mode_ = Mode::in_table_body;
                return;
            case caption:
                mode_ = Mode::in_caption;
                return;
            case colgroup:
                mode_ = Mode::in_column_group;
                return;
            case table:
                mode_ = Mode::in_table;
                return;
            case template_:
                mode_ = template_modes_.empty() ? Mode::in_body : template_modes_.back();
                return;
            case head:
                mode_ = Mode::in_head;
                return;
            case body:
                mode_ = Mode::in_body;
                return;
            case html:
                mode_ = head_ == nullptr   ? Mode::before_head
                        : body_ == nullptr ? Mode::after_head
                                           : Mode::in_body;
                return;
            default:
                break;
        }
    }
}

}  // namespace ingestor::extract::html
