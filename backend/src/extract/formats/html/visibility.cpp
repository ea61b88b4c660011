#include "extract/formats/html/visibility.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <string_view>
#include <utility>

#include "extract/text/utf8.hpp"

namespace ingestor::extract::html {
namespace {

/// Words for what is a control beside the text, or not meant for readers of another medium.
constexpr std::array<std::string_view, 5> kUnseenWords = {"editsection", "headerlink", "permalink",
                                                          "noprint", "nodisplay"};

/// Whole class names of style frameworks for what nobody sees.
constexpr std::array<std::string_view, 7> kUnseenClasses = {
    "hidden", "invisible", "d-none", "sr-only", "hide", "visually-hidden", "screen-reader-text"};

bool contains(const auto& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

bool is_hidden_tag(const Node* element) {
    using enum Tag;
    if (element->space != Namespace::html) return element->tag == svg;
    return is_any(element->tag, applet, audio, base, button, canvas, datalist, dialog, embed,
                  frameset, head, iframe, input, link, map, meta, meter, noembed, noscript,
                  object) ||
           is_any(element->tag, optgroup, progress, script, select, style, template_, textarea,
                  title, video);
}

bool style_hides(const Node* element) {
    const std::string style = inline_style(element);
    return style.find("display:none") != std::string::npos ||
           style.find("visibility:hidden") != std::string::npos;
}

/// True where so much text stands in it that scripts will show it: a tab, a folded paragraph.
bool says_much(const Node* element) {
    constexpr std::size_t kBytes = 200;
    std::size_t bytes = 0;
    walk(element, [&](const Node* node) {
        if (node->is_text()) bytes += text::trim(node->text).size();
        return bytes < kBytes && !is_any(node->tag, Tag::script, Tag::style);
    });
    return bytes >= kBytes;
}

/// True where one of its kind beside it is shown: scripts show them in turn, as tabs, slides and
/// the pages of a text.
bool takes_turns(const Node* element) {
    /// The one that is shown at first is among the first.
    constexpr int kBesideMax = 8;
    const auto kind = [](const Node* node) {
        const std::string_view classes = attribute(node, "class");
        return classes.substr(0, classes.find(' '));
    };
    int left = kBesideMax;
    for (const Node* at = element->parent == nullptr ? nullptr : element->parent->first;
         at != nullptr && left > 0; at = at->next) {
        if (!at->is_element()) continue;
        --left;
        if (at != element && at->tag == element->tag && kind(at) == kind(element) &&
            !kind(at).empty() && !style_hides(at))
            return true;
    }
    return false;
}

/// True for the notice that a page does not work without scripts. All languages call them alike.
bool asks_for_scripts(std::string_view text) {
    constexpr std::size_t kBytesMax = 400;
    return text::trim(text).size() <= kBytesMax &&
           text::to_lower_ascii(text).find("javascript") != std::string::npos;
}

bool class_hides(const Node* element) {
    const std::string_view classes = attribute(element, "class");
    // A variant such as `md:block` shows on wider screens what its neighbour hides.
    if (classes.empty() || classes.find(':') != std::string_view::npos) return false;
    for (const auto piece : std::views::split(classes, ' ')) {
        if (contains(kUnseenClasses, std::string_view(piece.begin(), piece.end())))
            return !says_much(element);
    }
    return false;
}

}  // namespace

std::string inline_style(const Node* element) {
    std::string style = text::to_lower_ascii(attribute(element, "style"));
    std::erase(style, ' ');
    return style;
}

std::vector<std::string> words_of_names(const Node* element) {
    /// As much of a list of classes as is looked at.
    constexpr std::size_t kBytesMax = 1'000;
    std::vector<std::string> words;
    std::string word;
    const auto end_word = [&] {
        if (!word.empty()) words.push_back(std::exchange(word, {}));
    };
    for (const std::string_view name : {"class", "id"}) {
        bool after_small = false;
        for (const char c : attribute(element, name).substr(0, kBytesMax)) {
            const bool small = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            const bool large = c >= 'A' && c <= 'Z';
            if (!small && !large) {
                end_word();
            } else {
                if (large && after_small) end_word();
                word += large ? static_cast<char>(c | 0x20) : c;
            }
            after_small = small;
        }
        end_word();
    }
    return words;
}

bool is_hidden(const Node* element) {
    return is_hidden_tag(element) || hides_itself(element);
}

bool hides_itself(const Node* element) {
    if (element->attributes.empty()) return false;
    // A whole page that is hidden at first is shown by its scripts.
    using enum Tag;
    if (is_any(element->tag, html, body, main, article)) return false;
    if (has_attribute(element, "hidden")) return true;
    if (style_hides(element) && !(takes_turns(element) && says_much(element))) return true;
    if (text::to_lower_ascii(attribute(element, "aria-hidden")) == "true") return true;
    if (class_hides(element)) return true;
    if (!is_any(element->tag, span, a, div, sup)) return false;
    return std::ranges::any_of(words_of_names(element), [](const std::string& word) {
        return contains(kUnseenWords, word);
    });
}

void show_noscript(Tree& tree) {
    std::vector<Node*> fallbacks;
    std::size_t seen = 0, without_scripts = 0;
    walk(&tree.root(), [&](Node* node) {
        if (node->is_text()) {
            seen += text::trim(node->text).size();
        } else if (node->is(Tag::noscript)) {
            const std::string text = text_of(node);
            if (asks_for_scripts(text)) return false;
            without_scripts += text::trim(text).size();
            fallbacks.push_back(node);
        }
        return node->is_element() && !is_hidden(node);
    });
    if (without_scripts <= seen) return;
    for (Node* const node : fallbacks) {
        node->tag = Tag::div;
        node->text = name_of(Tag::div);
    }
}

}  // namespace ingestor::extract::html
