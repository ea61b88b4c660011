#include "extract/render/markdown_inline.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "extract/render/links.hpp"
#include "extract/render/scripts.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::render {
namespace {

using namespace model;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_ascii_punctuation(char c) {
    return c > ' ' && c < 0x7F && !is_letter(c) && !is_digit(c);
}

/// True where `text` at `at` (an ampersand) reads as a character reference.
bool is_reference(std::string_view text, std::size_t at) {
    std::size_t i = at + 1;
    if (i < text.size() && text[i] == '#') ++i;
    const std::size_t name = i;
    while (i < text.size() && i - name < 32 && (is_letter(text[i]) || is_digit(text[i]))) ++i;
    return i > name && i < text.size() && text[i] == ';';
}

/// The neighbours of one character; an end of the text counts as a word, since another run may
/// follow there.
struct Around {
    char before = 'x';
    char after = 'x';
    bool at_start = false;
    bool at_end = false;
};

bool needs_escape(std::string_view text, std::size_t at, bool tildes_may_pair) {
    const Around around{.before = at > 0 ? text[at - 1] : 'x',
                        .after = at + 1 < text.size() ? text[at + 1] : 'x',
                        .at_start = at == 0,
                        .at_end = at + 1 == text.size()};
    const bool inside = !around.at_start && !around.at_end;
    const bool alone = inside && is_blank(around.before) && is_blank(around.after);
    switch (text[at]) {
        case '\\':
            return around.at_end || is_ascii_punctuation(around.after) || around.after == '\n';
        case '`':
            return true;
        case '*':
            return !alone;
        case '_':
            return !alone && !(inside && is_word(around.before) && is_word(around.after));
        case '~':
            return tildes_may_pair && !alone;
        case ']':
            // Texts in brackets are links only where a target follows, here or in a definition.
            return around.after == '(' || around.after == ':';
        case '[':
            return around.after == '^' || (!around.at_start && around.before == '!');
        case '<':
            return around.at_end || is_letter(around.after) || around.after == '/' ||
                   around.after == '!' || around.after == '?';
        case '&':
            return is_reference(text, at);
        default:
            return false;
    }
}

/// Escapes brackets of a link's text that would end it early. Links and images cannot stand in a
/// link's text by construction, so every bracket that is not escaped yet is a literal one.
std::string shield_brackets(std::string_view inline_text) {
    std::string out;
    out.reserve(inline_text.size());
    bool escaped = false;
    for (const char c : inline_text) {
        if (!escaped && (c == '[' || c == ']')) out += '\\';
        escaped = !escaped && c == '\\';
        out += c;
    }
    return out;
}

bool parentheses_balance(std::string_view url) {
    int depth = 0;
    for (const char c : url) {
        if (c == '(') ++depth;
        if (c == ')') --depth;
        if (depth < 0 || depth > 1) return false;
    }
    return depth == 0;
}

/// A link's destination without what could end it, or break a table's row.
std::string destination(std::string_view url) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    const bool keep_parentheses = parentheses_balance(url);
    std::string out;
    for (std::size_t i = 0; i < url.size(); ++i) {
        const char c = url[i];
        const bool harmful = c == ' ' || c == '<' || c == '>' || c == '\\' || c == '|' ||
                             c == '`' || c == '"' || ((c == '(' || c == ')') && !keep_parentheses);
        if (harmful) {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += kDigits[byte >> 4];
            out += kDigits[byte & 15];
        } else if (c == '&' && is_reference(url, i)) {
            out += "&amp;";
        } else {
            out += c;
        }
    }
    return out;
}

char32_t first_of(std::string_view text) {
    return text.empty() ? U' ' : text::code_point_at(text, 0).value;
}

char32_t last_of(std::string_view text) {
    if (text.empty()) return U' ';
    std::size_t at = text.size() - 1;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
    return text::code_point_at(text, at).value;
}

/// True where emphasis marks around `inside` are read back as such (CommonMark, flanking runs).
bool emphasis_holds(char32_t before, std::string_view inside, char32_t after) {
    const char32_t first = first_of(inside), last = last_of(inside);
    const auto open_side = [](char32_t c) { return text::is_space(c) || text::is_punctuation(c); };
    const bool opens = !text::is_punctuation(first) || open_side(before);
    const bool closes = !text::is_punctuation(last) || open_side(after);
    // A star right beside the mark would change how long the mark's run is.
    return opens && closes && before != U'*' && after != U'*' && before != U'~' && after != U'~';
}

/// A run's text raised or lowered.
std::string scripted(std::string_view text, const Style& style, char32_t before) {
    const bool raised = style.script == Script::superscript;
    std::string shown = style.code ? code_span(text) : escape_inline(text);
    if (raised && reads_on_the_line(text, before)) return shown;
    if (const auto signs = style.code ? std::nullopt : in_script(text, style.script)) return *signs;
    const std::string_view tag = raised ? "sup" : "sub";
    std::string out;
    out.append("<").append(tag).append(">").append(shown);
    out.append("</").append(tag).append(">");
    return out;
}

std::string styled(std::string_view text, const Style& style, char32_t before, char32_t after) {
    if (style.script != Script::normal) return scripted(text, style, before);
    if (style.code) return code_span(text);
    std::string out = escape_inline(text);
    if (!emphasis_holds(before, text, after)) return out;
    if (style.struck) out = "~~" + out + "~~";
    const std::string marks(static_cast<std::size_t>((style.bold ? 2 : 0) + (style.italic ? 1 : 0)),
                            '*');
    return marks + out + marks;
}

/// Puts the pieces of a line together; blanks move out of emphasis and links.
class InlineWriter {
public:
    explicit InlineWriter(const Inlines& runs) : runs_(runs) {}

    std::string write() {
        for (std::size_t i = 0; i < runs_.size();) {
            const Inline& run = runs_[i];
            switch (run.kind) {
                case InlineKind::line_break:
                    breaks_ = true;
                    blank_before_ = false;
                    ++i;
                    break;
                case InlineKind::picture:
                    put_whole(picture_markdown(run.text, run.source));
                    ++i;
                    break;
                case InlineKind::formula:
                    put_whole(formula_markdown(run.text));
                    ++i;
                    break;
                case InlineKind::footnote_reference:
                    put_whole("[^" + run.text + "]");
                    ++i;
                    break;
                case InlineKind::text:
                    i = put_text(i);
                    break;
            }
        }
        return std::move(out_);
    }

private:
    void begin_piece(bool blank_before) {
        if (breaks_ && !out_.empty()) {
            out_ += "  \n";
        } else if (blank_before && !out_.empty() && !out_.ends_with(' ')) {
            out_ += ' ';
        }
        breaks_ = false;
    }

    void put_whole(std::string_view markdown) {
        begin_piece(blank_before_);
        blank_before_ = false;
        out_ += markdown;
    }

    /// Writes the run at `i`, or all that follow one another under one link, and says where the
    /// next begins.
    std::size_t put_text(std::size_t i) {
        const std::string& target = runs_[i].style.link;
        std::size_t end = i + 1;
        if (!target.empty()) {
            while (end < runs_.size() && runs_[end].kind == InlineKind::text &&
                   runs_[end].style.link == target) {
                ++end;
            }
        }
        std::string piece;
        bool leads_blank = false, trails_blank = false;
        for (std::size_t k = i; k < end; ++k) {
            const std::string_view all = runs_[k].text;
            const std::string_view core = text::trim(all);
            if (core.empty()) {
                trails_blank = true;
                continue;
            }
            const bool gap = trails_blank || all.front() == ' ';
            if (piece.empty()) {
                leads_blank = gap;
            } else if (gap) {
                piece += ' ';
            }
            const bool spaced_before = piece.empty() ? (gap || blank_before_ || breaks_) : gap;
            const char32_t before = spaced_before ? U' ' : last_of(piece.empty() ? out_ : piece);
            trails_blank = all.back() == ' ';
            const bool has_next = k + 1 < runs_.size() && runs_[k + 1].kind == InlineKind::text;
            const char32_t after = trails_blank || !has_next ? U' ' : first_of(runs_[k + 1].text);
            piece += styled(core, runs_[k].style, before, after);
        }
        if (piece.empty()) {
            blank_before_ = blank_before_ || trails_blank;
            return end;
        }
        std::string finished = target.empty() ? std::move(piece) : link(piece, target);
        begin_piece(blank_before_ || leads_blank);
        // An exclamation mark would make an image of the link, a bracket a link of the text.
        const bool image = finished.starts_with('[') && out_.ends_with('!');
        const bool reference =
            (finished.starts_with('(') || finished.starts_with(':')) && out_.ends_with(']');
        if (image || reference) out_.insert(out_.size() - 1, "\\");
        out_ += finished;
        blank_before_ = trails_blank;
        return end;
    }

    const Inlines& runs_;
    std::string out_;
    bool breaks_ = false;
    bool blank_before_ = false;
};

}  // namespace

bool is_word(char c) {
    return is_letter(c) || is_digit(c) || (static_cast<unsigned char>(c) & 0x80) != 0;
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::size_t block_mark_in(std::string_view line) {
    if (line.empty()) return std::string_view::npos;
    const auto blank_at = [&](std::size_t at) { return at >= line.size() || is_blank(line[at]); };
    const char first = line.front();
    if (first == '#') {
        const std::size_t end = line.find_first_not_of('#');
        return blank_at(end) && std::min(end, line.size()) <= 6 ? 0 : std::string_view::npos;
    }
    if (first == '>') return 0;
    if (first == '-' || first == '+' || first == '*') {
        const bool only_marks =
            line.find_first_not_of(std::array{first, ' ', '\0'}.data()) == std::string_view::npos;
        return blank_at(1) || only_marks ? 0 : std::string_view::npos;
    }
    if (first == '=' || first == '_') {
        return line.find_first_not_of(std::array{first, ' ', '\0'}.data()) == std::string_view::npos
                   ? 0
                   : std::string_view::npos;
    }
    if (line.starts_with("~~~")) return 0;
    if (is_digit(first)) {
        std::size_t end = 0;
        while (end < line.size() && is_digit(line[end])) ++end;
        const bool marks = end <= 9 && end < line.size() && (line[end] == '.' || line[end] == ')');
        return marks && blank_at(end + 1) ? end : std::string_view::npos;
    }
    return std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

std::string joined_lines(std::string_view text, std::string_view separator) {
    std::string out;
    each_line(text, [&](std::string_view line, bool) {
        if (!out.empty() && !line.empty()) out += separator;
        out += line;
    });
    return out;
}

std::size_t longest_run(std::string_view text, char of) {
    std::size_t longest = 0, run = 0;
    for (const char c : text) {
        run = c == of ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

std::string code_span(std::string_view text) {
    const std::string fence(longest_run(text, '`') + 1, '`');
    const bool touches = text.starts_with('`') || text.ends_with('`');
    std::string out = fence;
    if (touches) out += ' ';
    out += text;
    if (touches) out += ' ';
    return out + fence;
}

std::string picture_markdown(std::string_view words, std::string_view source) {
    const std::string shown = escape_inline(words);
    const std::string linked = link(shown, source);
    return linked.starts_with('[') ? "!" + linked : "![" + shield_brackets(shown) + "]()";
}

std::string formula_markdown(std::string_view text) {
    // Dollars within would end it early; a line break or a blank at an end is no formula's. Who
    // reads no formulas must see neither a tag nor a link in one.
    std::string out = "$";
    text = text::trim(text);
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        const char next = at + 1 < text.size() ? text[at + 1] : ' ';
        const bool escaped = at > 0 && text[at - 1] == '\\';
        if (c == '$' && !escaped) out += '\\';
        if (c == '<' && (is_word(next) || next == '/' || next == '!' || next == '?')) {
            out += "\\lt ";
            continue;
        }
        if (c == '(' && out.ends_with(']')) out += ' ';
        out += c == '\n' ? ' ' : c;
    }
    return out + "$";
}

std::string escape_inline(std::string_view text) {
    const auto tildes = std::ranges::count(text, '~');
    std::string out;
    out.reserve(text.size() + text.size() / 16);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (needs_escape(text, i, tildes > 1)) out += '\\';
        out += text[i];
    }
    return out;
}

std::string link(std::string_view inline_text, std::string_view url) {
    const std::string_view text = trimmed(inline_text);
    const std::string clean = safe_target(url);
    if (text.empty() || clean.empty()) return std::string(inline_text);
    std::string out;
    // Blanks stay outside, where they part the link from its neighbours.
    if (is_blank(inline_text.front())) out += ' ';
    out.append("[").append(shield_brackets(text)).append("](").append(destination(clean));
    out += ')';
    if (is_blank(inline_text.back())) out += ' ';
    return out;
}

std::string inline_markdown(const Inlines& inlines) {
    return InlineWriter(inlines).write();
}

}  // namespace ingestor::extract::render
