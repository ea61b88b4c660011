#include "extract/render/html.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include "extract/render/links.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::render {
namespace {

using namespace model;

void put_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
}

void put_picture(std::string& out, std::string_view words, std::string_view source) {
    out += "<img src=\"";
    put_escaped(out, safe_target(source));
    out += "\" alt=\"";
    put_escaped(out, words);
    out += "\">";
}

void put_text(std::string& out, const Inline& item) {
    const Style& style = item.style;
    std::string close;
    const auto tag = [&](std::string_view name) {
        out.append("<").append(name).append(">");
        close.insert(0, "</" + std::string(name) + ">");
    };
    // Blanks stay outside, where they part the words.
    const std::string_view core = text::trim(item.text);
    if (core.empty()) {
        out += ' ';
        return;
    }
    if (item.text.starts_with(' ')) out += ' ';
    if (const std::string target = safe_target(style.link);
        !style.link.empty() && !target.empty()) {
        out += "<a href=\"";
        put_escaped(out, target);
        out += "\">";
        close = "</a>";
    }
    if (style.bold) tag("strong");
    if (style.italic) tag("em");
    if (style.struck) tag("s");
    if (style.code) tag("code");
    if (style.script == Script::superscript) tag("sup");
    if (style.script == Script::subscript) tag("sub");
    put_escaped(out, core);
    out += close;
    if (item.text.ends_with(' ')) out += ' ';
}

/// In a cell of a table everything stands on one line, and a lone paragraph needs no tag. Such
/// tables stand in Markdown too, where nothing could be the aim of a link.
enum class Layout { page, cell };

/// The id of a note; empty where its label cannot be one.
std::string note_id(std::string_view label) {
    const bool sound = !label.empty() && std::ranges::all_of(label, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
    return sound ? "note-" + std::string(label) : std::string();
}

void put_reference(std::string& out, std::string_view label, Layout layout) {
    const std::string id = layout == Layout::page ? note_id(label) : std::string();
    out += "<sup>";
    if (!id.empty()) out.append("<a href=\"#").append(id).append("\">");
    out += '[';
    put_escaped(out, label);
    out += ']';
    if (!id.empty()) out += "</a>";
    out += "</sup>";
}

void put_inlines(std::string& out, const Inlines& inlines, Layout layout) {
    for (const Inline& item : inlines) {
        switch (item.kind) {
            case InlineKind::text:
                put_text(out, item);
                break;
            case InlineKind::line_break:
                out += "<br>";
                break;
            case InlineKind::picture:
                put_picture(out, item.text, item.source);
                break;
            case InlineKind::formula:
                out += '$';
                put_escaped(out, item.text);
                out += '$';
                break;
            case InlineKind::footnote_reference:
                put_reference(out, item.text, layout);
                break;
        }
    }
}

class Writer {
public:
    explicit Writer(Layout layout) : layout_(layout) {}

    std::string take() { return std::move(out_); }

    void add(const Blocks& blocks) {
        const Block* before = nullptr;
        for (const Block& block : blocks) {
            if (layout_ == Layout::cell && before != nullptr &&
                std::holds_alternative<Paragraph>(before->content) &&
                std::holds_alternative<Paragraph>(block.content)) {
                out_ += "<br>";
            }
            std::visit([this](const auto& content) { put(content); }, block.content);
            before = &block;
        }
    }

    void table_row(const std::vector<Cell>& row, bool header) {
        out_ += "<tr>";
        for (const Cell& cell : row) {
            const std::string_view name = header || cell.header ? "th" : "td";
            out_.append("<").append(name);
            if (cell.columns > 1) out_ += " colspan=\"" + std::to_string(cell.columns) + "\"";
            if (cell.rows > 1) out_ += " rowspan=\"" + std::to_string(cell.rows) + "\"";
            out_ += '>';
            const Layout outer = std::exchange(layout_, Layout::cell);
            if (const auto* const text = std::get_if<std::string>(&cell.content)) {
                put_escaped(out_, *text);
            } else {
                add(std::get<Blocks>(cell.content));
            }
            layout_ = outer;
            out_.append("</").append(name).append(">");
        }
        out_ += "</tr>";
    }

private:
    void end_line() {
        if (layout_ == Layout::page) out_ += '\n';
    }

    void put_lines(std::string_view text) {
        for (const char c : text) {
            if (c == '\n' && layout_ == Layout::cell) {
                out_ += "<br>";
            } else {
                put_escaped(out_, std::string_view(&c, 1));
            }
        }
    }

    void put(const Paragraph& paragraph) {
        if (layout_ == Layout::page) out_ += "<p>";
        put_inlines(out_, paragraph.text, layout_);
        if (layout_ == Layout::page) out_ += "</p>\n";
    }
    void put(const Heading& heading) {
        const std::string level = std::to_string(std::clamp(heading.level, 1, 6));
        out_.append("<h").append(level).append(">");
        put_inlines(out_, heading.text, layout_);
        out_.append("</h").append(level).append(">");
        end_line();
    }
    void put(const List& list) {
        const std::string_view name = list.ordered ? "ol" : "ul";
        out_.append("<").append(name).append(">");
        end_line();
        int wanted = 1;
        for (const ListItem& item : list.items) {
            out_ += "<li";
            if (list.ordered && item.number != wanted)
                out_ += " value=\"" + std::to_string(item.number) + "\"";
            wanted = item.number + 1;
            out_ += '>';
            if (item.checked) out_ += *item.checked ? "\u2611 " : "\u2610 ";
            add(item.blocks);
            out_ += "</li>";
            end_line();
        }
        out_.append("</").append(name).append(">");
        end_line();
    }
    void put(const Table& table) {
        for (const std::string& line : html_table_lines(table)) {
            out_ += line;
            end_line();
        }
    }
    void put(const Code& code) {
        out_ += "<pre><code";
        if (!code.language.empty()) {
            out_ += " class=\"language-";
            put_escaped(out_, code.language);
            out_ += '"';
        }
        out_ += '>';
        put_lines(code.text);
        out_ += "</code></pre>";
        end_line();
    }
    void put(const Quote& quote) {
        out_ += "<blockquote>";
        add(quote.blocks);
        out_ += "</blockquote>";
        end_line();
    }
    void put(const Picture& picture) {
        out_ += "<figure>";
        put_picture(out_, picture.words, picture.source);
        if (!picture.caption.empty()) {
            out_ += "<figcaption>";
            put_inlines(out_, picture.caption, layout_);
            out_ += "</figcaption>";
        }
        out_ += "</figure>";
        end_line();
    }
    void put(const Formula& formula) {
        out_ += layout_ == Layout::page ? "<p>$$" : "$$";
        put_lines(formula.text);
        out_ += layout_ == Layout::page ? "$$</p>\n" : "$$";
    }
    void put(const Footnote& note) {
        out_ += "<aside";
        if (const std::string id = note_id(note.label); !id.empty()) {
            out_.append(" id=\"").append(id).append("\"");
        }
        out_ += ">[";
        put_escaped(out_, note.label);
        out_ += "] ";
        add(note.blocks);
        out_ += "</aside>";
        end_line();
    }
    void put(const Rule&) {
        if (layout_ == Layout::page) out_ += "<hr>\n";
    }

    std::string out_;
    Layout layout_;
};

}  // namespace

std::vector<std::string> html_table_lines(const Table& table) {
    std::vector<std::string> lines = {"<table>"};
    const std::size_t header = std::min<std::size_t>(table.header_rows, table.rows.size());
    if (header > 0) lines.emplace_back("<thead>");
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
        if (header > 0 && r == header) lines.emplace_back("</thead>");
        Writer writer(Layout::cell);
        writer.table_row(table.rows[r], r < header);
        lines.push_back(writer.take());
    }
    if (header > 0 && header == table.rows.size()) lines.emplace_back("</thead>");
    lines.emplace_back("</table>");
    return lines;
}

std::string html(const Document& document) {
    std::string out = "<!DOCTYPE html>\n<html";
    if (!document.language.empty()) {
        out += " lang=\"";
        put_escaped(out, document.language);
        out += '"';
    }
    out += ">\n<head>\n<meta charset=\"utf-8\">\n<title>";
    put_escaped(out, document.title);
    out += "</title>\n";
    if (!document.author.empty()) {
        out += "<meta name=\"author\" content=\"";
        put_escaped(out, document.author);
        out += "\">\n";
    }
    out += "</head>\n<body>\n";
    Writer writer(Layout::page);
    writer.add(document.blocks);
    return out + writer.take() + "</body>\n</html>\n";
}

}  // namespace ingestor::extract::render
