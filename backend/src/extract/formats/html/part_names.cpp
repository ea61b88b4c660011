#include "extract/formats/html/part_names.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <unicode/uchar.h>

#include "extract/formats/html/visibility.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::html {
namespace {

constexpr auto kAround = std::to_array<std::string_view>(
    {"nav",        "navbar",     "navigation",  "navbox",          "menu",
     "submenu",    "breadcrumb", "breadcrumbs", "social",          "share",
     "sharing",    "sharebar",   "related",     "pagination",      "pager",
     "paginate",   "toc",        "masthead",    "skiplink",        "widget",
     "widgets",    "catlinks",   "recommended", "archives",        "tagcloud",
     "toolbar",    "tags",       "tag",         "author",          "authorbox",
     "bio",        "byline",     "teaser",      "teasers",         "more",
     "morelinks",  "similar",    "recommend",   "recommendations", "popular",
     "mostread",   "mostviewed", "recent",      "upcoming",        "trending",
     "meta",       "postmeta",   "category",    "categories",      "copyright",
     "backlink",   "slider",     "carousel",    "paywall",         "login",
     "contact",    "tools",      "rating",      "ratings",         "sociable",
     "disclosure", "topics",     "sponsored",   "banner"});

constexpr auto kPlace = std::to_array<std::string_view>(
    {"sidebar", "footer", "aside", "subcontent", "rightbar", "leftbar", "rail", "rightcol",
     "leftcol", "siteheader", "sitefooter", "topbar"});

/// What a notice is about, and may well be the subject of a text, too.
constexpr auto kNotice = std::to_array<std::string_view>(
    {"cookie", "cookies", "consent", "gdpr", "newsletter", "subscribe", "signup", "popup", "modal",
     "advert", "adverts", "advertisement", "ads", "promo", "subscription", "optin"});

/// What it is shown as: with one of these it is one.
constexpr auto kNoticeShapes = std::to_array<std::string_view>(
    {"banner", "bar", "box", "consent", "dialog", "form", "layer", "modal", "notice", "optin",
     "overlay", "popup", "signup", "subscribe", "wrapper"});

constexpr auto kReplies = std::to_array<std::string_view>(
    {"comments", "comment", "commentlist", "respond", "replies", "reply", "disqus", "reviews"});

/// Pages also write such words as one: `printfooter`, `leftsidebar`.
constexpr auto kPlaceEndings =
    std::to_array<std::string_view>({"footer", "sidebar", "navbar", "breadcrumbs"});

/// Beginnings of such headings, in small letters.
constexpr auto kOtherPages = std::to_array<std::string_view>(
    {"related", "you might also", "you may also", "read more", "read also", "read next",
     "more from", "more on", "more stories", "more articles", "recommended", "recent posts",
     "recent articles", "latest", "most read", "most popular", "popular", "trending", "similar",
     "see more", "up next", "rate this", "what to read next", "share", "follow us", "leave a reply",
     "leave a comment", "comments", "replies", "post a comment", "add a comment",
     "join the discussion", "about the author", "tags", "filed under", "categories", "subscribe",
     "newsletter", "sign up", "advertisement", "sponsored",
     // German
     "das k\u00F6nnte dich auch", "das k\u00F6nnte sie auch", "auch interessant", "mehr zum thema",
     "weitere artikel", "weitere beitr\u00E4ge", "weitere meldungen", "weitere news",
     "\u00E4hnliche", "verwandte", "meistgelesen", "am meisten gelesen", "die meistgelesenen",
     "aktuelle artikel", "aktuelle berichte", "kommentar", "kommentare", "schreibe einen kommentar",
     "letzte kommentare", "teilen", "artikel teilen", "schlagw\u00F6rter", "schlagworte", "themen",
     "\u00FCber den autor", "\u00FCber die autorin", "neueste", "lesen sie auch",
     "passend zum thema",
     // French, Spanish, Italian, Portuguese, Polish, Dutch, Russian, Chinese, Japanese
     "\u00E0 lire aussi", "sur le m\u00EAme sujet", "vos r\u00E9actions", "commentaires",
     "art\u00EDculos relacionados", "noticias relacionadas", "te puede interesar", "comentarios",
     "articoli correlati", "leggi anche", "leia tamb\u00E9m", "powi\u0105zane",
     "inne artyku\u0142y", "lees ook",
     "\u0447\u0438\u0442\u0430\u0439\u0442\u0435 \u0442\u0430\u043A\u0436\u0435",
     "\u70ED\u95E8\u63A8\u8350", "\u95A2\u9023\u8A18\u4E8B"});

bool is_one_of(const auto& names, std::string_view word) {
    return std::ranges::find(names, word) != names.end();
}

std::string in_small_letters(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const text::CodePoint c = text::code_point_at(text, at);
        text::append_utf8(out, static_cast<char32_t>(u_tolower(static_cast<UChar32>(c.value))));
        at += c.size;
    }
    return out;
}

}  // namespace

PartName part_name(const Node* element) {
    if (element->attributes.empty()) return PartName::none;
    const std::vector<std::string> words = words_of_names(element);
    const auto has = [&](const auto& names) {
        return std::ranges::any_of(words, [&](const auto& word) { return is_one_of(names, word); });
    };
    const bool place = has(kPlace) || std::ranges::any_of(words, [](const std::string& word) {
                           return std::ranges::any_of(kPlaceEndings, [&](std::string_view end) {
                               return word.ends_with(end);
                           });
                       });
    if (has(kReplies)) return PartName::replies;
    if (has(kNotice)) {
        // Of two different words one says the shape.
        const bool shaped = std::ranges::any_of(words, [&](const std::string& shape) {
            return is_one_of(kNoticeShapes, shape) &&
                   std::ranges::any_of(words, [&](const std::string& subject) {
                       return subject != shape && is_one_of(kNotice, subject);
                   });
        });
        return shaped || element->is(Tag::form) ? PartName::notice : PartName::notice_perhaps;
    }
    if (place) return PartName::place;
    return has(kAround) ? PartName::around : PartName::none;
}

bool heads_other_pages(std::string_view heading) {
    /// A heading beyond this says something of its own.
    constexpr std::size_t kCharactersMax = 60;
    std::string_view words = text::trim(heading);
    // Counts stand before ("2 comments").
    words.remove_prefix(std::min(words.find_first_not_of("0123456789 \t\n#*-"), words.size()));
    if (words.empty() || text::count_code_points(words) > kCharactersMax) return false;
    const std::string small = in_small_letters(words);
    // A sentence is no label.
    if (small.ends_with('.') && !small.ends_with("..")) return false;
    return std::ranges::any_of(kOtherPages, [&](std::string_view phrase) {
        if (!small.starts_with(phrase)) return false;
        const char behind = phrase.size() < small.size() ? small[phrase.size()] : ' ';
        return behind < 'a' || behind > 'z';
    });
}

}  // namespace ingestor::extract::html
