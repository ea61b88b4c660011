#include "extract/source/harmless.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "extract/source/commonmark.hpp"
#include "extract/utf8.hpp"

namespace ingestor::extract {
namespace {

using namespace std::string_view_literals;

constexpr std::array kHarmlessTags = {
    "a"sv,          "abbr"sv,    "b"sv,       "bdi"sv,  "bdo"sv,   "blockquote"sv, "br"sv,
    "caption"sv,    "center"sv,  "cite"sv,    "code"sv, "col"sv,   "colgroup"sv,   "dd"sv,
    "del"sv,        "details"sv, "dfn"sv,     "div"sv,  "dl"sv,    "dt"sv,         "em"sv,
    "figcaption"sv, "figure"sv,  "font"sv,    "h1"sv,   "h2"sv,    "h3"sv,         "h4"sv,
    "h5"sv,         "h6"sv,      "hr"sv,      "i"sv,    "img"sv,   "ins"sv,        "kbd"sv,
    "li"sv,         "mark"sv,    "ol"sv,      "p"sv,    "pre"sv,   "q"sv,          "rp"sv,
    "rt"sv,         "ruby"sv,    "s"sv,       "samp"sv, "small"sv, "span"sv,       "strike"sv,
    "strong"sv,     "sub"sv,     "summary"sv, "sup"sv,  "table"sv, "tbody"sv,      "td"sv,
    "tfoot"sv,      "th"sv,      "thead"sv,   "time"sv, "tr"sv,    "tt"sv,         "u"sv,
    "ul"sv,         "var"sv,     "wbr"sv};

constexpr std::array kHarmlessSchemes = {"http"sv, "https"sv, "mailto"sv, "ftp"sv, "tel"sv,
                                         "irc"sv,  "news"sv,  "xmpp"sv,   "git"sv, "ssh"sv};

constexpr std::array kHarmlessAttributes = {
    "href"sv, "src"sv, "alt"sv,   "title"sv, "colspan"sv, "rowspan"sv, "align"sv,
    "lang"sv, "dir"sv, "start"sv, "width"sv, "height"sv,  "open"sv,    "datetime"sv};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_name(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == ':' || c == '_';
}
bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

template <std::size_t N>
bool any_of(const std::array<std::string_view, N>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

/// True for relative references and for schemes that only lead elsewhere.
bool is_harmless_url(std::string_view url) {
    std::string scheme;
    for (const char c : trim(url)) {
        if (static_cast<unsigned char>(c) <= 0x20) continue;
        if (c == ':') {
            const std::string lower = to_lower_ascii(scheme);
            const bool picture =
                lower == "data" && to_lower_ascii(trim(url).substr(0, 11)) == "data:image/";
            return picture || any_of(kHarmlessSchemes, lower);
        }
        if (c == '/' || c == '?' || c == '#') return true;
        // A reference could spell out a colon that is not seen here.
        if (c == '&') return false;
        scheme += c;
    }
    return true;
}

struct Tag {
    std::string_view all;  ///< From `<` to `>`.
    std::string harmless;  ///< As it may stand; empty if it may not.
};

/// The tag at the beginning of `text`, or nullopt if none ends within it.
std::optional<Tag> read_tag(std::string_view text) {
    std::size_t at = 1;
    const bool closes = at < text.size() && text[at] == '/';
    if (closes) ++at;
    const std::size_t name_begin = at;
    while (at < text.size() && is_name(text[at])) ++at;
    const std::string name = to_lower_ascii(text.substr(name_begin, at - name_begin));
    std::string kept(text.substr(0, at));
    bool changed = false;
    while (true) {
        const std::size_t before = at;
        while (at < text.size() && is_blank(text[at])) ++at;
        if (at >= text.size()) return std::nullopt;
        if (text[at] == '>') {
            kept.append(text.substr(before, at - before)).append(">");
            break;
        }
        const std::size_t begin = at;
        while (at < text.size() && !is_blank(text[at]) && text[at] != '=' && text[at] != '>' &&
               !(text[at] == '/' && at > begin)) {
            ++at;
        }
        const std::string attribute = to_lower_ascii(text.substr(begin, at - begin));
        std::size_t after = at;
        while (after < text.size() && is_blank(text[after])) ++after;
        std::string_view value;
        if (after < text.size() && text[after] == '=') {
            at = after + 1;
            while (at < text.size() && is_blank(text[at])) ++at;
            if (at >= text.size()) return std::nullopt;
            if (text[at] == '"' || text[at] == '\'') {
                const std::size_t close = text.find(text[at], at + 1);
                if (close == std::string_view::npos) return std::nullopt;
                value = text.substr(at + 1, close - at - 1);
                at = close + 1;
            } else {
                const std::size_t value_begin = at;
                while (at < text.size() && !is_blank(text[at]) && text[at] != '>') ++at;
                value = text.substr(value_begin, at - value_begin);
            }
        } else if (at == begin) {
            ++at;
        }
        const bool acts = (attribute == "href" || attribute == "src") && !is_harmless_url(value);
        if (attribute == "/" || (any_of(kHarmlessAttributes, attribute) && !acts)) {
            kept.append(text.substr(before, at - before));
        } else {
            changed = true;
            // The number of lines stays, so that blocks keep their places.
            kept.append(static_cast<std::size_t>(
                            std::ranges::count(text.substr(before, at - before), '\n')),
                        '\n');
        }
    }
    Tag tag{.all = text.substr(0, at + 1), .harmless = {}};
    if (any_of(kHarmlessTags, name)) tag.harmless = changed ? kept : std::string(tag.all);
    return tag;
}

/// A comment that every reader ends at the same place.
std::size_t plain_comment_size(std::string_view text) {
    if (!text.starts_with("<!--") || text.starts_with("<!-->") || text.starts_with("<!--->"))
        return 0;
    const std::size_t end = text.find("--", 4);
    if (end == std::string_view::npos || end + 2 >= text.size() || text[end + 2] != '>') return 0;
    const std::string_view inside = text.substr(4, end - 4);
    // A blank line would end a comment within prose, and tags behind it would be live.
    const bool parted = inside.find("\n\n") != std::string_view::npos;
    return parted && inside.find('<') != std::string_view::npos ? 0 : end + 3;
}

/// What a line is to Markdown.
enum class LineKind : std::uint8_t { prose, code, html };

std::vector<LineKind> kinds_of_lines(cmark_node* root, std::size_t lines) {
    std::vector<LineKind> kinds(lines + 2, LineKind::prose);
    cmark_iter* walk = cmark_iter_new(root);
    while (cmark_iter_next(walk) != CMARK_EVENT_DONE) {
        cmark_node* node = cmark_iter_get_node(walk);
        const cmark_node_type type = cmark_node_get_type(node);
        if (type != CMARK_NODE_CODE_BLOCK && type != CMARK_NODE_HTML_BLOCK) continue;
        const auto first = static_cast<std::size_t>(std::max(cmark_node_get_start_line(node), 1));
        const auto last = static_cast<std::size_t>(std::max(cmark_node_get_end_line(node), 1));
        for (std::size_t line = first; line <= last && line < kinds.size(); ++line) {
            kinds[line] = type == CMARK_NODE_CODE_BLOCK ? LineKind::code : LineKind::html;
        }
    }
    cmark_iter_free(walk);
    return kinds;
}

/// Rewrites the tags of a text of lines of one kind.
class Rewriter {
public:
    explicit Rewriter(LineKind kind) : kind_(kind) {}

    std::string run(std::string_view text) {
        std::string out;
        // Once no tag ends behind a place, none does behind later ones.
        bool tags_end = true;
        for (std::size_t at = 0; at < text.size();) {
            const char c = text[at];
            const std::string_view rest = text.substr(at);
            std::size_t taken = 1;
            if (kind_ == LineKind::prose && c == '\\' && rest.size() > 1) {
                taken = 2;
            } else if (kind_ == LineKind::prose && c == '`') {
                taken = code_span(text, at);
            } else if (c == '<' && rest.size() > 1) {
                if (const std::size_t comment = plain_comment_size(rest); comment > 0) {
                    taken = comment;
                } else if (rest[1] == '!' || rest[1] == '?') {
                    out += "&lt;";
                    ++at;
                    continue;
                } else if (is_letter(rest[1]) || rest[1] == '/') {
                    if (const std::size_t address = autolink(rest); address > 0) {
                        taken = address;
                    } else {
                        const std::optional<Tag> tag = tags_end ? read_tag(rest) : std::nullopt;
                        if (tag && !tag->harmless.empty()) {
                            out += tag->harmless;
                            at += tag->all.size();
                            continue;
                        }
                        if (!tag && rest.find('>') == std::string_view::npos) tags_end = false;
                        if (tag || kind_ == LineKind::html) {
                            out += "&lt;";
                            ++at;
                            continue;
                        }
                    }
                }
            }
            out += rest.substr(0, taken);
            at += taken;
        }
        return out;
    }

private:
    /// The size of the code span at a backtick, or of the run of backticks that opens none.
    std::size_t code_span(std::string_view text, std::size_t at) {
        const std::size_t run = std::min(text.find_first_not_of('`', at), text.size()) - at;
        if (run < closes_.size() && closes_[run] <= at && closes_[run] != 0) return run;
        for (std::size_t i = at + run; i < text.size();) {
            const std::size_t open = text.find('`', i);
            if (open == std::string_view::npos) break;
            const std::size_t end = std::min(text.find_first_not_of('`', open), text.size());
            if (end - open == run) {
                // A blank line ends the paragraph, and with it whatever seemed to be open.
                const bool parted =
                    text.substr(at, open - at).find("\n\n") != std::string_view::npos;
                return parted ? run : end - at;
            }
            i = end;
        }
        // No run of this length follows: remembered, so that the search is not made again.
        if (run < closes_.size()) closes_[run] = std::max<std::size_t>(at, 1);
        return run;
    }

    /// The size of an autolink that leads only elsewhere.
    static std::size_t autolink(std::string_view text) {
        const std::size_t end = text.find_first_of("<> \n", 1);
        if (end == std::string_view::npos || text[end] != '>') return 0;
        const std::string_view inside = text.substr(1, end - 1);
        const bool address = inside.find(':') != std::string_view::npos &&
                             is_harmless_url(inside) && inside.find('"') == std::string_view::npos;
        const bool mail = inside.find('@') != std::string_view::npos &&
                          inside.find_first_of("=\"'/:") == std::string_view::npos;
        return address || mail ? end + 1 : 0;
    }

    LineKind kind_;
    std::array<std::size_t, 64> closes_{};
};

std::string rewrite_tags(std::string_view text) {
    const auto line_count = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
    const CommonMark tree = parse_commonmark(text);
    const std::vector<LineKind> kinds = kinds_of_lines(tree.get(), line_count);
    std::string out;
    std::size_t begin = 0, line = 1;
    while (begin < text.size()) {
        const LineKind kind = kinds[line];
        std::size_t end = begin;
        while (end < text.size() && kinds[line] == kind) {
            end = std::min(text.find('\n', end), text.size() - 1) + 1;
            ++line;
        }
        const std::string_view part = text.substr(begin, end - begin);
        out += kind == LineKind::code ? std::string(part) : Rewriter(kind).run(part);
        begin = end;
    }
    return out;
}

/// What is left in a tree that could act.
struct Dangers {
    bool tags = false;
    bool links = false;
};

Dangers dangers_in(std::string_view text) {
    Dangers found;
    const CommonMark tree = parse_commonmark(text);
    cmark_iter* walk = cmark_iter_new(tree.get());
    while (cmark_iter_next(walk) != CMARK_EVENT_DONE) {
        cmark_node* node = cmark_iter_get_node(walk);
        const cmark_node_type type = cmark_node_get_type(node);
        if (type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE) {
            const std::string_view html = view_of(cmark_node_get_literal(node));
            if (Rewriter(LineKind::html).run(html) != html) found.tags = true;
        }
        if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE) {
            if (!is_harmless_url(view_of(cmark_node_get_url(node)))) found.links = true;
        }
    }
    cmark_iter_free(walk);
    return found;
}

std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
    std::string out;
    while (true) {
        const std::size_t at = text.find(what);
        out += text.substr(0, at);
        if (at == std::string_view::npos) return out;
        out += with;
        text.remove_prefix(at + what.size());
    }
}

/// Links can be written in ways beyond counting: none stays one.
std::string without_links(std::string_view text) {
    return replaced(replaced(text, "](", "]\\("), "]:", "]\\:");
}

WithFrontMatter split_after(const std::string& text, std::size_t lines) {
    std::size_t size = 0;
    for (; lines > 0 && size < text.size(); --lines) {
        size = std::min(text.find('\n', size), text.size() - 1) + 1;
    }
    return {.front = text.substr(0, size), .body = text.substr(size)};
}

}  // namespace

std::string make_harmless(std::string_view markdown) {
    std::string text = rewrite_tags(markdown);
    Dangers left = dangers_in(text);
    if (left.links) {
        text = without_links(text);
        left = dangers_in(text);
    }
    if (left.tags || left.links) text = replaced(text, "<", "&lt;");
    return text;
}

WithFrontMatter make_harmless(const WithFrontMatter& markdown) {
    if (markdown.front.empty()) return {.front = {}, .body = make_harmless(markdown.body)};
    const auto lines = static_cast<std::size_t>(std::ranges::count(markdown.front, '\n'));
    std::string whole = make_harmless(markdown.front + markdown.body);
    // What one view wants changed may change the other: few rounds settle all but hostile texts.
    constexpr int kRoundsMax = 3;
    for (int round = 0; round < kRoundsMax; ++round) {
        auto [front, body] = split_after(whole, lines);
        auto harmless_body = make_harmless(body);
        if (harmless_body == body) return {.front = std::move(front), .body = std::move(body)};
        whole = make_harmless(front + harmless_body);
    }
    return split_after(replaced(without_links(whole), "<", "&lt;"), lines);
}

}  // namespace ingestor::extract
