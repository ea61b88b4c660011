#include "extract/formats/html/part_measures.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "extract/formats/html/visibility.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::html {
namespace {

/// So many letters that are no link, on one line, are prose and not a label.
constexpr std::size_t kProseMin = 60;
/// Below this a line says little.
constexpr std::size_t kLabelMax = 24;
/// And so many where they end as a sentence does.
constexpr std::size_t kSentenceMin = 20;

bool ends_sentence(std::string_view text) {
    constexpr auto kQuotes = std::to_array<std::string_view>(
        {"\"", "'", ")", "\u201C", "\u201D", "\u2019", "\u00BB", "\u300D"});
    constexpr auto kMarks =
        std::to_array<std::string_view>({".", "!", "?", "\u2026", "\u3002", "\uFF01", "\uFF1F"});
    text = text::trim(text);
    for (const std::string_view quote : kQuotes) {
        if (text.ends_with(quote)) text.remove_suffix(quote.size());
    }
    return std::ranges::any_of(kMarks, [&](std::string_view mark) { return text.ends_with(mark); });
}

/// The first child that is no blank.
const Node* first_child(const Node* node) {
    const Node* at = node->first;
    while (at != nullptr && at->is_text() && text::trim(at->text).empty()) at = at->next;
    return at;
}

bool is_slanted(const Node* node) {
    return node->is(Tag::em) || node->is(Tag::i) || node->is(Tag::small);
}

bool is_bold(const Node* node) {
    return node->is(Tag::b) || node->is(Tag::strong);
}

/// Where buttons to share a page lead, and where its makers are followed.
bool is_social(std::string_view href) {
    constexpr auto kHosts = std::to_array<std::string_view>(
        {"facebook.com", "twitter.com",   "//x.com/",      "linkedin.com",  "whatsapp",
         "pinterest.",   "instagram.com", "//t.me/",       "telegram.me",   "xing.com",
         "reddit.com",   "tumblr.com",    "youtube.com/c", "youtube.com/u", "getpocket.com",
         "flattr.com",   "threads.net",   "bsky.app",      "/share?",       "/sharer",
         "vk.com",       "weibo.com"});
    return std::ranges::any_of(
        kHosts, [&](std::string_view host) { return href.find(host) != std::string_view::npos; });
}

void measure_link(const Node* link, Measure& measure) {
    constexpr std::size_t kBytesMax = 300;
    const std::string href =
        text::to_lower_ascii(text::trim(attribute(link, "href")).substr(0, kBytesMax));
    const std::string rel = text::to_lower_ascii(attribute(link, "rel").substr(0, kBytesMax));
    measure.own_links = href.empty() || href.starts_with('#') || href.starts_with("javascript:") ||
                        href.starts_with("mailto:") || href.starts_with("tel:");
    measure.social_links = is_social(href);
    const auto says = [&](std::string_view word) { return rel.find(word) != std::string::npos; };
    measure.rel_links = says("tag") || says("author") || says("category");
    measure.paid_links = says("sponsored") || (says("nofollow") && !measure.social_links);
}

}  // namespace

bool is_line(const Node* node) {
    using enum Tag;
    if (node->space != Namespace::html) return false;
    if (heading_level(node->tag) > 0) return true;
    return is_any(node->tag, address, article, aside, blockquote, body, caption, center, dd,
                  details, div, dl, dt, fieldset, figcaption, figure, footer, form, header, hgroup,
                  li) ||
           is_any(node->tag, legend, main, nav, noscript, ol, p, pre, section, summary, table,
                  tbody, td, tfoot, th, thead, tr, ul);
}

bool is_part(const Node* node) {
    using enum Tag;
    if (node->space != Namespace::html) return false;
    if (heading_level(node->tag) > 0) return true;
    return is_any(node->tag, a, address, article, aside, blockquote, center, dd, details, div, dl,
                  fieldset, figure, footer, form, header, hgroup, li, nav, ol, p) ||
           is_any(node->tag, section, span, table, tbody, td, tr, ul);
}

std::uint32_t letters_of(std::string_view text) {
    return static_cast<std::uint32_t>(std::ranges::count_if(
        text, [](char c) { return c != ' ' && c != '\n' && c != '\t' && c != '\r'; }));
}

bool share(std::uint64_t part, std::uint64_t whole, std::uint64_t percent) {
    return part * 100 >= whole * percent && whole > 0;
}

bool is_within_sentence(const Node* part) {
    /// What parts links from one another: a bar, a dot.
    constexpr std::size_t kSeparatorBytes = 3;
    const auto says = [](const Node* beside) {
        return beside != nullptr && beside->is_text() &&
               text::trim(beside->text).size() > kSeparatorBytes;
    };
    for (const Node* at = part; at != nullptr && !is_line(at); at = at->parent) {
        if (says(at->previous) || says(at->next)) return true;
    }
    return false;
}

std::string first_line(const Node* part, const std::vector<bool>& hidden) {
    constexpr std::size_t kBytesMax = 80;
    std::string out;
    bool done = false;
    walk(
        part,
        [&](const Node* node) {
            if (done || hidden[node->index]) return false;
            if (node->is_text() && out.size() <= kBytesMax) out += node->text;
            return true;
        },
        [&](const Node* node) {
            done = done || (node->is_element() && is_line(node) && !text::trim(out).empty());
        });
    return out;
}

int label_rank(const Node* node, const Measure& measure) {
    constexpr std::uint32_t kLettersMax = 60;
    while (node != nullptr && node->is_element() && node->space == Namespace::html) {
        if (const int level = heading_level(node->tag); level > 0) return level;
        if (measure.text > kLettersMax || !is_any(node->tag, Tag::div, Tag::header, Tag::hgroup))
            return 0;
        node = first_child(node);
    }
    return 0;
}

PartMeasures::PartMeasures(const Tree& tree, const Node* body)
    : measures(tree.size()), names(tree.size()), hidden(tree.size()) {
    Line line;
    std::unordered_map<std::uint64_t, std::uint32_t> same_text;
    std::size_t slanted_open = 0, bold_open = 0;
    std::string_view line_end;
    const auto end_line = [&] {
        if (line.text > 0) {
            const std::uint32_t unlinked = line.text - line.link_text;
            line.sentence = ends_sentence(line_end);
            line.colon = text::trim(line_end).ends_with(':');
            ++same_text[line.hash];
            line.prose = unlinked >= kProseMin || (unlinked >= kSentenceMin && line.sentence);
            lines.push_back(line);
        }
        const std::uint32_t waiting = line.text > 0 ? 0 : line.pictures;
        line = {};
        line.pictures = waiting;
    };
    struct OpenLine {
        std::size_t unlinked = 0;
        std::string_view end = {};
    };
    std::vector<OpenLine> open(1);
    std::size_t links_open = 0;
    const auto enter = [&](const Node* node) {
        Measure& measure = measures[node->index];
        if (node->is_text()) {
            const std::uint32_t size = letters_of(node->text);
            measure.text = size;
            line.text += size;
            if (links_open > 0) {
                measure.link_text = size;
                line.link_text += size;
            } else {
                open.back().unlinked += size;
            }
            if (size > 0) open.back().end = line_end = node->text;
            if (slanted_open > 0) line.slanted += size;
            if (bold_open > 0) line.bold += size;
            for (const char c : node->text) {
                if (c == ' ' || c == '\n' || c == '\t' || c == '\r') continue;
                line.hash = (line.hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
                line.capitals += c >= 'A' && c <= 'Z' ? 1 : 0;
                line.digits += c >= '0' && c <= '9' ? 1 : 0;
                line.marks += c == '.' || c == ',' || c == ';' || c == ':' || c == '?' || c == '!';
            }
            measure.copyrights = node->text.find("\u00A9") != std::string_view::npos ? 1 : 0;
            return false;
        }
        using enum Tag;
        if (is_any(node->tag, input, textarea, select) &&
            text::to_lower_ascii(attribute(node, "type")) != "hidden") {
            measure.fields = 1;
        }
        if (node->is(img)) {
            measure.pictures = 1;
            ++line.pictures;
        }
        measure.buttons = node->is(button) ? 1 : 0;
        measure.embeds =
            node->space == Namespace::html && is_any(node->tag, iframe, embed, object, video, audio)
                ? 1
                : 0;
        hidden[node->index] = is_hidden(node);
        if (hidden[node->index]) return false;
        if (is_part(node)) names[node->index] = part_name(node);
        if (node->is(a)) {
            ++links_open;
            measure_link(node, measure);
        }
        if (is_slanted(node)) ++slanted_open;
        if (is_bold(node)) ++bold_open;
        if (is_line(node)) {
            end_line();
            open.emplace_back();
        }
        measure.line_begin = static_cast<std::uint32_t>(lines.size());
        if (node->is(h1) && title_heading == nullptr && !text::trim(text_of(node)).empty()) {
            title_heading = node;
            measure.holds_title = true;
        }
        return true;
    };
    const auto leave = [&](const Node* node) {
        Measure& measure = measures[node->index];
        if (node->is_element() && !hidden[node->index]) {
            if (is_slanted(node)) --slanted_open;
            if (is_bold(node)) --bold_open;
            if (node->is(Tag::a)) {
                --links_open;
                ++measure.links;
            }
            if (is_line(node)) {
                end_line();
                const auto size = static_cast<std::uint32_t>(open.back().unlinked);
                const bool prose =
                    size >= kProseMin || (size >= kSentenceMin && ends_sentence(open.back().end));
                open.pop_back();
                if (prose) measure.prose += size;
                measure.content += prose ? size : size > kLabelMax ? size / 2 : size / 8;
            }
            measure.line_end = static_cast<std::uint32_t>(lines.size()) + (line.text > 0 ? 1 : 0);
            if (node->is(Tag::article)) ++measure.articles;
            if (node->is(Tag::main)) measure.holds_main = true;
            // What readers wrote is no reason to take an element for the text.
            if (names[node->index] == PartName::replies || node->is(Tag::nav) ||
                node->is(Tag::footer) || names[node->index] == PartName::notice) {
                measure.content /= 4;
            }
            if (node->space == Namespace::html && heading_level(node->tag) > 0) {
                ++measure.headings;
                if (share(measure.link_text, measure.text, 80)) ++measure.titles;
            }
            if (node->is(Tag::cite) || node->is(Tag::time)) ++measure.signs;
            std::uint32_t alike = 0, teasers = 0, replies = 0;
            const Node* before = nullptr;
            for (const Node* at = node->first; at != nullptr; at = at->next) {
                if (!at->is_element()) continue;
                teasers += of(at).titles > 0 ? 1 : 0;
                replies += of(at).signs > 0 && !of(at).holds_title ? 1 : 0;
                if (of(at).links == 0) continue;
                if (before != nullptr && before->tag == at->tag &&
                    attribute(before, "class").substr(0, 12) ==
                        attribute(at, "class").substr(0, 12)) {
                    alike = alike == 0 ? 2 : alike + 1;
                }
                before = at;
            }
            measure.repeats = std::max(measure.repeats, alike);
            measure.teasers = std::max(measure.teasers, teasers);
            measure.replies = std::max(measure.replies, replies);
        }
        if (node == body) return;
        Measure& parent = measures[node->parent->index];
        parent.text += measure.text;
        parent.link_text += measure.link_text;
        parent.prose += measure.prose;
        parent.content += measure.content;
        parent.links += measure.links;
        parent.fields += measure.fields;
        parent.articles += measure.articles;
        parent.repeats = std::max(parent.repeats, measure.repeats);
        parent.titles += measure.titles;
        parent.signs += measure.signs;
        parent.pictures += measure.pictures;
        parent.headings += measure.headings;
        parent.social_links += measure.social_links;
        parent.own_links += measure.own_links;
        parent.rel_links += measure.rel_links;
        parent.paid_links += measure.paid_links;
        parent.buttons += measure.buttons;
        parent.embeds += measure.embeds;
        parent.copyrights += measure.copyrights;
        parent.teasers = std::max(parent.teasers, measure.teasers);
        parent.replies = std::max(parent.replies, measure.replies);
        parent.holds_main = parent.holds_main || measure.holds_main;
        parent.holds_title = parent.holds_title || measure.holds_title;
    };
    walk(body, enter, leave);
    for (Line& each : lines) each.alike = same_text[each.hash];
}

}  // namespace ingestor::extract::html
