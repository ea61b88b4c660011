#include "extract/html/boilerplate.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "extract/utf8.hpp"
#include "extract/xml.hpp"

namespace ingestor::extract {
namespace {

using namespace std::string_view_literals;

template <std::size_t N>
bool any_of(const std::array<std::string_view, N>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

constexpr std::array<std::string_view, 26> kHiddenTags = {
    "script",   "style",    "template", "noscript", "iframe",  "object", "embed",
    "svg",      "canvas",   "audio",    "video",    "button",  "select", "input",
    "textarea", "datalist", "head",     "meta",     "link",    "dialog", "map",
    "frameset", "applet",   "progress", "meter",    "optgroup"};

constexpr std::array<std::string_view, 12> kBoilerplateRoles = {
    "navigation", "banner",  "contentinfo", "search",      "complementary", "menu",
    "menubar",    "toolbar", "dialog",      "alertdialog", "tablist",       "tooltip"};

/// Words that, in a class or an id, name what stands around an article.
constexpr std::array<std::string_view, 44> kBoilerplateWords = {
    "nav",        "navbar",     "navigation",    "navbox",  "menu",       "submenu",     "sidebar",
    "footer",     "breadcrumb", "breadcrumbs",   "cookie",  "cookies",    "consent",     "gdpr",
    "advert",     "adverts",    "advertisement", "ads",     "social",     "share",       "sharing",
    "sharebar",   "related",    "comments",      "disqus",  "pagination", "pager",       "paginate",
    "newsletter", "subscribe",  "signup",        "promo",   "popup",      "modal",       "toc",
    "masthead",   "skiplink",   "widget",        "widgets", "catlinks",   "recommended", "archives",
    "tagcloud",   "toolbar"};

/// Those of them that name what is none of the article's even where it is written in sentences.
constexpr std::array<std::string_view, 16> kSureWords = {
    "cookie", "cookies",  "consent", "gdpr",   "newsletter", "subscribe",  "signup", "popup",
    "disqus", "comments", "modal",   "advert", "adverts",    "pagination", "promo",  "recommended"};

/// … and that name a place around the article, outside of it.
constexpr std::array<std::string_view, 6> kPlaceWords = {"nav",    "navbar",  "navigation",
                                                         "footer", "sidebar", "masthead"};

/// Elements that begin a line of their own.
constexpr std::array<std::string_view, 22> kBlocks = {
    "p",       "div",     "li",         "td",     "th",      "dd",     "dt",    "blockquote",
    "section", "article", "figcaption", "pre",    "caption", "main",   "aside", "header",
    "footer",  "body",    "form",       "figure", "details", "summary"};

/// So many characters that are no link, in one paragraph, are prose and not a label.
constexpr std::size_t kProseMin = 60;

/// Words for what is a control beside the text, or not meant for readers of another medium.
constexpr std::array<std::string_view, 5> kUnseenWords = {"editsection", "headerlink", "permalink",
                                                          "noprint", "nodisplay"};

/// Whole class names of style frameworks for what nobody sees.
constexpr std::array<std::string_view, 7> kUnseenClasses = {
    "hidden", "invisible", "d-none", "sr-only", "hide", "visually-hidden", "screen-reader-text"};

/// The words of class and id, parted at anything but letters and digits, and at capitals.
std::vector<std::string> words_of(const xmlNode* element) {
    std::vector<std::string> words;
    std::string word;
    const auto end_word = [&] {
        if (!word.empty()) words.push_back(std::exchange(word, {}));
    };
    for (const char* name : {"class", "id"}) {
        bool after_small = false;
        for (const char c : attribute(element, name)) {
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

bool has_word(const std::vector<std::string>& words, const auto& names) {
    return std::ranges::any_of(words, [&](const std::string& word) { return any_of(names, word); });
}

/// Pages also write such words as one: `printfooter`, `leftsidebar`.
bool ends_in_boilerplate_word(const std::vector<std::string>& words) {
    constexpr std::array kSuffixes = {"footer"sv, "sidebar"sv, "navbar"sv, "breadcrumbs"sv};
    return std::ranges::any_of(words, [&](const std::string& word) {
        return std::ranges::any_of(kSuffixes,
                                   [&](std::string_view end) { return word.ends_with(end); });
    });
}

bool style_hides(const xmlNode* element) {
    std::string style;
    for (const char c : to_lower_ascii(attribute(element, "style"))) {
        if (c != ' ') style += c;
    }
    return style.find("display:none") != std::string::npos ||
           style.find("visibility:hidden") != std::string::npos;
}

bool class_hides(const xmlNode* element) {
    const std::string classes = attribute(element, "class");
    // A variant such as `md:block` shows on wider screens what its neighbour hides.
    if (classes.find(':') != std::string::npos) return false;
    for (const auto piece : std::views::split(classes, ' ')) {
        if (any_of(kUnseenClasses, std::string_view(piece.begin(), piece.end()))) return true;
    }
    return false;
}

bool has_attribute(const xmlNode* element, const char* name) {
    return xmlHasProp(element, reinterpret_cast<const xmlChar*>(name)) != nullptr;
}

bool inside(const xmlNode* element, std::string_view tag) {
    for (const xmlNode* at = element->parent; at != nullptr; at = at->parent) {
        if (local_name(at) == tag) return true;
    }
    return false;
}

}  // namespace

Boilerplate::Boilerplate(const xmlNode* root) {
    measure(root);
    choose_article(root);
}

bool Boilerplate::is_hidden(const xmlNode* element) {
    const std::string_view tag = local_name(element);
    if (any_of(kHiddenTags, tag)) return true;
    if (element->properties == nullptr) return false;
    // A whole page that is hidden at first is shown by its scripts.
    if (tag == "html" || tag == "body" || tag == "main" || tag == "article") return false;
    if (has_attribute(element, "hidden") || style_hides(element)) return true;
    if (to_lower_ascii(attribute(element, "aria-hidden")) == "true") return true;
    if (class_hides(element)) return true;
    const bool small = tag == "span" || tag == "a" || tag == "div" || tag == "sup";
    return small && has_word(words_of(element), kUnseenWords);
}

void Boilerplate::measure(const xmlNode* root) {
    // Walks without recursion: the tree may be as deep as the parser allows.
    const xmlNode* at = root;
    std::vector<const xmlNode*> open;
    std::vector<std::size_t> paragraphs{0};  // Unlinked text of each block that is open.
    std::size_t links_open = 0;
    const auto close = [&](const xmlNode* element) {
        const std::string_view tag = local_name(element);
        if (tag == "a") --links_open;
        open.pop_back();
        Measure& measured = measures_[element];
        if (any_of(kBlocks, tag)) {
            measured.prose = measured.prose || paragraphs.back() >= kProseMin;
            paragraphs.pop_back();
        }
        const Measure done = measured;
        if (open.empty()) return;
        Measure& parent = measures_[open.back()];
        parent.prose = parent.prose || done.prose;
        parent.text += done.text;
        parent.link_text += done.link_text;
        parent.links += done.links + (tag == "a" ? 1 : 0);
        parent.holds_article = parent.holds_article || done.holds_article || tag == "article" ||
                               tag == "main" ||
                               to_lower_ascii(attribute(element, "role")) == "main";
    };
    while (at != nullptr) {
        const bool enters = at->type == XML_ELEMENT_NODE && !is_hidden(at);
        if (enters) {
            open.push_back(at);
            const std::string_view tag = local_name(at);
            if (tag == "a") ++links_open;
            if (any_of(kBlocks, tag)) paragraphs.push_back(0);
            if (tag == "h1" && title_heading_ == nullptr && !trim(text_of(at)).empty()) {
                title_heading_ = at;
            }
            measures_.try_emplace(at);
            if (at->children != nullptr) {
                at = at->children;
                continue;
            }
            close(at);
        } else if (!open.empty() && at->type == XML_TEXT_NODE) {
            const std::size_t size = trim(own_text(at)).size();
            Measure& parent = measures_[open.back()];
            parent.text += size;
            if (links_open > 0) {
                parent.link_text += size;
            } else {
                paragraphs.back() += size;
            }
        }
        while (at != root && at->next == nullptr) {
            at = at->parent;
            if (!open.empty() && open.back() == at) close(at);
        }
        if (at == root) break;
        at = at->next;
    }
    const auto found = measures_.find(root);
    if (found != measures_.end()) text_total_ = found->second.text;
}

void Boilerplate::choose_article(const xmlNode* root) {
    article_ = root;
    std::vector<const xmlNode*> mains, articles;
    for (const auto& [element, size] : measures_) {
        const std::string_view tag = local_name(element);
        if (tag == "main" || to_lower_ascii(attribute(element, "role")) == "main") {
            mains.push_back(element);
        }
        if (tag == "article" && !inside(element, "article")) articles.push_back(element);
    }
    // A part stands for the page only if it holds a fair share of its text: some pages use these
    // tags for something small.
    const auto holds_enough = [&](const xmlNode* element, std::size_t percent) {
        return measures_.at(element).text * 100 >= text_total_ * percent;
    };
    const auto largest = [&](const std::vector<const xmlNode*>& found) -> const xmlNode* {
        const auto best = std::ranges::max_element(
            found, {}, [&](const xmlNode* element) { return measures_.at(element).text; });
        return best == found.end() ? nullptr : *best;
    };
    if (const xmlNode* best = largest(mains); best != nullptr && holds_enough(best, 25)) {
        article_ = best;
    }
    if (articles.size() == 1 && holds_enough(articles.front(), 40)) article_ = articles.front();
}

bool Boilerplate::is_boilerplate(const xmlNode* element) const {
    const auto found = measures_.find(element);
    if (found == measures_.end()) return false;
    const Measure& size = found->second;
    const std::string_view tag = local_name(element);
    if (tag == "body" || tag == "html" || tag == "main" || tag == "article" || size.holds_article) {
        return false;
    }
    if (tag == "nav") return true;
    const bool linked = size.link_text * 100 >= size.text * 35;
    const bool small = size.text * 100 <= text_total_ * 20;
    const bool in_article = inside(element, "article") || inside(element, "main");
    if (tag == "footer") return !inside(element, "blockquote") && !inside(element, "figure");
    if (tag == "aside") return linked || !in_article;
    if (tag == "header") return !in_article && (linked || small);
    if (element->properties == nullptr) return false;
    const std::string role = to_lower_ascii(attribute(element, "role"));
    if (any_of(kBoilerplateRoles, role))
        return !in_article || linked || role == "navigation" || role == "dialog";
    const bool container = tag == "div" || tag == "ul" || tag == "ol" || tag == "section" ||
                           tag == "table" || tag == "p" || tag == "span" || tag == "dl" ||
                           tag == "form" || tag == "a" || tag == "li";
    if (!container) return false;
    if (!linked && !small) return false;
    const std::vector<std::string> words = words_of(element);
    const bool around = ends_in_boilerplate_word(words);
    if (!around && !has_word(words, kBoilerplateWords)) return false;
    // A name alone takes no paragraph away: many makers of pages call all their parts widgets.
    if (linked || !size.prose || has_word(words, kSureWords)) return true;
    return !in_article && (around || has_word(words, kPlaceWords));
}

}  // namespace ingestor::extract
