#include "extract/formats/html/open_elements.hpp"

#include <algorithm>

#include "extract/text/utf8.hpp"

namespace ingestor::extract::html {
namespace {

bool is_scope_end(const Node& node, Scope scope) {
    using enum Tag;
    if (scope == Scope::table) {
        return node.space == Namespace::html && is_any(node.tag, html, table, template_);
    }
    if (node.space == Namespace::svg) return is_any(node.tag, foreignobject, desc, title);
    if (node.space == Namespace::mathml)
        return is_any(node.tag, mi, mo, mn, ms, mtext, annotation_xml);
    return is_any(node.tag, applet, caption, html, table, td, th, marquee, object, select,
                  template_) ||
           (scope == Scope::list_item && is_any(node.tag, ol, ul)) ||
           (scope == Scope::button && node.tag == button);
}

}  // namespace

bool is_special(const Node& node) {
    using enum Tag;
    if (node.space != Namespace::html) {
        return is_html_integration_point(node) || is_mathml_text_integration_point(node) ||
               (node.space == Namespace::mathml && node.tag == annotation_xml);
    }
    if (heading_level(node.tag) > 0) return true;
    return is_any(node.tag, address, applet, area, article, aside, base, basefont, bgsound,
                  blockquote, body, br, button, caption, center, col, colgroup, dd, details, dir,
                  div, dl, dt, embed, fieldset, figcaption, figure, footer, form, frame, frameset,
                  head, header, hgroup, hr, html, iframe, img) ||
           is_any(node.tag, input, keygen, li, link, listing, main, marquee, menu, meta, nav,
                  noembed, noframes, noscript, object, ol, p, param, plaintext, pre, script, search,
                  section, select, source, style, summary, table, tbody, td, template_, textarea,
                  tfoot, th, thead, title, tr, track, ul, wbr, xmp);
}

bool is_html_integration_point(const Node& node) {
    using enum Tag;
    if (node.space == Namespace::svg) return is_any(node.tag, foreignobject, desc, title);
    if (node.space != Namespace::mathml || node.tag != annotation_xml) return false;
    const std::string encoding = text::to_lower_ascii(attribute(&node, "encoding"));
    return encoding == "text/html" || encoding == "application/xhtml+xml";
}

bool is_mathml_text_integration_point(const Node& node) {
    using enum Tag;
    return node.space == Namespace::mathml && is_any(node.tag, mi, mo, mn, ms, mtext);
}

std::size_t OpenElements::find(const Node& node) const {
    for (std::size_t i = nodes_.size(); i-- > 1;) {
        if (nodes_[i] == &node) return i;
    }
    return 0;
}

std::size_t OpenElements::find_last(Tag tag) const {
    for (std::size_t i = nodes_.size(); i-- > 1;) {
        if (nodes_[i]->is(tag)) return i;
    }
    return 0;
}

template <class Test>
bool OpenElements::in_scope(Scope scope, Test test) const {
    for (std::size_t i = nodes_.size(); i-- > 0;) {
        if (test(*nodes_[i])) return true;
        if (is_scope_end(*nodes_[i], scope)) return false;
    }
    return false;
}

bool OpenElements::has_in_scope(Tag tag, Scope scope) const {
    return in_scope(scope, [tag](const Node& node) { return node.is(tag); });
}

bool OpenElements::has_in_scope(const Node& wanted) const {
    return in_scope(Scope::any, [&](const Node& node) { return &node == &wanted; });
}

bool OpenElements::has_heading_in_scope() const {
    return in_scope(Scope::any, [](const Node& node) {
        return node.space == Namespace::html && heading_level(node.tag) > 0;
    });
}

void OpenElements::pop_through(Tag tag) {
    if (const std::size_t place = find_last(tag); place > 0) resize(place);
}

void OpenElements::remove(const Node& node) {
    if (const std::size_t place = find(node); place > 0)
        nodes_.erase(nodes_.begin() + static_cast<std::ptrdiff_t>(place));
}

void OpenElements::insert_behind(std::size_t place, Node& node) {
    nodes_.insert(nodes_.begin() + static_cast<std::ptrdiff_t>(place) + 1, &node);
}

}  // namespace ingestor::extract::html
