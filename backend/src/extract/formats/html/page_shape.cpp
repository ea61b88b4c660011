#include "extract/formats/html/page_shape.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "extract/text/utf8.hpp"

namespace ingestor::extract::html {
namespace {

/// What an element means, as bits that all below it take over.
enum Around : std::uint32_t {
    kArticle = 1U << 0U,
    kMain = 1U << 1U,
    kAside = 1U << 2U,
    kNav = 1U << 3U,
    kFooter = 1U << 4U,
    kHeader = 1U << 5U,
    kForm = 1U << 6U,
    kQuote = 1U << 7U,
    kFigure = 1U << 8U,
    kRoleAround = 1U << 9U,
    kRoleDialog = 1U << 10U,
    kList = 1U << 11U,
    kTable = 1U << 12U,
};

std::uint32_t meaning(const Node* node) {
    using enum Tag;
    std::uint32_t bits = 0;
    if (node->is(article)) bits |= kArticle;
    if (node->is(main)) bits |= kMain;
    if (node->is(aside)) bits |= kAside;
    if (node->is(nav)) bits |= kNav;
    if (node->is(footer)) bits |= kFooter;
    if (node->is(header)) bits |= kHeader;
    if (node->is(form)) bits |= kForm;
    if (node->is(blockquote)) bits |= kQuote;
    if (node->is(figure)) bits |= kFigure;
    if (node->is(ul) || node->is(ol) || node->is(dl)) bits |= kList;
    if (node->is(table)) bits |= kTable;
    const std::string role = text::to_lower_ascii(attribute(node, "role"));
    if (role == "main") bits |= kMain;
    if (role == "article") bits |= kArticle;
    if (role == "navigation" || role == "menu" || role == "menubar") bits |= kNav;
    if (role == "complementary" || role == "contentinfo" || role == "banner" || role == "search" ||
        role == "toolbar" || role == "tablist") {
        bits |= kRoleAround;
    }
    if (role == "dialog" || role == "alertdialog") bits |= kRoleDialog;
    return bits;
}

/// Elements of one name and class below such elements are alike.
std::size_t shape_of(const Node* node, const Node* parent) {
    constexpr std::size_t kClassBytesMax = 200;
    const std::hash<std::string_view> hash;
    const auto own = [&](const Node* at) {
        return hash(at->text) * 31 + hash(attribute(at, "class").substr(0, kClassBytesMax));
    };
    return parent == nullptr ? own(node) : own(node) * 31 + own(parent);
}

float ratio(double part, double whole) {
    return whole > 0 ? static_cast<float>(part / whole) : 0.F;
}

float log_of(double x) {
    return static_cast<float>(std::log2(1.0 + x));
}

float flag(bool value) {
    return value ? 1.F : 0.F;
}

}  // namespace

PageShape::PageShape(const PartMeasures& parts, const Node* body, const Node* root)
    : parts_(parts), root_(root) {
    const std::size_t size = parts.measures.size();
    on_path_.resize(size);
    behind_prose_.resize(size);
    other_pages_.resize(size);
    headed_.resize(size);
    sides_.resize(size);
    off_path_.resize(size);
    around_.resize(size);
    shapes_.resize(size);
    prose_to_.assign(1, 0);
    for (const Line& line : parts.lines)
        prose_to_.push_back(prose_to_.back() + (line.prose ? line.text - line.link_text : 0));
    root_begin_ = std::min<std::size_t>(of(root).line_begin, parts.lines.size());
    root_end_ = std::clamp<std::size_t>(of(root).line_end, root_begin_, parts.lines.size());
    for (const Node* at = root; at != nullptr; at = at->parent) on_path_[at->index] = true;
    place(body);
    find_last_prose();
}

void PageShape::place(const Node* body) {
    std::unordered_map<std::size_t, std::uint32_t> alike;
    Side side = Side::before;
    const auto enter = [&](const Node* node) {
        if (node == root_) side = Side::inside;
        sides_[node->index] = side;
        if (!node->is_element() || parts_.hidden[node->index]) return false;
        mark_other_pages(node);
        const Node* const parent = node == body ? nullptr : node->parent;
        ++alike[shape_of(node, parent)];
        std::uint32_t bits = meaning(node);
        // What holds the text is none of what stands around it.
        if (on_path(node)) bits &= kArticle | kMain | kForm;
        around_[node->index] = bits;
        headed_[node->index] = other_pages_[node->index] && !on_path(node);
        if (parent == nullptr) return true;
        around_[node->index] |= around_[parent->index];
        if (!on_path(node)) {
            off_path_[node->index] = static_cast<std::uint16_t>(off_path_[parent->index] + 1);
            headed_[node->index] = headed_[node->index] || headed_[parent->index];
        }
        return true;
    };
    walk(body, enter, [&](const Node* node) {
        if (node == root_) side = Side::after;
    });
    walk(body, [&](const Node* node) {
        if (!node->is_element() || parts_.hidden[node->index]) return false;
        shapes_[node->index] = alike[shape_of(node, node == body ? nullptr : node->parent)];
        return true;
    });
}

void PageShape::find_last_prose() {
    walk(root_, [&](const Node* node) {
        if (!node->is_element() || parts_.hidden[node->index]) return false;
        const PartName name = parts_.names[node->index];
        if (name == PartName::replies || name == PartName::notice) return false;
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
}

/// What stands below a heading that says that it leads to other pages, up to the next heading of
/// its rank.
void PageShape::mark_other_pages(const Node* parent) {
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

std::uint32_t PageShape::root_prose() const {
    return prose_to_[root_end_] - prose_to_[root_begin_];
}

PartFeatures PageShape::features(const Node* part) const {
    /// Long parts are judged by their beginning.
    constexpr std::size_t kLinesMax = 64;
    using enum Feature;
    PartFeatures out;
    const Measure& size = of(part);
    const auto& lines = parts_.lines;
    const std::size_t begin = std::min<std::size_t>(size.line_begin, lines.size());
    const std::size_t end = std::clamp<std::size_t>(size.line_end, begin, lines.size());
    const double count = std::max<double>(1, static_cast<double>(end - begin));
    Line sum;
    std::uint32_t again = 0;
    for (std::size_t i = begin; i < std::min(end, begin + kLinesMax); ++i) {
        sum.text += lines[i].text;
        sum.marks += lines[i].marks;
        sum.digits += lines[i].digits;
        sum.capitals += lines[i].capitals;
        sum.slanted += lines[i].slanted;
        sum.bold += lines[i].bold;
        again += lines[i].alike > 1 ? lines[i].text : 0;
    }
    out[letters] = log_of(size.text);
    out[link_share] = ratio(size.link_text, size.text);
    out[prose_share] = ratio(std::min(size.prose, size.text), size.text);
    out[line_letters] = log_of(size.text / count);
    out[line_count] = log_of(count);
    out[links_per_line] = ratio(size.links, count);
    out[marks_share] = ratio(sum.marks, sum.text);
    out[digits_share] = ratio(sum.digits, sum.text);
    out[capitals_share] = ratio(sum.capitals, sum.text);
    out[slanted_share] = ratio(sum.slanted, sum.text);
    out[bold_share] = ratio(sum.bold, sum.text);
    out[repeated_share] = ratio(again, sum.text);
    out[ends_sentence] = flag(end > begin && lines[end - 1].sentence);
    out[ends_colon] = flag(end > begin && lines[end - 1].colon);
    out[picture_before] = flag(begin < lines.size() && lines[begin].pictures > 0);
    out[fields] = log_of(size.fields);
    out[pictures_per_line] = ratio(size.pictures, count);
    out[headings_per_line] = ratio(size.headings, count);
    out[social_links] = ratio(size.social_links, count);
    out[own_links] = ratio(size.own_links, count);
    out[rel_links] = ratio(size.rel_links, count);
    out[paid_links] = ratio(size.paid_links, count);
    out[buttons] = ratio(size.buttons, count);
    out[embeds] = ratio(size.embeds, count);
    out[copyright] = flag(size.copyrights > 0);
    out[repeats] = log_of(size.repeats);
    out[teasers] = log_of(size.teasers);
    out[signs] = log_of(size.signs);
    out[replies] = log_of(size.replies);
    out[same_shape] = log_of(shapes_[part->index] - 1.0);
    out[holds_article] = flag(size.articles > 0);
    out[root_share] = ratio(size.content, of(root_).content);
    const Measure& parent = of(part->parent);
    out[parent_share] = ratio(size.text, parent.text);
    out[parent_link_share] = ratio(parent.link_text, parent.text);
    out[parent_prose_share] = ratio(std::min(parent.prose, parent.text), parent.text);
    out[parent_repeats] = log_of(parent.repeats);
    put_place(size, out);
    put_kind(part, out);
    out[before_root] = flag(side_of(part) == Side::before);
    out[after_root] = flag(side_of(part) == Side::after);
    out[behind_all_prose] = flag(side_of(part) == Side::inside && behind_prose(part));
    out[levels_off_path] = static_cast<float>(std::min<int>(off_path_[part->index], 12));
    return out;
}

/// Where the part stands among the lines of prose, and what stands next to it.
void PageShape::put_place(const Measure& size, PartFeatures& out) const {
    /// Lines on either side that are near.
    constexpr std::size_t kNear = 4;
    using enum Feature;
    const auto& lines = parts_.lines;
    const std::size_t begin = std::min<std::size_t>(size.line_begin, lines.size());
    const std::size_t end = std::clamp<std::size_t>(size.line_end, begin, lines.size());
    const auto within = [&](std::size_t at) {
        return prose_to_[std::clamp(at, root_begin_, root_end_)];
    };
    out[prose_of_root] = log_of(root_prose());
    out[prose_before] = ratio(within(begin) - prose_to_[root_begin_], root_prose());
    out[prose_after] = ratio(prose_to_[root_end_] - within(end), root_prose());
    out[prose_near_before] = log_of(prose_to_[begin] - prose_to_[begin - std::min(begin, kNear)]);
    out[prose_near_after] = log_of(prose_to_[std::min(end + kNear, lines.size())] - prose_to_[end]);
    const auto links_of = [](const Line& line) { return ratio(line.link_text, line.text); };
    constexpr float kUnknown = 0.5F;
    out[line_before_links] = begin > 0 ? links_of(lines[begin - 1]) : kUnknown;
    out[line_after_links] = end < lines.size() ? links_of(lines[end]) : kUnknown;
    out[line_before_letters] = begin > 0 ? log_of(lines[begin - 1].text) : 0.F;
    out[line_after_letters] = end < lines.size() ? log_of(lines[end].text) : 0.F;
}

/// What the part is and stands in.
void PageShape::put_kind(const Node* part, PartFeatures& out) const {
    using enum Feature;
    const std::uint32_t around = around_[part->index];
    const auto bit = [&](std::uint32_t mask) { return flag((around & mask) != 0); };
    out[in_article] = bit(kArticle);
    out[in_main] = bit(kMain);
    out[in_aside] = bit(kAside);
    out[in_nav] = bit(kNav);
    out[in_footer] = bit(kFooter);
    out[in_header] = bit(kHeader);
    out[in_form] = bit(kForm);
    out[in_quote] = bit(kQuote);
    out[in_figure] = bit(kFigure);
    out[in_list] = bit(kList);
    out[in_table] = bit(kTable);
    out[role_around] = bit(kRoleAround);
    out[role_dialog] = bit(kRoleDialog);
    using enum Tag;
    out[is_heading] = flag(label_rank(part, of(part)) > 0);
    out[is_paragraph] = flag(is_any(part->tag, p, blockquote));
    out[is_list] = flag(is_any(part->tag, ul, ol, dl, li, dd));
    out[is_table] = flag(is_any(part->tag, table, tbody, tr, td));
    out[is_phrase] = flag(is_any(part->tag, a, span));
    out[heads] = flag(heads_other_pages(first_line(part, parts_.hidden)));
    out[headed] = flag(headed_[part->index]);
}

}  // namespace ingestor::extract::html
