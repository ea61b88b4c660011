#include "extract/formats/markdown/sanitize.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "extract/formats/markdown/commonmark.hpp"
#include "extract/formats/markdown/reading_cost.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::markdown {
namespace {

using namespace std::string_view_literals;

constexpr std::array kSafeTags = {
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

constexpr std::array kSafeSchemes = {"http"sv, "https"sv, "mailto"sv, "ftp"sv, "tel"sv,
                                     "irc"sv,  "news"sv,  "xmpp"sv,   "git"sv, "ssh"sv};

constexpr std::array kSafeAttributes = {"href"sv,    "src"sv,    "alt"sv,  "title"sv,   "colspan"sv,
                                        "rowspan"sv, "align"sv,  "lang"sv, "dir"sv,     "start"sv,
                                        "width"sv,   "height"sv, "open"sv, "datetime"sv};

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
bool is_safe_url(std::string_view url) {
    std::string scheme;
    for (const char c : text::trim(url)) {
        if (static_cast<unsigned char>(c) <= 0x20) continue;
        if (c == ':') {
            const std::string lower = text::to_lower_ascii(scheme);
            const bool picture = lower == "data" && text::to_lower_ascii(text::trim(url).substr(
                                                        0, 11)) == "data:image/";
            return picture || any_of(kSafeSchemes, lower);
        }
        if (c == '/' || c == '?' || c == '#') return true;
        // A reference could spell out a colon that is not seen here.
        if (c == '&') return false;
        scheme += c;
    }
    return true;
}

struct Tag {
    std::string_view all;   ///< From `<` to `>`.
    std::string sanitized;  ///< As it may stand; empty if it may not.
};

/// The tag at the beginning of `text`, or nullopt if none ends within it.
std::optional<Tag> read_tag(std::string_view text) {
    std::size_t at = 1;
    const bool closes = at < text.size() && text[at] == '/';
    if (closes) ++at;
    const std::size_t name_begin = at;
    while (at < text.size() && is_name(text[at])) ++at;
    const std::string name = text::to_lower_ascii(text.substr(name_begin, at - name_begin));
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
        const std::string attribute = text::to_lower_ascii(text.substr(begin, at - begin));
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
        const bool acts = (attribute == "href" || attribute == "src") && !is_safe_url(value);
        if (attribute == "/" || (any_of(kSafeAttributes, attribute) && !acts)) {
            kept.append(text.substr(before, at - before));
        } else {
            changed = true;
            // The number of lines stays, so that blocks keep their places.
            kept.append(static_cast<std::size_t>(
                            std::ranges::count(text.substr(before, at - before), '\n')),
                        '\n');
        }
    }
    Tag tag{.all = text.substr(0, at + 1), .sanitized = {}};
    if (any_of(kSafeTags, name)) tag.sanitized = changed ? kept : std::string(tag.all);
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
        const auto last = static_cast<std::size_t>(std::max(last_line(node), 1));
        for (std::size_t line = first; line <= last && line < kinds.size(); ++line) {
            kinds[line] = type == CMARK_NODE_CODE_BLOCK ? LineKind::code : LineKind::html;
        }
    }
    cmark_iter_free(walk);
    return kinds;
}

/// The runs of backticks of a text, and which of them close which.
class CodeSpans {
public:
    explicit CodeSpans(std::string_view text) : text_(text) {
        for (std::size_t at = text.find('`'); at != std::string_view::npos;) {
            const std::size_t end = std::min(text.find_first_not_of('`', at), text.size());
            runs_[end - at].push_back(at);
            at = text.find('`', end);
        }
    }

    /// The size of the code span at a backtick, or of the run of backticks that opens none.
    std::size_t size_at(std::size_t at) {
        const std::size_t size = std::min(text_.find_first_not_of('`', at), text_.size()) - at;
        const auto same = runs_.find(size);
        if (same == runs_.end()) return size;
        const auto close = std::ranges::upper_bound(same->second, at);
        if (close == same->second.end()) return size;
        // A blank line ends the paragraph, and with it whatever seemed to be open.
        if (break_ <= at) break_ = std::min(text_.find("\n\n", at), text_.size());
        return break_ < *close ? size : *close + size - at;
    }

private:
    std::string_view text_;
    std::unordered_map<std::size_t, std::vector<std::size_t>> runs_;  ///< Their places, by size.
    std::size_t break_ = 0;  ///< The first blank line from where one was last looked for.
};

/// Rewrites the tags of a text of lines of one kind.
class Rewriter {
public:
    explicit Rewriter(LineKind kind) : kind_(kind) {}

    std::string run(std::string_view text) {
        std::string out;
        CodeSpans code(kind_ == LineKind::prose ? text : std::string_view());
        // Once no tag ends behind a place, none does behind later ones. Looking for ends that are
        // not there is bounded: beyond that, no tag is left one.
        bool tags_end = true;
        bool tags_left = true;
        std::size_t searched = 0;
        for (std::size_t at = 0; at < text.size();) {
            const char c = text[at];
            const std::string_view rest = text.substr(at);
            std::size_t taken = 1;
            if (kind_ == LineKind::prose && c == '\\' && rest.size() > 1) {
                taken = 2;
            } else if (kind_ == LineKind::prose && c == '`') {
                taken = code.size_at(at);
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
                        const std::optional<Tag> tag =
                            tags_end && tags_left ? read_tag(rest) : std::nullopt;
                        if (tag && !tag->sanitized.empty()) {
                            out += tag->sanitized;
                            at += tag->all.size();
                            continue;
                        }
                        if (!tag && tags_left) {
                            if (rest.find('>') == std::string_view::npos) tags_end = false;
                            searched += rest.size();
                            tags_left = searched <= kSearchedMin + kSearchedShare * text.size();
                        }
                        if (tag || kind_ == LineKind::html || !tags_left) {
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
    /// The size of an autolink that leads only elsewhere.
    static std::size_t autolink(std::string_view text) {
        const std::size_t end = text.find_first_of("<> \n", 1);
        if (end == std::string_view::npos || text[end] != '>') return 0;
        const std::string_view inside = text.substr(1, end - 1);
        const bool address = inside.find(':') != std::string_view::npos && is_safe_url(inside) &&
                             inside.find('"') == std::string_view::npos;
        const bool mail = inside.find('@') != std::string_view::npos &&
                          inside.find_first_of("=\"'/:") == std::string_view::npos;
        return address || mail ? end + 1 : 0;
    }

    /// Bytes that looking for the ends of tags in vain may go over: a floor, and so often the text.
    static constexpr std::size_t kSearchedMin = std::size_t{1} << 20;
    static constexpr std::size_t kSearchedShare = 16;

    LineKind kind_;
};

std::size_t count_lines(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
}

std::string rewrite_tags(std::string_view text) {
    const CommonMarkParser parser(text);
    const std::vector<LineKind> kinds = kinds_of_lines(parser.blocks(), count_lines(text));
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

std::string without_tags(std::string_view text) {
    return replaced(text, "<", "&lt;");
}

/// Calls `rewrite` with each line that is marked, its line break included, and joins the text.
std::string with_lines(std::string_view text, const std::vector<bool>& marked, auto rewrite) {
    std::string out;
    out.reserve(text.size());
    std::size_t line = 1;
    for (std::size_t begin = 0; begin < text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
        const std::string_view now = text.substr(begin, end - begin);
        if (line < marked.size() && marked[line]) {
            out += rewrite(now);
        } else {
            out += now;
        }
        begin = end;
    }
    return out;
}

/// A line that has no inline markup for the parser, of the same kind as block and of the same size.
std::string masked(std::string_view line) {
    std::string out(line);
    const std::size_t text = std::min(line.find_first_not_of(" \t>"), line.size());
    for (std::size_t i = text; i < out.size(); ++i) {
        const char c = out[i];
        const bool list_mark = i == text && c == '*';
        const bool marks =
            c == '[' || c == ']' || c == '*' || c == '_' || c == '`' || c == '<' || c == '&';
        if (marks && !list_mark) out[i] = 'x';
    }
    return out;
}

/// True where a definition leads to an address that is not safe, whoever refers to it.
bool defines_unsafe_link(std::string_view text) {
    constexpr std::string_view kAround = " \t\n><";
    for (std::size_t at = text.find("]:"); at != std::string_view::npos;
         at = text.find("]:", at + 2)) {
        const std::size_t begin = text.find_first_not_of(kAround, at + 2);
        if (begin == std::string_view::npos) return false;
        const std::size_t end = std::min(text.find_first_of(kAround, begin), text.size());
        if (!is_safe_url(text.substr(begin, end - begin))) return true;
        at = end - 2;
    }
    return false;
}

/// What a text holds that could act.
struct Dangers {
    bool tags = false;
    bool links = false;
    std::vector<bool> unread = {};  ///< Lines whose inline text was not read, or none.
};

Dangers dangers_in(std::string_view text) {
    Dangers found;
    // Nothing acts but tags and links, and neither is written without these.
    if (text.find('<') == std::string_view::npos && text.find("](") == std::string_view::npos &&
        text.find("]:") == std::string_view::npos) {
        return found;
    }
    CommonMarkParser parser(text);
    found.unread = costly_lines(parser.blocks(), count_lines(text), text.size());
    if (!found.unread.empty()) {
        found.links = defines_unsafe_link(text);
        parser = CommonMarkParser(with_lines(text, found.unread, masked));
    }
    const CommonMark tree = parser.finish();
    cmark_iter* walk = cmark_iter_new(tree.get());
    while (cmark_iter_next(walk) != CMARK_EVENT_DONE) {
        cmark_node* node = cmark_iter_get_node(walk);
        const cmark_node_type type = cmark_node_get_type(node);
        if (type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE) {
            const std::string_view html = view_of(cmark_node_get_literal(node));
            if (Rewriter(LineKind::html).run(html) != html) found.tags = true;
        }
        if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE) {
            if (!is_safe_url(view_of(cmark_node_get_url(node)))) found.links = true;
        }
    }
    cmark_iter_free(walk);
    return found;
}

WithFrontMatter split_after(const std::string& text, std::size_t lines) {
    std::size_t size = 0;
    for (; lines > 0 && size < text.size(); --lines) {
        size = std::min(text.find('\n', size), text.size() - 1) + 1;
    }
    return {.front = text.substr(0, size), .body = text.substr(size)};
}

}  // namespace

Sanitized sanitize_markdown(std::string_view markdown) {
    Sanitized out{.text = rewrite_tags(markdown)};
    Dangers left = dangers_in(out.text);
    if (!left.unread.empty()) {
        // What takes too long to read is no markup, so that nothing in it can act.
        out.unread = true;
        out.text = with_lines(out.text, left.unread, [](std::string_view line) {
            return without_tags(replaced(line, "](", "]\\("));
        });
    }
    if (left.links) {
        out.text = without_links(out.text);
        left = dangers_in(out.text);
    }
    if (left.tags || left.links) {
        out.text = without_tags(out.text);
        // What stood in a comment is prose now, and a link in it would be one.
        if (dangers_in(out.text).links) out.text = without_links(out.text);
    }
    return out;
}

std::string sanitize_unread(std::string_view markdown) {
    return without_tags(without_links(markdown));
}

WithFrontMatter sanitize_markdown(const WithFrontMatter& markdown) {
    if (markdown.front.empty()) {
        Sanitized body = sanitize_markdown(markdown.body);
        return {.front = {}, .body = std::move(body.text), .unread = body.unread};
    }
    const auto lines = static_cast<std::size_t>(std::ranges::count(markdown.front, '\n'));
    Sanitized whole = sanitize_markdown(markdown.front + markdown.body);
    // What one view wants changed may change the other: few rounds settle all but hostile texts.
    constexpr int kRoundsMax = 3;
    for (int round = 0; round < kRoundsMax; ++round) {
        WithFrontMatter parts = split_after(whole.text, lines);
        Sanitized body = sanitize_markdown(parts.body);
        parts.unread = whole.unread || body.unread;
        if (body.text == parts.body) return parts;
        whole = sanitize_markdown(parts.front + body.text);
        whole.unread = whole.unread || parts.unread;
    }
    WithFrontMatter parts = split_after(sanitize_unread(whole.text), lines);
    parts.unread = whole.unread;
    return parts;
}

}  // namespace ingestor::extract::markdown
