#include "extract/formats/html/main_content.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

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
/// Evidence from which a part stands around the text.
constexpr int kSure = 3;
/// More text than a notice has.
constexpr std::uint32_t kNoticeMax = 600;
/// Children that make a list of teasers or replies.
constexpr std::uint32_t kRepeatsMin = 3;
/// Fewer where each has a heading, or the name of who wrote it.
constexpr std::uint32_t kTeasersMin = 2;

/// Elements that begin a line of their own.
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

/// Elements that are judged as a whole.
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

bool is_within(const Node* node, const Node* part) {
    while (node != nullptr && node != part) node = node->parent;
    return node == part;
}

/// True for a link or a span beside text: without it a sentence would have a hole.
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

/// The first line of a part, where that is short.
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

/// The first child that is no blank.
const Node* first_child(const Node* node) {
    const Node* at = node->first;
    while (at != nullptr && at->is_text() && text::trim(at->text).empty()) at = at->next;
    return at;
}

/// 1..6 of a heading, or of an element that holds little else; 0 of others.
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

}  // namespace

MainContent::MainContent(const Tree& tree, const Node* body)
    : measures_(tree.size()),
      names_(tree.size()),
      hidden_(tree.size()),
      left_out_(tree.size()),
      behind_prose_(tree.size()),
      other_pages_(tree.size()),
      body_(body) {
    measure(body);
    choose_root(body);
    judge(body);
}

void MainContent::measure(const Node* body) {
    struct Line {
        std::size_t unlinked = 0;
        std::string_view end = {};
    };
    std::vector<Line> lines(1);  // Those that are open.
    std::size_t links_open = 0;
    const auto enter = [&](const Node* node) {
        if (node->is_text()) {
            const std::uint32_t size = letters_of(node->text);
            Measure& measure = measures_[node->index];
            measure.text = size;
            if (links_open > 0) {
                measure.link_text = size;
            } else {
                lines.back().unlinked += size;
            }
            if (size > 0) lines.back().end = node->text;
            return false;
        }
        using enum Tag;
        if (is_any(node->tag, input, textarea, select) &&
            text::to_lower_ascii(attribute(node, "type")) != "hidden") {
            measures_[node->index].fields = 1;
        }
        hidden_[node->index] = is_hidden(node);
        if (hidden_[node->index]) return false;
        if (is_part(node)) names_[node->index] = part_name(node);
        if (node->is(a)) ++links_open;
        if (is_line(node)) lines.emplace_back();
        if (node->is(h1) && title_heading_ == nullptr && !text::trim(text_of(node)).empty()) {
            title_heading_ = node;
            measures_[node->index].holds_title = true;
        }
        return true;
    };
    const auto leave = [&](const Node* node) {
        Measure& measure = measures_[node->index];
        if (node->is_element() && !hidden_[node->index]) {
            if (node->is(Tag::a)) {
                --links_open;
                ++measure.links;
            }
            if (is_line(node)) {
                const auto line = static_cast<std::uint32_t>(lines.back().unlinked);
                const bool prose =
                    line >= kProseMin || (line >= kSentenceMin && ends_sentence(lines.back().end));
                lines.pop_back();
                if (prose) measure.prose += line;
                measure.content += prose ? line : line > kLabelMax ? line / 2 : line / 8;
            }
            if (node->is(Tag::article)) ++measure.articles;
            if (node->is(Tag::main)) measure.holds_main = true;
            // What readers wrote is no reason to take an element for the text.
            if (names_[node->index] == PartName::replies || node->is(Tag::nav) ||
                node->is(Tag::footer) || names_[node->index] == PartName::notice) {
                measure.content /= 4;
            }
            if (node->space == Namespace::html && heading_level(node->tag) > 0 &&
                share(measure.link_text, measure.text, 80)) {
                ++measure.titles;
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
        Measure& parent = measures_[node->parent->index];
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
        parent.teasers = std::max(parent.teasers, measure.teasers);
        parent.replies = std::max(parent.replies, measure.replies);
        parent.holds_main = parent.holds_main || measure.holds_main;
        parent.holds_title = parent.holds_title || measure.holds_title;
    };
    walk(body, enter, leave);
}

/// The smallest element that holds nearly all of what the page says.
void MainContent::choose_root(const Node* body) {
    root_ = body;
    while (true) {
        const Node* best = nullptr;
        for (const Node* at = root_->first; at != nullptr; at = at->next) {
            if (at->is_element() && (is_part(at) || at->is(Tag::main)) &&
                (best == nullptr || of(at).content > of(best).content)) {
                best = at;
            }
        }
        using enum Tag;
        if (best == nullptr ||
            is_any(best->tag, p, a, span, tr, td, tbody, li, blockquote, dl, ul, ol, table)) {
            const bool grid = best != nullptr && is_any(best->tag, table, tbody, tr, td);
            if (!grid) return;
        }
        const bool semantic = best->is(main) || best->is(article) ||
                              attribute(best, "role") == "main" ||
                              attribute(best, "itemprop") == "articleBody";
        if (!share(of(best).content, of(root_).content, semantic ? 50 : 70)) return;
        root_ = best;
    }
}

void MainContent::judge(const Node* body) {
    std::vector<bool> on_path(measures_.size());
    for (const Node* at = root_; at != nullptr; at = at->parent) on_path[at->index] = true;
    walk(root_, [&](const Node* node) {
        if (!node->is_element() || hidden_[node->index]) return false;
        if (names_[node->index] == PartName::replies || names_[node->index] == PartName::notice)
            return false;
        if (is_line(node) && of(node).prose > 0 && node->first != nullptr) last_prose_ = node;
        return true;
    });
    bool behind = false;
    walk(
        root_,
        [&](const Node* node) {
            behind_prose_[node->index] = behind;
            return true;
        },
        [&](const Node* node) { behind = behind || node == last_prose_; });
    Side side = Side::before;
    const auto enter = [&](const Node* node) {
        if (node == root_) side = Side::inside;
        if (!node->is_element() || hidden_[node->index]) return false;
        mark_other_pages(node);
        if (on_path[node->index] || !is_part(node) || is_within_sentence(node)) return true;
        const bool out = label_rank(node, of(node)) > 0 ? heads_what_goes(node, side)
                                                        : evidence(node, side) >= kSure;
        left_out_[node->index] = out;
        return !out;
    };
    walk(body, enter, [&](const Node* node) {
        if (node == root_) side = Side::after;
    });
}

/// What stands below a heading that says that it leads to other pages, up to the next heading of
/// its rank.
void MainContent::mark_other_pages(const Node* parent) {
    int rank = 0;  // Of the heading that is in force; 0: none.
    for (const Node* at = parent->first; at != nullptr; at = at->next) {
        if (!at->is_element() || of(at).text == 0) continue;
        const int own = label_rank(at, of(at));
        if (own > 0 && (rank == 0 || own <= rank))
            rank = heads_other_pages(text_of(at)) ? own : 0;
        else if (rank > 0)
            other_pages_[at->index] = true;
    }
}

/// A heading goes with what it heads.
bool MainContent::heads_what_goes(const Node* heading, Side side) const {
    if (evidence(heading, side) < kSure) return false;
    for (const Node* at = heading->next; at != nullptr; at = at->next) {
        if (at->is_element() && of(at).text > 0) return evidence(at, side) >= kSure;
    }
    return true;
}

bool MainContent::holds_much(const Measure& measure, unsigned percent) const {
    return share(measure.content, of(body_).content, percent);
}

int MainContent::evidence(const Node* part, Side side) const {
    using enum Tag;
    const Measure& size = of(part);
    const Tag tag = part->tag;
    if (size.text == 0 || size.holds_main || (part->is(article) && holds_much(size, 20))) return 0;
    const std::string role = text::to_lower_ascii(attribute(part, "role"));
    if (tag == nav || role == "navigation" || role == "menu" || role == "menubar") return kSure + 1;
    const PartName name = names_[part->index];
    const bool in_article = inside(part, article) || inside(part, main);
    const bool quoted = inside(part, blockquote) || inside(part, figure);
    const bool outside = side != Side::inside;
    int points = 0;

    // What the page says of the part.
    if (tag == footer && !quoted) points += 3;
    if (tag == aside) points += in_article && !outside ? 1 : 2;
    if (tag == header && outside && !size.holds_title) points += 1;
    if (role == "complementary" || role == "contentinfo" || role == "banner" || role == "search" ||
        role == "dialog" || role == "toolbar" || role == "tablist") {
        points += role == "dialog" ? 3 : 2;
    }
    // What its text says.
    const bool linked = share(size.link_text, size.text, 50);
    if (share(size.link_text, size.text, 80)) {
        points += 2;
    } else if (share(size.link_text, size.text, 33)) {
        points += 1;
    }
    if (size.prose == 0) points += 1;
    if (size.repeats >= kRepeatsMin && (linked || outside)) points += 1;
    if (size.fields > 0 && size.prose < 400) points += 1;
    const bool listed = size.teasers >= kTeasersMin || size.replies >= kTeasersMin;
    // Other pages are linked and replies are signed; a label alone heads what stands behind it.
    const bool leads = size.links > 0 || size.fields > 0 || listed;
    const std::string line = first_line(part, hidden_);
    const bool heads = (other_pages_[part->index] && leads) ||
                       ((leads || letters_of(line) == size.text) && heads_other_pages(line));
    if (heads) points += 2;
    if (size.teasers >= kTeasersMin && (heads || outside)) points += 2;
    if (size.replies >= kTeasersMin && (heads || outside || name == PartName::replies)) points += 2;
    // Where it stands.
    const bool is_small = !share(size.content, of(root_).content, 15);
    if (side == Side::after) points += is_small ? 2 : 1;
    if (outside && part->parent != root_->parent && is_small) points += 1;
    if (outside && size.prose > 0 && !linked) points -= name == PartName::none && !heads ? 2 : 0;
    if (outside && size.repeats >= kRepeatsMin && is_small) points += 1;
    if (side == Side::inside && behind_prose_[part->index] && size.prose == 0) points += 1;
    // What it is called.
    if (name == PartName::replies) points += 2;
    if (name == PartName::notice) points += size.text < kNoticeMax && !holds_much(size, 20) ? 3 : 2;
    if (name == PartName::notice_perhaps) points += in_article && !outside ? 1 : 2;
    if (name == PartName::place) points += 2 - (in_article && !outside ? 1 : 0);
    if (name == PartName::around) points += 1;

    // Plain text, links in it or not, is the page's own.
    const bool plain = is_any(tag, p, ul, ol, dl, table, tbody, tr, td, a, span, li, dd, blockquote,
                              h1, h2, h3, h4, h5, h6);
    if (plain && name == PartName::none && !heads) points -= outside ? 0 : 2;
    const bool last =
        side == Side::inside && last_prose_ != nullptr && is_within(last_prose_, part);
    if (last && !holds_much(size, 20) && name != PartName::none) points += 1;
    const bool hinted = name == PartName::place || name == PartName::notice;
    if (share(size.prose, size.text, 60) && !linked && !hinted) points -= 1;
    if (size.holds_title && points < kSure + 2) return 0;
    if (holds_much(size, 30)) points -= 3;
    // Sentences within the text are the text's, whatever their part or its heading is called.
    const bool says = share(size.prose, size.text, 60) && !linked && !outside;
    const bool sure = tag == footer || name == PartName::notice ||
                      (name == PartName::place && !in_article) ||
                      (name == PartName::replies && leads);
    return says && !listed && !sure ? std::min(points, kSure - 1) : points;
}

}  // namespace ingestor::extract::html
