#include "extract/model/inline_builder.hpp"

#include <string>
#include <utility>

#include "extract/text/utf8.hpp"

namespace ingestor::extract::model {
namespace {

/// Appends text with each run of white space as one blank; soft hyphens and the like go.
void append_collapsed(std::string& out, std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const text::CodePoint c = text::code_point_at(text, at);
        if (text::is_space(c.value)) {
            if (!out.ends_with(' ')) out += ' ';
        } else if (c.value == 0xFFFD && c.size == 1) {
            text::append_utf8(out, c.value);
        } else if (c.value >= 0x20 && c.value != 0xAD && c.value != 0x200B && c.value != 0xFEFF) {
            out.append(text.substr(at, c.size));
        }
        at += c.size;
    }
}

bool is_text(const Inline& item) {
    return item.kind == InlineKind::text;
}

bool is_gap(const Inline& item) {
    return item.kind == InlineKind::line_break || (is_text(item) && text::trim(item.text).empty());
}

}  // namespace

void InlineBuilder::text(std::string_view text, const Style& style) {
    if (text.empty()) return;
    size_ += text.size();
    const bool only_blanks = text::trim(text).empty();
    if (!only_blanks) blank_ = false;
    // Blanks take the style of what stands before, so that they do not part runs alike; raised ones
    // would make the blank a part of the exponent.
    const bool merges = !items_.empty() && is_text(items_.back()) &&
                        (items_.back().style == style ||
                         (only_blanks && items_.back().style.script == Script::normal));
    if (!merges) items_.push_back({.kind = InlineKind::text, .style = style});
    if (!merges && only_blanks) items_.back().style.script = Script::normal;
    append_collapsed(items_.back().text, text);
}

void InlineBuilder::put(Inline item) {
    size_ += item.text.size() + item.source.size();
    blank_ = false;
    items_.push_back(std::move(item));
}

void InlineBuilder::line_break() {
    items_.push_back({.kind = InlineKind::line_break});
}

void InlineBuilder::append(const Inlines& items) {
    for (const Inline& item : items) {
        if (is_text(item)) {
            text(item.text, item.style);
        } else if (item.kind == InlineKind::line_break) {
            line_break();
        } else {
            put(item);
        }
    }
}

Inlines InlineBuilder::take() {
    Inlines all = std::exchange(items_, {});
    blank_ = true;
    size_ = 0;
    Inlines out;
    out.reserve(all.size());
    bool breaks = false;
    for (Inline& item : all) {
        if (item.kind == InlineKind::line_break) {
            breaks = !out.empty();
            continue;
        }
        if (is_text(item) && item.text.empty()) continue;
        const bool line_begins = out.empty() || breaks;
        if (line_begins && is_gap(item)) continue;
        if (line_begins && is_text(item) && item.text.front() == ' ') item.text.erase(0, 1);
        if (breaks) {
            while (!out.empty() && is_gap(out.back())) out.pop_back();
            if (!out.empty() && is_text(out.back()) && out.back().text.ends_with(' '))
                out.back().text.pop_back();
            out.push_back({.kind = InlineKind::line_break});
            breaks = false;
        }
        out.push_back(std::move(item));
    }
    while (!out.empty() && is_gap(out.back())) out.pop_back();
    if (!out.empty() && is_text(out.back()) && out.back().text.ends_with(' '))
        out.back().text.pop_back();
    return out;
}

Inlines plain(std::string_view text) {
    InlineBuilder builder;
    builder.text(text, {});
    return builder.take();
}

}  // namespace ingestor::extract::model
