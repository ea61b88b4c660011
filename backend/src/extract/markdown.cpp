#include "extract/markdown.hpp"

#include <algorithm>
#include <array>

namespace ingestor::extract {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Bytes of multi-byte characters count as part of a word: an underscore between them marks
/// nothing.
bool is_word(char c) {
    return is_letter(c) || is_digit(c) || (static_cast<unsigned char>(c) & 0x80) != 0;
}

bool is_punctuation(char c) {
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
            return around.at_end || is_punctuation(around.after) || around.after == '\n';
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

/// Lower-case scheme of a URL, empty for relative references.
std::string scheme_of(std::string_view url) {
    std::string scheme;
    for (const char c : url) {
        if (c == ':') return scheme;
        const bool legal =
            is_letter(c) || (!scheme.empty() && (is_digit(c) || c == '+' || c == '-' || c == '.'));
        if (!legal) return {};
        scheme += static_cast<char>(is_letter(c) ? c | 0x20 : c);
    }
    return {};
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

/// Where a backslash must go so that a line of prose does not start a block; npos if nowhere.
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

/// `(line, is_last)` for each line of inline text, without the blanks around it.
template <class Visit>
void each_line(std::string_view text, Visit visit) {
    text = trimmed(text);
    while (true) {
        const std::size_t end = text.find('\n');
        const bool last = end == std::string_view::npos;
        visit(trimmed(text.substr(0, end)), last);
        if (last) return;
        text.remove_prefix(end + 1);
    }
}

std::string joined_lines(std::string_view text, std::string_view separator) {
    std::string out;
    each_line(text, [&](std::string_view line, bool) {
        if (!out.empty() && !line.empty()) out += separator;
        out += line;
    });
    return out;
}

/// Prose after `first_prefix`, each further line after `next_prefix`, with hard breaks between.
void put_prose(std::string& out, std::string_view text, std::string_view first_prefix,
               std::string_view next_prefix) {
    bool first = true;
    each_line(text, [&](std::string_view line, bool last) {
        // A blank line would end the paragraph, so an empty line of it is left out.
        if (line.empty() && !first) return;
        out += first ? first_prefix : next_prefix;
        const std::size_t mark = block_mark_in(line);
        if (mark == std::string_view::npos) {
            out += line;
        } else {
            out.append(line.substr(0, mark)).append("\\").append(line.substr(mark));
        }
        if (!last) out += "  \n";
        first = false;
    });
    while (out.ends_with('\n')) out.erase(out.find_last_not_of(" \n") + 1);
}

void put_heading(std::string& out, const Block& block) {
    std::string text = joined_lines(block.text, " ");
    if (text.ends_with('#')) {
        // A closing run of number signs would be taken for decoration.
        const std::size_t run = text.find_last_not_of('#');
        if (run == std::string::npos || is_blank(text[run])) text.insert(text.size() - 1, "\\");
    }
    out.append(static_cast<std::size_t>(std::clamp(block.level, 1, 6)), '#');
    out.append(" ").append(text);
}

std::string cell(std::string_view text) {
    std::string out;
    for (const char c : joined_lines(text, "<br>")) {
        if (c == '|' && !out.ends_with('\\')) out += '\\';
        out += c;
    }
    return out;
}

void put_table(std::string& out, const Block& block) {
    // Cells that are missing at a row's end are empty by GFM's rules, so only small tables are
    // filled up: a wide row among many short ones must not multiply.
    constexpr std::size_t kFilledCellsMax = 100'000;
    std::size_t columns = 0;
    for (const auto& row : block.rows) columns = std::max(columns, row.size());
    if (columns == 0) return;
    const bool fill = columns * block.rows.size() <= kFilledCellsMax;
    for (std::size_t r = 0; r < block.rows.size(); ++r) {
        const auto& row = block.rows[r];
        const std::size_t shown = r == 0 || fill ? columns : std::max<std::size_t>(1, row.size());
        if (r > 0) out += '\n';
        for (std::size_t c = 0; c < shown; ++c) {
            const std::string text = c < row.size() ? cell(row[c]) : std::string();
            out.append(c == 0 ? "| " : " ").append(text).append(text.empty() ? "|" : " |");
        }
        if (r > 0) continue;
        out += "\n|";
        for (std::size_t c = 0; c < columns; ++c) out += " --- |";
    }
}

void put_code(std::string& out, const Block& block) {
    std::size_t longest = 0, run = 0;
    for (const char c : block.text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const std::string fence(std::max<std::size_t>(3, longest + 1), '`');
    out += fence;
    for (const char c : block.language) {
        if (is_word(c) || c == '+' || c == '-' || c == '#' || c == '.') out += c;
    }
    out.append("\n").append(block.text);
    if (!block.text.empty() && !block.text.ends_with('\n')) out += '\n';
    out += fence;
}

/// Writes list items, remembering how far the items that they may nest in are indented.
class Lists {
public:
    void put(std::string& out, const Block& block) {
        const auto level = std::min(static_cast<std::size_t>(std::max(block.level, 0)),
                                    std::min<std::size_t>(open_.size(), kDepthMax));
        const Open before = level < open_.size() ? open_[level] : Open{};
        open_.resize(level);
        Open now{.number = block.number, .delimiter = '.', .width = 2};
        std::string marker = "- ";
        if (block.number > 0) {
            // Another delimiter starts another list, so that its numbers count.
            const bool goes_on = before.number > 0 && block.number == before.number + 1;
            const char other = before.delimiter == '.' ? ')' : '.';
            if (before.number > 0) now.delimiter = goes_on ? before.delimiter : other;
            marker = std::to_string(block.number) + now.delimiter + ' ';
            now.width = marker.size();
        }
        std::size_t indent = 0;
        for (const Open& parent : open_) indent += parent.width;
        open_.push_back(now);
        const std::string first = std::string(indent, ' ') + marker;
        put_prose(out, block.text, first, std::string(indent + now.width, ' '));
    }

    void end() { open_.clear(); }

private:
    /// Deeper items are shown at this depth: indentation must not grow with hostile nesting.
    static constexpr std::size_t kDepthMax = 32;

    struct Open {
        int number = 0;
        char delimiter = '.';
        std::size_t width = 2;
    };
    std::vector<Open> open_;
};

void put_block(std::string& out, Lists& lists, const Block& block) {
    switch (block.kind) {
        case BlockKind::heading:
            put_heading(out, block);
            return;
        case BlockKind::paragraph:
            put_prose(out, block.text, "", "");
            return;
        case BlockKind::list_item:
            lists.put(out, block);
            return;
        case BlockKind::table:
            put_table(out, block);
            return;
        case BlockKind::code:
            put_code(out, block);
            return;
        case BlockKind::quote: {
            std::string prefix;
            for (int i = 0; i <= std::clamp(block.level, 0, 31); ++i) prefix += "> ";
            put_prose(out, block.text, prefix, prefix);
            return;
        }
        case BlockKind::rule:
            out += "---";
            return;
    }
}

bool is_void(const Block& block) {
    switch (block.kind) {
        case BlockKind::heading:
        case BlockKind::paragraph:
        case BlockKind::list_item:
        case BlockKind::quote:
        case BlockKind::code:
            return trimmed(block.text).empty();
        case BlockKind::table:
            return std::ranges::all_of(block.rows, [](const auto& row) { return row.empty(); });
        case BlockKind::rule:
            return false;
    }
    return true;
}

std::string_view separator(BlockKind before, BlockKind after) {
    if (before == BlockKind::list_item && after == BlockKind::list_item) return "\n";
    if (before == BlockKind::quote && after == BlockKind::quote) return "\n>\n";
    return "\n\n";
}

}  // namespace

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
    // Browsers skip control characters in URLs, and so must whoever judges the scheme.
    std::string clean;
    for (const char c : trimmed(url)) {
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) clean += c;
    }
    const std::string scheme = scheme_of(clean);
    const bool safe = scheme.empty() || scheme == "http" || scheme == "https" ||
                      scheme == "mailto" || scheme == "ftp";
    if (text.empty() || clean.empty() || !safe) return std::string(inline_text);
    std::string out;
    // Blanks stay outside, where they part the link from its neighbours.
    if (is_blank(inline_text.front())) out += ' ';
    out.append("[").append(shield_brackets(text)).append("](").append(destination(clean));
    out += ')';
    if (is_blank(inline_text.back())) out += ' ';
    return out;
}

std::string plain_text(std::string_view inline_markdown) {
    const std::size_t last_target = inline_markdown.rfind("](");
    const std::size_t last_close = inline_markdown.rfind(')');
    const auto before = [](std::size_t at, std::size_t last) {
        return last != std::string_view::npos && at < last;
    };
    std::string out;
    for (std::size_t i = 0; i < inline_markdown.size(); ++i) {
        const char c = inline_markdown[i];
        const char next = i + 1 < inline_markdown.size() ? inline_markdown[i + 1] : '\0';
        if (c == '\\' && is_punctuation(next)) {
            out += next;
            ++i;
        } else if (c == ']' && next == '(' && before(i, last_close)) {
            i = inline_markdown.find(')', i);
        } else if (c == '!' && next == '[') {
            // An image is told by its words.
        } else if (c == '[' && before(i, last_target)) {
            // The beginning of a link; its target goes where its text ends.
        } else if (c == '\n') {
            out += ' ';
        } else if (c == '*' && !(is_blank(next) && out.ends_with(' '))) {
            // An emphasis mark: a literal star would be escaped.
        } else if (c != '`') {
            out += c;
        }
    }
    return std::string(trimmed(out));
}

Rendered render(const Document& document) {
    Rendered out;
    out.blocks.reserve(document.blocks.size());
    Lists lists;
    const Block* before = nullptr;
    for (const Block& block : document.blocks) {
        if (is_void(block)) {
            out.blocks.push_back({.begin = out.text.size(), .end = out.text.size()});
            continue;
        }
        if (before != nullptr) out.text += separator(before->kind, block.kind);
        if (block.kind != BlockKind::list_item) lists.end();
        const std::size_t begin = out.text.size();
        put_block(out.text, lists, block);
        out.blocks.push_back({.begin = begin, .end = out.text.size()});
        before = &block;
    }
    if (!out.text.empty()) out.text += '\n';
    return out;
}

}  // namespace ingestor::extract
