#include "extract/render/markdown.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "extract/render/html.hpp"
#include "extract/render/markdown_inline.hpp"
#include "extract/render/plain_text.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::render {
namespace {

using namespace model;

bool is_blank_text(const Inlines& inlines) {
    return std::ranges::all_of(inlines, [](const Inline& item) {
        return item.kind == InlineKind::line_break ||
               (item.kind == InlineKind::text && text::trim(item.text).empty());
    });
}

bool is_void(const Block& block);

bool all_void(const Blocks& blocks) {
    return std::ranges::all_of(blocks, is_void);
}

struct IsVoid {
    bool operator()(const Paragraph& paragraph) const { return is_blank_text(paragraph.text); }
    bool operator()(const Heading& heading) const { return is_blank_text(heading.text); }
    bool operator()(const List& list) const {
        return std::ranges::all_of(list.items,
                                   [](const ListItem& item) { return all_void(item.blocks); });
    }
    bool operator()(const Table& table) const {
        return std::ranges::all_of(table.rows, [](const auto& row) { return row.empty(); });
    }
    bool operator()(const Code& code) const { return text::trim(code.text).empty(); }
    bool operator()(const Quote& quote) const { return all_void(quote.blocks); }
    bool operator()(const Picture& picture) const {
        return text::trim(picture.words).empty() && picture.source.empty() &&
               is_blank_text(picture.caption);
    }
    bool operator()(const Formula& formula) const { return text::trim(formula.text).empty(); }
    bool operator()(const Footnote& note) const { return all_void(note.blocks); }
    bool operator()(const Rule&) const { return false; }
};

bool is_void(const Block& block) {
    return std::visit(IsVoid{}, block.content);
}

/// Blocks as the text of one cell of a GFM table: hard breaks between the blocks, list items behind
/// their marks, rows of a table in the cell with semicolons between their cells.
class CellWriter {
public:
    std::string write(const Cell& cell) {
        if (const auto* const text = std::get_if<std::string>(&cell.content))
            return escape_inline(*text);
        add(std::get<Blocks>(cell.content));
        return std::move(out_);
    }

private:
    void line(std::string_view text) {
        if (trimmed(text).empty()) return;
        if (!out_.empty()) out_ += "  \n";
        out_.append(mark_).append(text);
        mark_.clear();
    }

    void add(const Blocks& blocks) {
        for (const Block& block : blocks) {
            std::visit([this](const auto& content) { put(content); }, block.content);
        }
    }

    void put(const Heading& heading) { line(inline_markdown(heading.text)); }
    void put(const Paragraph& paragraph) { line(inline_markdown(paragraph.text)); }
    void put(const Quote& quote) { add(quote.blocks); }
    void put(const Formula& formula) { line(formula_markdown(formula.text)); }
    void put(const Rule&) {}
    void put(const List& list) {
        for (const ListItem& item : list.items) {
            mark_ = item.number > 0 ? std::to_string(item.number) + ". " : "- ";
            if (item.checked) mark_ += *item.checked ? "[x] " : "[ ] ";
            add(item.blocks);
            mark_.clear();
        }
    }
    void put(const Code& code) {
        std::string text = code.text;
        std::ranges::replace(text, '\n', ' ');
        if (!text::trim(text).empty()) line(code_span(text::trim(text)));
    }
    void put(const Picture& picture) {
        if (!text::trim(picture.words).empty())
            line(picture_markdown(picture.words, picture.source));
        line(inline_markdown(picture.caption));
    }
    void put(const Footnote& note) {
        mark_ = "[^" + note.label + "]: ";
        add(note.blocks);
        mark_.clear();
    }
    void put(const Table& table) {
        for (const auto& row : table.rows) {
            std::string cells;
            for (const Cell& cell : row) {
                const std::string text = CellWriter().write(cell);
                if (text.empty()) continue;
                if (!cells.empty()) cells += "; ";
                cells += text;
            }
            line(cells);
        }
    }

    std::string out_;
    std::string mark_;
};

std::string cell_text(const Cell& cell) {
    std::string out;
    for (const char c : joined_lines(CellWriter().write(cell), "<br>")) {
        if (c == '|' && !out.ends_with('\\')) out += '\\';
        out += c;
    }
    return out;
}

bool has_spans(const Table& table) {
    return std::ranges::any_of(table.rows, [](const auto& row) {
        return std::ranges::any_of(
            row, [](const Cell& cell) { return cell.columns > 1 || cell.rows > 1; });
    });
}

/// Writes blocks at the depth of the lists and quotes that they stand in. Each line begins with
/// their marks or indents.
class Writer {
public:
    Markdown write(const Blocks& blocks) {
        add(blocks);
        if (!out_.text.empty()) out_.text += '\n';
        return std::move(out_);
    }

private:
    /// Lists and quotes within one another beyond this are shown at this depth: what stands before
    /// each line must not grow with hostile nesting.
    static constexpr int kDepthMax = 32;

    void add(const Blocks& blocks) {
        const Block* before = nullptr;
        for (const Block& block : blocks) {
            if (is_void(block)) continue;
            if (before != nullptr) part(*before, block);
            after_ordered_ = before != nullptr && is_ordered(*before);
            std::visit([&](const auto& content) { put(content, block.place); }, block.content);
            before = &block;
        }
    }

    static bool is_ordered(const Block& block) {
        const auto* const list = std::get_if<List>(&block.content);
        return list != nullptr && list->ordered;
    }

    /// A blank line, but none before the list within an item.
    void part(const Block& before, const Block& after) {
        const bool tight = in_item_ && std::holds_alternative<Paragraph>(before.content) &&
                           std::holds_alternative<List>(after.content);
        if (!tight) {
            new_line();
            while (out_.text.ends_with(' ')) out_.text.pop_back();
        }
        new_line();
    }

    void new_line() {
        out_.text += '\n';
        line_begin_ = out_.text.size();
        out_.text += prefix_;
    }

    /// Runs `write` and notes where in the text it wrote.
    template <class Write>
    void piece(PieceKind kind, const Provenance& place, Write write) {
        const std::size_t begin = line_begin_;
        write();
        out_.pieces.push_back(
            {.begin = begin, .end = out_.text.size(), .kind = kind, .place = place});
    }

    /// Lines of inline Markdown, none of which starts a block.
    void prose(std::string_view text) {
        bool first = true;
        each_line(text, [&](std::string_view line, bool last) {
            // A blank line would end the paragraph, so an empty line of it is left out.
            if (line.empty() && !first) return;
            if (!first) new_line();
            const std::size_t mark = block_mark_in(line);
            if (mark == std::string_view::npos) {
                out_.text += line;
            } else {
                out_.text.append(line.substr(0, mark)).append("\\").append(line.substr(mark));
            }
            if (!last) out_.text += "  ";
            first = false;
        });
    }

    void put(const Paragraph& paragraph, const Provenance& place) {
        piece(PieceKind::prose, place, [&] { prose(inline_markdown(paragraph.text)); });
    }

    void put(const Heading& heading, const Provenance& place) {
        const int level = std::clamp(heading.level, 1, 6);
        piece(PieceKind::heading, place, [&] {
            std::string text = joined_lines(inline_markdown(heading.text), " ");
            if (text.ends_with('#')) {
                // A closing run of number signs would be taken for decoration.
                const std::size_t run = text.find_last_not_of('#');
                if (run == std::string::npos || is_blank(text[run]))
                    text.insert(text.size() - 1, "\\");
            }
            out_.text.append(static_cast<std::size_t>(level), '#').append(" ").append(text);
        });
        out_.pieces.back().level = level;
        std::string title = plain_text(heading.text);
        std::ranges::replace(title, '\n', ' ');
        out_.pieces.back().title = std::move(title);
    }

    void put(const List& list, const Provenance&) {
        int number = 0;
        // Another delimiter starts another list, so that its numbers count.
        char delimiter = after_ordered_ && last_delimiter_ == '.' ? ')' : '.';
        bool first = true;
        for (const ListItem& item : list.items) {
            if (all_void(item.blocks)) continue;
            if (!first) new_line();
            std::string marker = "- ";
            if (item.number > 0) {
                if (number > 0 && item.number != number + 1)
                    delimiter = delimiter == '.' ? ')' : '.';
                number = item.number;
                marker = std::to_string(number) + delimiter + ' ';
            }
            out_.text += marker;
            if (item.checked) out_.text += *item.checked ? "[x] " : "[ ] ";
            const bool outer = std::exchange(in_item_, true);
            within(std::string(marker.size(), ' '), item.blocks);
            in_item_ = outer;
            first = false;
        }
        last_delimiter_ = delimiter;
    }

    void put(const Quote& quote, const Provenance&) {
        if (depth_ < kDepthMax) out_.text += "> ";
        const bool outer = std::exchange(in_item_, false);
        within("> ", quote.blocks);
        in_item_ = outer;
    }

    /// Blocks inside a list item or a quote, whose first line has its mark already.
    void within(const std::string& mark, const Blocks& blocks) {
        const std::size_t outer = prefix_.size();
        if (depth_ < kDepthMax) prefix_ += mark;
        ++depth_;
        add(blocks);
        --depth_;
        prefix_.resize(outer);
    }

    void put(const Code& code, const Provenance& place) {
        piece(PieceKind::code, place, [&] {
            const std::string fence(std::max<std::size_t>(3, longest_run(code.text, '`') + 1), '`');
            out_.text += fence;
            for (const char c : code.language) {
                if (is_word(c) || c == '+' || c == '-' || c == '#' || c == '.') out_.text += c;
            }
            std::string_view rest = code.text;
            if (rest.ends_with('\n')) rest.remove_suffix(1);
            for (std::size_t begin = 0; begin <= rest.size();) {
                const std::size_t end = std::min(rest.find('\n', begin), rest.size());
                new_line();
                out_.text += rest.substr(begin, end - begin);
                begin = end + 1;
            }
            new_line();
            out_.text += fence;
        });
    }

    void put(const Table& table, const Provenance& place) {
        piece(PieceKind::table, place, [&] {
            if (has_spans(table)) {
                html_table(table);
            } else {
                pipe_table(table);
            }
        });
        out_.pieces.back().header_rows = std::max<std::uint32_t>(1, table.header_rows);
    }

    void pipe_table(const Table& table) {
        // Cells that are missing at a row's end are empty by GFM's rules, so only small tables are
        // filled up: a wide row among many short ones must not multiply.
        constexpr std::size_t kFilledCellsMax = 100'000;
        std::size_t columns = 0;
        for (const auto& row : table.rows) columns = std::max(columns, row.size());
        const bool fill = columns * table.rows.size() <= kFilledCellsMax;
        for (std::size_t r = 0; r < table.rows.size(); ++r) {
            const auto& row = table.rows[r];
            const std::size_t shown =
                r == 0 || fill ? columns : std::max<std::size_t>(1, row.size());
            if (r > 0) new_line();
            for (std::size_t c = 0; c < shown; ++c) {
                const std::string text = c < row.size() ? cell_text(row[c]) : std::string();
                out_.text.append(c == 0 ? "| " : " ").append(text);
                out_.text.append(text.empty() ? "|" : " |");
            }
            if (r > 0) continue;
            new_line();
            out_.text += '|';
            for (std::size_t c = 0; c < columns; ++c) out_.text += " --- |";
        }
    }

    void html_table(const Table& table) {
        const std::vector<std::string> lines = html_table_lines(table);
        for (const std::string& line : lines) {
            if (&line != lines.data()) new_line();
            out_.text += line;
        }
    }

    void put(const Picture& picture, const Provenance& place) {
        piece(PieceKind::prose, place, [&] {
            const bool shown = !text::trim(picture.words).empty() || !picture.source.empty();
            if (shown) prose(picture_markdown(picture.words, picture.source));
            if (is_blank_text(picture.caption)) return;
            if (shown) {
                new_line();
                while (out_.text.ends_with(' ')) out_.text.pop_back();
                new_line();
            }
            prose(inline_markdown(picture.caption));
        });
    }

    void put(const Formula& formula, const Provenance& place) {
        piece(PieceKind::prose, place,
              [&] { out_.text.append("$").append(formula_markdown(formula.text)).append("$"); });
    }

    void put(const Footnote& note, const Provenance& place) {
        const std::size_t begin = out_.pieces.size();
        out_.text.append("[^").append(note.label).append("]: ");
        within("    ", note.blocks);
        for (std::size_t i = begin; i < out_.pieces.size(); ++i) {
            if (out_.pieces[i].place.page == 0) out_.pieces[i].place = place;
        }
    }

    void put(const Rule&, const Provenance& place) {
        piece(PieceKind::prose, place, [&] { out_.text += "---"; });
    }

    Markdown out_;
    std::string prefix_;
    std::size_t line_begin_ = 0;
    int depth_ = 0;
    char last_delimiter_ = '.';
    bool after_ordered_ = false;
    bool in_item_ = false;
};

}  // namespace

Markdown markdown(const Document& document) {
    return Writer().write(document.blocks);
}

}  // namespace ingestor::extract::render
