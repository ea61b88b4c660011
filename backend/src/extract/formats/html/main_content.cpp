#include "extract/formats/html/main_content.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "extract/formats/html/part_rules.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::html {
namespace {

/// Evidence from which a part stands around the text.
constexpr int kSure = 3;
/// Log-odds from which a label goes that its points leave open …
constexpr float kLogOdds = 0.2F;
/// … how much more for each time that a part is twice as long, and what is enough for any.
constexpr float kLogOddsPerDoubling = 0.4F;
constexpr float kLettersOfLabel = 6.F;  // As a power of two.
constexpr float kLogOddsMax = 3.5F;
/// Letters of prose that make a text.
constexpr std::uint32_t kProseOfText = 400;
/// More text than a notice has.
constexpr std::uint32_t kNoticeMax = 600;
/// Children that make a list of teasers or replies.
constexpr std::uint32_t kRepeatsMin = 3;
/// Fewer where each has a heading, or the name of who wrote it.
constexpr std::uint32_t kTeasersMin = 2;

bool is_within(const Node* node, const Node* part) {
    while (node != nullptr && node != part) node = node->parent;
    return node == part;
}

/// The element that begins the line which a link or a span stands in, or the element itself.
const Node* line_of(const Node* part) {
    while (!is_line(part) && part->parent != nullptr) part = part->parent;
    return part;
}

/// The smallest element that holds nearly all of what the page says.
const Node* root_of(const PartMeasures& parts, const Node* body) {
    const Node* root = body;
    while (true) {
        const Node* best = nullptr;
        for (const Node* at = root->first; at != nullptr; at = at->next) {
            if (at->is_element() && (is_part(at) || at->is(Tag::main)) &&
                (best == nullptr || parts.of(at).content > parts.of(best).content)) {
                best = at;
            }
        }
        using enum Tag;
        if (best == nullptr ||
            is_any(best->tag, p, a, span, tr, td, tbody, li, blockquote, dl, ul, ol, table)) {
            const bool grid = best != nullptr && is_any(best->tag, table, tbody, tr, td);
            if (!grid) return root;
        }
        const bool semantic = best->is(main) || best->is(article) ||
                              attribute(best, "role") == "main" ||
                              attribute(best, "itemprop") == "articleBody";
        if (!share(parts.of(best).content, parts.of(root).content, semantic ? 50 : 70)) return root;
        root = best;
    }
}

}  // namespace

MainContent::MainContent(const Tree& tree, const Node* body)
    : body_(body),
      parts_(tree, body),
      root_(root_of(parts_, body)),
      shape_(parts_, body, root_),
      left_out_(tree.size()) {
    judge(body);
}

void MainContent::judge(const Node* body) {
    walk(body, [&](const Node* node) {
        if (!node->is_element() || parts_.hidden[node->index]) return false;
        if (!may_go(node)) return true;
        const bool out = label_rank(node, of(node)) > 0 ? heads_what_goes(node) : is_around(node);
        left_out_[node->index] = out;
        return !out;
    });
}

bool MainContent::may_go(const Node* node) const {
    return is_part(node) && !shape_.on_path(node) && !is_within_sentence(node);
}

bool MainContent::may_go_by_rules(const Node* part, const PartFeatures& features) const {
    const Measure& size = of(part);
    if (size.text == 0 || size.holds_title || size.holds_main || holds_much(size, 30)) return false;
    // The rules know of pages with a text.
    if (shape_.root_prose() < kProseOfText) return false;
    // A link or a span goes where it is all of its line, and with a heading as a whole.
    if (const Node* const line = line_of(part); line != part) {
        if (heading_level(line->tag) > 0 || of(line).text != size.text) return false;
    }
    if (shape_.side_of(part) != Side::inside) return true;
    // A table without one of its cells says something else, so does a text without its lists, many
    // of which are of links; the words of a picture and of a quote are the text's.
    if (features[Feature::in_table] > 0 || features[Feature::in_figure] > 0 ||
        features[Feature::in_quote] > 0) {
        return false;
    }
    return features[Feature::in_list] == 0 || features[Feature::heads] > 0 ||
           features[Feature::headed] > 0;
}

/// By the points; where they leave it open, by the rules. The more a part says, the surer those
/// have to be.
bool MainContent::is_around(const Node* part) const {
    if (evidence(part) >= kSure) return true;
    const PartFeatures features = shape_.features(part);
    if (!may_go_by_rules(part, features)) return false;
    const float needed =
        kLogOdds + kLogOddsPerDoubling * (features[Feature::letters] - kLettersOfLabel);
    return boilerplate_log_odds(features) > std::min(needed, kLogOddsMax);
}

/// A heading goes with what it heads: by its points with what stands behind it, else with all of
/// its section.
bool MainContent::heads_what_goes(const Node* heading) const {
    if (!is_around(heading)) return false;
    const bool by_points = evidence(heading) >= kSure;
    const int rank = label_rank(heading, of(heading));
    // What stands around a heading alone was asked before it.
    const bool wrapped = label_rank(heading->parent, of(heading->parent)) > 0;
    if (wrapped && !by_points && !shape_.on_path(heading->parent)) return false;
    for (const Node* at = heading->next; at != nullptr; at = at->next) {
        if (!at->is_element() || of(at).text == 0) continue;
        if (by_points) return is_around(at);
        const int other = label_rank(at, of(at));
        if (other > 0 && other <= rank) break;
        if (!is_around(at)) return false;
    }
    return true;
}

bool MainContent::holds_much(const Measure& measure, unsigned percent) const {
    return share(measure.content, of(body_).content, percent);
}

int MainContent::evidence(const Node* part) const {
    using enum Tag;
    const Measure& size = of(part);
    const Tag tag = part->tag;
    if (size.text == 0 || size.holds_main || (part->is(article) && holds_much(size, 20))) return 0;
    const std::string role = text::to_lower_ascii(attribute(part, "role"));
    if (tag == nav || role == "navigation" || role == "menu" || role == "menubar") return kSure + 1;
    const PartName name = parts_.names[part->index];
    const bool in_article = inside(part, article) || inside(part, main);
    const bool quoted = inside(part, blockquote) || inside(part, figure);
    const Side side = shape_.side_of(part);
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
    const std::string line = first_line(part, parts_.hidden);
    const bool heads = (shape_.other_pages(part) && leads) ||
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
    if (side == Side::inside && shape_.behind_prose(part) && size.prose == 0) points += 1;
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
    const bool last = side == Side::inside && shape_.last_prose() != nullptr &&
                      is_within(shape_.last_prose(), part);
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
