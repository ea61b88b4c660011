#include "extract/formats/markdown/markdown_source.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "extract/formats/markdown/commonmark.hpp"
#include "extract/formats/markdown/markdown_model.hpp"
#include "extract/formats/markdown/reading_cost.hpp"
#include "extract/formats/markdown/sanitize.hpp"
#include "extract/model/inline_builder.hpp"
#include "extract/text/encoding.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::markdown {
namespace {

/// The size of YAML front matter, its two rules included; 0 if there is none.
std::size_t front_matter_size(std::string_view text) {
    if (!text.starts_with("---\n")) return 0;
    const std::size_t first = text.find('\n', 4);
    const std::string_view first_line = text.substr(4, first - 4);
    if (first == std::string_view::npos || first_line.find(':') == std::string_view::npos) return 0;
    std::size_t at = 4;
    for (int line = 0; line < 200 && at < text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view now = text.substr(at, end - at);
        if (now == "---" || now == "...") return std::min(end + 1, text.size());
        at = end + 1;
    }
    return 0;
}

std::string_view unquoted(std::string_view value) {
    value = text::trim(value);
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
        value.back() == value.front()) {
        return value.substr(1, value.size() - 2);
    }
    return value;
}

void read_front_matter(std::string_view yaml, Document& document) {
    while (!yaml.empty()) {
        const std::size_t end = std::min(yaml.find('\n'), yaml.size());
        const std::string_view line = yaml.substr(0, end);
        yaml.remove_prefix(std::min(end + 1, yaml.size()));
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const std::string key = text::to_lower_ascii(line.substr(0, colon));
        const std::string value(unquoted(line.substr(colon + 1)));
        if (key == "title") document.title = value;
        if (key == "author") document.author = value;
        if (key == "lang" || key == "language") document.language = value;
        if (key != "date") continue;
        const auto time = parse_rfc3339(value.size() == 10 ? value + "T00:00:00Z" : value);
        if (time) document.created = to_rfc3339_seconds(*time);
    }
}

using render::Piece;
using render::PieceKind;

PieceKind kind_of(cmark_node* node) {
    const cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_HEADING) return PieceKind::heading;
    if (type == CMARK_NODE_CODE_BLOCK) return PieceKind::code;
    // Tables come from an extension, whose types are known by name only.
    const bool table = view_of(cmark_node_get_type_string(node)) == "table";
    return table ? PieceKind::table : PieceKind::prose;
}

/// Inline Markdown as plain text, where its marks are not to be read: marks, escapes and the
/// targets of links taken away.
std::string without_marks(std::string_view markdown) {
    const std::size_t last_target = markdown.rfind("](");
    const std::size_t last_close = markdown.rfind(')');
    const auto before = [](std::size_t at, std::size_t last) {
        return last != std::string_view::npos && at < last;
    };
    std::string out;
    for (std::size_t i = 0; i < markdown.size(); ++i) {
        const char c = markdown[i];
        const char next = i + 1 < markdown.size() ? markdown[i + 1] : '\0';
        const bool punctuation =
            next > ' ' && next < 0x7F && std::isalnum(static_cast<unsigned char>(next)) == 0;
        if (c == '\\' && punctuation) {
            out += next;
            ++i;
        } else if (c == ']' && next == '(' && before(i, last_close)) {
            i = markdown.find(')', i);
        } else if (c == '!' && next == '[') {
            // An image is told by its words.
        } else if (c == '[' && before(i, last_target)) {
            // The beginning of a link; its target goes where its text ends.
        } else if (c == '\n') {
            out += ' ';
        } else if (c == '*' && !((next == ' ' || next == '\0') && out.ends_with(' '))) {
            // An emphasis mark: a literal star would be escaped.
        } else if (c != '`') {
            out += c;
        }
    }
    return std::string(text::trim(out));
}

/// A text with the places where its lines begin.
class Lines {
public:
    explicit Lines(std::string_view text) : text_(text) {
        begins_.push_back(0);
        for (std::size_t at = text.find('\n'); at != std::string_view::npos;
             at = text.find('\n', at + 1)) {
            begins_.push_back(at + 1);
        }
    }

    /// From the beginning of one line to the end of another, both counted from 1.
    [[nodiscard]] Piece between(int first, int last) const {
        const auto index = [&](int line) {
            return std::min(static_cast<std::size_t>(std::max(line, 1)), begins_.size());
        };
        const std::size_t begin = begins_[index(first) - 1];
        std::size_t end = index(last) < begins_.size() ? begins_[index(last)] : text_.size();
        while (end > begin && (text_[end - 1] == '\n' || text_[end - 1] == ' ')) --end;
        return {.begin = begin, .end = end};
    }

private:
    std::string_view text_;
    std::vector<std::size_t> begins_;
};

class BlockFinder {
public:
    BlockFinder(const std::string& text, std::vector<Piece>& out)
        : text_(text), lines_(text), out_(out) {}

    void find(cmark_node* root) {
        for (cmark_node* node = cmark_node_first_child(root); node != nullptr;
             node = cmark_node_next(node)) {
            if (cmark_node_get_type(node) != CMARK_NODE_LIST) {
                add(node);
                continue;
            }
            for (cmark_node* item = cmark_node_first_child(node); item != nullptr;
                 item = cmark_node_next(item)) {
                add(item);
            }
        }
    }

    /// Every run of lines without a blank one among them is a paragraph.
    void find_paragraphs(std::size_t from) {
        const auto is_break = [&](std::size_t at) {
            return text_[at] == '\n' && (at + 1 == text_.size() || text_[at + 1] == '\n');
        };
        for (std::size_t begin = text_.find_first_not_of('\n', from); begin < text_.size();) {
            std::size_t end = begin;
            while (end < text_.size() && !is_break(end)) ++end;
            out_.push_back({.begin = begin, .end = end});
            begin = text_.find_first_not_of('\n', end);
        }
    }

    void add_front_matter(std::size_t size) {
        if (size == 0) return;
        out_.push_back({.begin = 0, .end = size, .kind = PieceKind::code});
    }

private:
    void add(cmark_node* node) {
        Piece piece = lines_.between(cmark_node_get_start_line(node), last_line(node));
        const bool overlaps = !out_.empty() && piece.begin < out_.back().end;
        if (piece.begin >= piece.end || overlaps) return;
        piece.kind = kind_of(node);
        if (piece.kind == PieceKind::heading) {
            piece.level = cmark_node_get_heading_level(node);
            piece.title =
                without_marks(heading_text(text_.substr(piece.begin, piece.end - piece.begin)));
        }
        out_.push_back(std::move(piece));
    }

    /// A heading's inline Markdown, without its marks.
    static std::string heading_text(std::string_view source) {
        source = text::trim(source);
        if (source.starts_with('#')) {
            source =
                text::trim(source.substr(std::min(source.find_first_not_of('#'), source.size())));
            const std::size_t close = source.find_last_not_of('#');
            if (close == std::string_view::npos || source[close] == ' ')
                source = source.substr(0, close + 1);
        } else if (const std::size_t line = source.rfind('\n'); line != std::string_view::npos) {
            source = source.substr(0, line);
        }
        return std::string(text::trim(source));
    }

    const std::string& text_;
    Lines lines_;
    std::vector<Piece>& out_;
};

}  // namespace

Result<MarkdownSource> parse_markdown(std::string_view bytes, const ParseLimits& limits) {
    if (bytes.size() > limits.text_bytes_max) {
        return fail(Errc::too_large, "the text is larger than text_bytes_max");
    }
    const auto decoded = text::decode_text(bytes);
    if (!decoded) return std::unexpected(decoded.error());
    if (text::trim(decoded->text).empty())
        return fail(Errc::empty, "the file holds nothing but blanks");

    std::string text = decoded->text;
    if (!text.ends_with('\n')) text += '\n';
    MarkdownSource out;
    const std::size_t front_bytes = front_matter_size(text);
    read_front_matter(std::string_view(text).substr(0, front_bytes), out.document);
    WithFrontMatter parts{.front = text.substr(0, front_bytes), .body = text.substr(front_bytes)};
    const bool parsed = block_steps(text) <= reading_steps_max(text.size());
    if (parsed) {
        parts = sanitize_markdown(parts);
        if (parts.unread) {
            out.document.warnings.emplace_back(
                "some marks of the Markdown were not read: it would take out of proportion to "
                "their number");
        }
    } else {
        parts = {.front = sanitize_unread(parts.front), .body = sanitize_unread(parts.body)};
        out.document.warnings.emplace_back(
            "the structure of the Markdown was not read: it would take out of proportion to its "
            "size");
    }
    const std::string& front = parts.front;
    const std::string& body = parts.body;
    out.markdown.text = front + body;
    out.document.source_text = decoded->text;
    BlockFinder finder(out.markdown.text, out.markdown.pieces);
    finder.add_front_matter(front.size());
    if (parsed) {
        // Front matter is no Markdown: its last rule would make a heading of the line above.
        const auto front_lines = static_cast<std::size_t>(std::ranges::count(front, '\n'));
        CommonMarkParser parser(std::string(front_lines, '\n') + body);
        finder.find(parser.blocks());
        if (!parts.unread) out.document.blocks = blocks_of(parser.finish().get());
    } else {
        finder.find_paragraphs(front.size());
    }
    if (out.markdown.pieces.empty()) {
        // Nothing but definitions and comments: still the author's text.
        out.markdown.pieces.push_back({.begin = 0, .end = out.markdown.text.size()});
    }
    if (!parsed || parts.unread) {
        for (const Piece& piece : out.markdown.pieces) {
            const auto raw =
                std::string_view(out.markdown.text).substr(piece.begin, piece.end - piece.begin);
            out.document.blocks.push_back({.content = model::Paragraph{.text = model::plain(raw)}});
        }
    }
    if (out.markdown.pieces.size() > limits.blocks_max) {
        return fail(Errc::too_large, "the text has more than blocks_max blocks");
    }
    if (!decoded->warning.empty()) out.document.warnings.push_back(decoded->warning);
    return out;
}

void warm_up_markdown() {
    (void)CommonMarkParser("a").finish();
}

}  // namespace ingestor::extract::markdown
