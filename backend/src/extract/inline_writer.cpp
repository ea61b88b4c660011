#include "extract/inline_writer.hpp"

#include <algorithm>
#include <utility>

#include "extract/markdown.hpp"
#include "extract/utf8.hpp"

namespace ingestor::extract {
namespace {

char32_t first_of(std::string_view text) {
    return text.empty() ? U' ' : code_point_at(text, 0).value;
}

char32_t last_of(std::string_view text) {
    if (text.empty()) return U' ';
    std::size_t at = text.size() - 1;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
    return code_point_at(text, at).value;
}

/// True where emphasis marks around `inside` are read back as such (CommonMark, flanking runs).
bool emphasis_holds(char32_t before, std::string_view inside, char32_t after) {
    const char32_t first = first_of(inside), last = last_of(inside);
    const auto open_side = [](char32_t c) { return is_space(c) || is_punctuation(c); };
    const bool opens = !is_punctuation(first) || open_side(before);
    const bool closes = !is_punctuation(last) || open_side(after);
    // A star right beside the mark would change how long the mark's run is.
    return opens && closes && before != U'*' && after != U'*' && before != U'~' && after != U'~';
}

std::string code_span(std::string_view text) {
    std::size_t longest = 0, run = 0;
    for (const char c : text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const std::string fence(longest + 1, '`');
    const bool touches = text.starts_with('`') || text.ends_with('`');
    std::string out = fence;
    if (touches) out += ' ';
    out += text;
    if (touches) out += ' ';
    return out + fence;
}

/// Appends text with each run of white space as one blank; soft hyphens and the like go.
void append_collapsed(std::string& out, std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = code_point_at(text, at);
        if (is_space(c.value)) {
            if (!out.ends_with(' ')) out += ' ';
        } else if (c.value == 0xFFFD && c.size == 1) {
            append_utf8(out, c.value);
        } else if (c.value >= 0x20 && c.value != 0xAD && c.value != 0x200B && c.value != 0xFEFF) {
            out.append(text.substr(at, c.size));
        }
        at += c.size;
    }
}

std::string styled(std::string_view text, const TextStyle& style, char32_t before, char32_t after) {
    if (style.code) return code_span(text);
    std::string out = escape_inline(text);
    if (!emphasis_holds(before, text, after)) return out;
    if (style.struck) out = "~~" + out + "~~";
    const std::string marks(static_cast<std::size_t>((style.bold ? 2 : 0) + (style.italic ? 1 : 0)),
                            '*');
    return marks + out + marks;
}

}  // namespace

void InlineWriter::text(std::string_view text, const TextStyle& style) {
    if (text.empty()) return;
    size_ += text.size();
    const bool only_blanks = trim(text).empty();
    if (!only_blanks) blank_ = false;
    // Blanks take the style of what stands before, so that they do not part runs alike.
    const bool merges = !runs_.empty() && runs_.back().kind == Kind::text &&
                        (runs_.back().style == style || only_blanks);
    if (!merges) runs_.push_back({.kind = Kind::text, .text = {}, .style = style});
    append_collapsed(runs_.back().text, text);
}

void InlineWriter::markup(std::string_view markdown) {
    if (markdown.empty()) return;
    size_ += markdown.size();
    blank_ = false;
    runs_.push_back({.kind = Kind::markup, .text = std::string(markdown)});
}

void InlineWriter::line_break() {
    runs_.push_back({.kind = Kind::line_break, .text = {}});
}

std::string InlineWriter::take() {
    const std::vector<Run> runs = std::exchange(runs_, {});
    blank_ = true;
    size_ = 0;
    std::string out;
    bool breaks = false;
    const auto begin_piece = [&](bool blank_before) {
        if (breaks && !out.empty()) {
            out += "  \n";
        } else if (blank_before && !out.empty() && !out.ends_with(' ')) {
            out += ' ';
        }
        breaks = false;
    };
    bool blank_before = false;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const Run& run = runs[i];
        if (run.kind == Kind::line_break) {
            breaks = true;
            blank_before = false;
            continue;
        }
        if (run.kind == Kind::markup) {
            begin_piece(blank_before);
            blank_before = false;
            out += run.text;
            continue;
        }
        // Runs that follow one another under one link are one link.
        std::size_t end = i + 1;
        if (!run.style.url.empty()) {
            while (end < runs.size() && runs[end].kind == Kind::text &&
                   runs[end].style.url == run.style.url) {
                ++end;
            }
        }
        std::string piece;
        bool leads_blank = false, trails_blank = false;
        for (std::size_t k = i; k < end; ++k) {
            const std::string_view all = runs[k].text;
            const std::string_view core = trim(all);
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
            const bool spaced_before = piece.empty() ? (gap || blank_before || breaks) : gap;
            const char32_t before = spaced_before ? U' ' : last_of(piece.empty() ? out : piece);
            trails_blank = all.back() == ' ';
            const bool has_next = k + 1 < runs.size() && runs[k + 1].kind == Kind::text;
            const char32_t after = trails_blank || !has_next ? U' ' : first_of(runs[k + 1].text);
            piece += styled(core, runs[k].style, before, after);
        }
        if (!piece.empty()) {
            const bool is_link = !run.style.url.empty();
            std::string finished = is_link ? link(piece, run.style.url) : std::move(piece);
            begin_piece(blank_before || leads_blank);
            // An exclamation mark would make an image of the link, a bracket a link of the text.
            const bool image = finished.starts_with('[') && out.ends_with('!');
            const bool target =
                (finished.starts_with('(') || finished.starts_with(':')) && out.ends_with(']');
            if (image || target) out.insert(out.size() - 1, "\\");
            out += finished;
            blank_before = trails_blank;
        } else {
            blank_before = blank_before || trails_blank;
        }
        i = end - 1;
    }
    return out;
}

}  // namespace ingestor::extract
