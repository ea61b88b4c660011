#include "extract/render/plain_text.hpp"

#include <algorithm>
#include <string_view>
#include <variant>

#include "extract/render/scripts.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::render {
namespace {

using namespace model;

char32_t last_of(std::string_view text) {
    if (text.empty()) return U' ';
    std::size_t at = text.size() - 1;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
    return text::code_point_at(text, at).value;
}

void put_script(std::string& out, const Inline& item) {
    const bool raised = item.style.script == Script::superscript;
    if (raised && reads_on_the_line(item.text, last_of(out))) {
        out += item.text;
    } else if (const auto signs = in_script(item.text, item.style.script)) {
        out += *signs;
    } else {
        out.append(raised ? "^" : "_").append(item.text);
    }
}

std::string text_of(const Cell& cell) {
    const auto* const text = std::get_if<std::string>(&cell.content);
    return text != nullptr ? *text : plain_text(std::get<Blocks>(cell.content));
}

class Writer {
public:
    void blocks(const Blocks& blocks) {
        for (const Block& block : blocks) {
            std::visit([this](const auto& content) { put(content); }, block.content);
        }
    }

    std::string take() {
        while (out_.ends_with('\n')) out_.pop_back();
        if (!out_.empty()) out_ += '\n';
        return std::move(out_);
    }

private:
    /// Deeper items are shown at this depth: indentation must not grow with hostile nesting.
    static constexpr int kIndentMax = 16;

    void line(std::string_view text) {
        if (text::trim(text).empty()) return;
        for (std::size_t begin = 0; begin <= text.size();) {
            const std::size_t end = std::min(text.find('\n', begin), text.size());
            if (!marked_)
                out_.append(static_cast<std::size_t>(2 * std::min(depth_, kIndentMax)), ' ');
            marked_ = false;
            out_.append(text.substr(begin, end - begin)).append("\n");
            begin = end + 1;
        }
    }

    void gap() {
        if (depth_ == 0 && !marked_) out_ += '\n';
    }

    void put(const Heading& heading) {
        line(plain_text(heading.text));
        gap();
    }
    void put(const Paragraph& paragraph) {
        line(plain_text(paragraph.text));
        gap();
    }
    void put(const List& list) {
        for (const ListItem& item : list.items) {
            if (!marked_)
                out_.append(static_cast<std::size_t>(2 * std::min(depth_, kIndentMax)), ' ');
            out_ += item.number > 0 ? std::to_string(item.number) + ". " : "\u2022 ";
            if (item.checked) out_ += *item.checked ? "\u2611 " : "\u2610 ";
            marked_ = true;
            ++depth_;
            blocks(item.blocks);
            --depth_;
            if (marked_) out_ += '\n';
            marked_ = false;
        }
        gap();
    }
    void put(const Table& table) {
        for (const auto& row : table.rows) {
            std::string cells;
            for (const Cell& cell : row) {
                if (&cell != row.data()) cells += '\t';
                cells += plain_line(cell);
            }
            line(cells);
        }
        gap();
    }
    void put(const Code& code) {
        line(code.text);
        gap();
    }
    void put(const Quote& quote) { blocks(quote.blocks); }
    void put(const Picture& picture) {
        line(picture.words);
        line(plain_text(picture.caption));
        gap();
    }
    void put(const Formula& formula) {
        line(formula.text);
        gap();
    }
    void put(const Footnote& note) {
        out_.append("[").append(note.label).append("] ");
        marked_ = true;
        blocks(note.blocks);
        if (marked_) out_ += '\n';
        marked_ = false;
    }
    void put(const Rule&) { gap(); }

    std::string out_;
    int depth_ = 0;
    bool marked_ = false;  ///< The line has begun with a mark.
};

}  // namespace

std::string plain_text(const Inlines& inlines) {
    std::string out;
    for (const Inline& item : inlines) {
        switch (item.kind) {
            case InlineKind::text:
                if (item.style.script == Script::normal) {
                    out += item.text;
                } else {
                    put_script(out, item);
                }
                break;
            case InlineKind::line_break:
                out += '\n';
                break;
            case InlineKind::picture:
            case InlineKind::formula:
                out += item.text;
                break;
            case InlineKind::footnote_reference:
                out.append("[").append(item.text).append("]");
                break;
        }
    }
    return out;
}

std::string plain_line(const Cell& cell) {
    std::string line;
    for (const char c : text_of(cell)) {
        const bool blank = c == '\n' || c == '\t' || c == ' ';
        if (!blank) line += c;
        if (blank && !line.empty() && !line.ends_with(' ')) line += ' ';
    }
    while (line.ends_with(' ')) line.pop_back();
    return line;
}

std::string plain_text(const Blocks& blocks) {
    Writer writer;
    writer.blocks(blocks);
    return writer.take();
}

std::string plain_text(const Document& document) {
    return plain_text(document.blocks);
}

}  // namespace ingestor::extract::render
