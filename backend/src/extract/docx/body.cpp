#include "extract/docx/body.hpp"

#include <algorithm>
#include <utility>

#include "extract/docx/wordml.hpp"
#include "extract/flatten.hpp"
#include "extract/markdown.hpp"
#include "extract/utf8.hpp"

namespace ingestor::extract {
namespace {

/// Columns that a cell may span where the table does not say how many it has (Word's own bound).
constexpr std::size_t kColumnsOfWord = 63;

bool mark_was_deleted(const xmlNode* paragraph_properties) {
    const xmlNode* mark = child(paragraph_properties, "rPr");
    return child(mark, "del") != nullptr || child(mark, "moveFrom") != nullptr;
}

bool was_deleted(const xmlNode* properties, std::string_view mark) {
    return child(properties, mark) != nullptr;
}

std::size_t span_of(const xmlNode* properties, std::string_view name, std::size_t most) {
    const int value = int_attribute(child(properties, name), "val").value_or(1);
    return std::clamp<std::size_t>(static_cast<std::size_t>(std::max(value, 1)), 1,
                                   std::max<std::size_t>(most, 1));
}

}  // namespace

void BodyReader::add(Block block) {
    context_.count_block();
    if (!context_.error) blocks_.push_back(std::move(block));
}

void BodyReader::read_children(const xmlNode* node) {
    for (const xmlNode* at = node->children; at != nullptr && !context_.error; at = at->next)
        read(at);
}

void BodyReader::read(const xmlNode* node) {
    const std::string_view name = local_name(node);
    if (vocabulary_of(node) == Vocabulary::compatibility) {
        if (const xmlNode* branch = chosen_branch(node)) read_children(branch);
    } else if (vocabulary_of(node) != Vocabulary::word) {
        return;
    } else if (name == "p") {
        read_paragraph(node);
    } else if (name == "tbl") {
        read_table(node);
    } else if (name == "sdt") {
        if (const xmlNode* content = child(node, "sdtContent")) read_children(content);
    } else if (name == "customXml" || name == "ins" || name == "moveTo" || name == "smartTag") {
        read_children(node);
    }
}

std::vector<Block> BodyReader::take() {
    if (!paragraph_.blank()) end_paragraph(nullptr, context_.styles.paragraph({}), {});
    return std::exchange(blocks_, {});
}

void BodyReader::read_paragraph(const xmlNode* node) {
    const xmlNode* properties = child(node, "pPr");
    const std::string style_id = attribute(child(properties, "pStyle"), "val");
    ParagraphStyle style = context_.styles.paragraph(style_id);
    if (const auto outline = int_attribute(child(properties, "outlineLvl"), "val")) {
        style.heading = *outline >= 0 && *outline < 9 ? *outline + 1 : 0;
    }
    paragraph_.read(node, style);
    const std::vector<const xmlNode*> boxes = paragraph_.take_text_boxes();
    if (!mark_was_deleted(properties)) end_paragraph(properties, style, style_id);
    for (const xmlNode* box : boxes) {
        BodyReader inner(context_);
        inner.read_children(box);
        for (Block& block : inner.take()) blocks_.push_back(std::move(block));
    }
}

void BodyReader::end_paragraph(const xmlNode* properties, const ParagraphStyle& style,
                               const std::string& style_id) {
    ListPlace place = ListPlace::read(properties);
    if (!place.number_id) {
        place.number_id = style.list.number_id;
        if (!place.level) place.level = style.list.level;
        if (!place.level && place.number_id) {
            place.level = context_.numbering.level_of_style(*place.number_id, style_id);
        }
    }
    const bool listed = place.number_id && *place.number_id > 0;
    const int level = std::clamp(place.level.value_or(0), 0, 8);
    std::optional<ListLabel> label;
    // Word numbers an empty paragraph, too, but shows no bullet without text.
    if (listed) label = context_.numbering.next(*place.number_id, level);
    if (paragraph_.blank()) {
        (void)paragraph_.take();
        return;
    }
    if (style.code && style.heading == 0 && !label) {
        const std::string line = paragraph_.raw();
        (void)paragraph_.take();
        if (!blocks_.empty() && blocks_.back().kind == BlockKind::code) {
            blocks_.back().text.append("\n").append(line);
        } else {
            add({.kind = BlockKind::code, .text = line});
        }
        return;
    }
    std::string text = paragraph_.take();
    if (style.heading > 0) {
        if (label && !label->bullet) text = escape_inline(label->label) + " " + text;
        add({.kind = BlockKind::heading,
             .level = std::min(style.heading, 6),
             .text = std::move(text)});
    } else if (label) {
        // What Markdown's own numbers cannot say stays in the text.
        const bool numbered = !label->bullet && label->plain && label->number > 0;
        if (!label->bullet && !numbered) text = escape_inline(label->label) + " " + text;
        add({.kind = BlockKind::list_item,
             .level = std::max(level, level == 0 ? style.list_depth : 0),
             .number = numbered ? label->number : 0,
             .text = std::move(text)});
    } else {
        add({.kind = style.quote ? BlockKind::quote : BlockKind::paragraph,
             .text = std::move(text)});
    }
}

void BodyReader::collect_rows(const xmlNode* parent, std::vector<const xmlNode*>& rows) const {
    for (const xmlNode* at = parent->children; at != nullptr; at = at->next) {
        if (is_word(at, "tr")) {
            if (!was_deleted(child(at, "trPr"), "del")) rows.push_back(at);
        } else if (is_word(at, "sdt")) {
            if (const xmlNode* content = child(at, "sdtContent")) collect_rows(content, rows);
        } else if (is_word(at, "customXml") || is_word(at, "ins") || is_word(at, "sdtContent")) {
            collect_rows(at, rows);
        }
    }
}

void BodyReader::collect_cells(const xmlNode* parent, std::vector<const xmlNode*>& cells) const {
    for (const xmlNode* at = parent->children; at != nullptr; at = at->next) {
        if (is_word(at, "tc")) {
            if (!was_deleted(child(at, "tcPr"), "cellDel")) cells.push_back(at);
        } else if (is_word(at, "sdt")) {
            if (const xmlNode* content = child(at, "sdtContent")) collect_cells(content, cells);
        } else if (is_word(at, "customXml")) {
            collect_cells(at, cells);
        }
    }
}

void BodyReader::read_table(const xmlNode* table) {
    if (!paragraph_.blank()) end_paragraph(nullptr, context_.styles.paragraph({}), {});
    std::size_t grid_columns = 0;
    const xmlNode* grid = child(table, "tblGrid");
    for (const xmlNode* at = grid == nullptr ? nullptr : grid->children; at != nullptr;
         at = at->next) {
        if (is_word(at, "gridCol")) ++grid_columns;
    }
    if (grid_columns > context_.limits.table_columns_max) {
        context_.fail_with("a table has more than table_columns_max columns");
        return;
    }
    std::vector<const xmlNode*> row_nodes;
    collect_rows(table, row_nodes);
    if (row_nodes.size() == 1) {
        std::vector<const xmlNode*> cells;
        collect_cells(row_nodes.front(), cells);
        if (cells.size() == 1) {
            // A single cell is a frame around text, not a table.
            read_children(cells.front());
            return;
        }
    }
    Block block{.kind = BlockKind::table};
    std::vector<std::string> above;
    for (const xmlNode* row : row_nodes) {
        if (context_.error) return;
        read_row(row, grid_columns, above, block.rows);
    }
    if (!block.rows.empty()) add(std::move(block));
}

void BodyReader::read_row(const xmlNode* row, std::size_t grid_columns,
                          std::vector<std::string>& above,
                          std::vector<std::vector<std::string>>& rows) {
    const std::size_t columns_max = grid_columns > 0 ? grid_columns : kColumnsOfWord;
    const xmlNode* row_properties = child(row, "trPr");
    std::vector<std::string> line;
    if (child(row_properties, "gridBefore") != nullptr) {
        line.resize(context_.affordable_span(span_of(row_properties, "gridBefore", columns_max)));
    }
    std::vector<const xmlNode*> cells;
    collect_cells(row, cells);
    for (const xmlNode* cell : cells) {
        const xmlNode* properties = child(cell, "tcPr");
        const xmlNode* merge = child(properties, "vMerge");
        const bool continues = merge != nullptr && attribute(merge, "val") != "restart";
        const std::size_t column = line.size();
        if (column >= context_.limits.table_columns_max) {
            context_.fail_with("a table has more than table_columns_max columns");
            return;
        }
        std::string text;
        if (continues) {
            // A cell over several rows is repeated in each, so that every row can be read alone.
            if (column < above.size() && above[column].size() <= context_.repeated_bytes_left) {
                text = above[column];
            }
            context_.repeated_bytes_left -= text.size();
        } else {
            BodyReader inner(context_);
            inner.read_children(cell);
            text = flatten(inner.take());
        }
        if (above.size() <= column) above.resize(column + 1);
        if (!continues) above[column] = merge != nullptr ? text : std::string();
        line.push_back(std::move(text));
        const std::size_t columns_left = columns_max > column ? columns_max - column : 1;
        line.resize(column +
                    context_.affordable_span(span_of(properties, "gridSpan", columns_left)));
    }
    const bool has_text =
        std::ranges::any_of(line, [](const std::string& text) { return !text.empty(); });
    context_.count_block();
    if (has_text) rows.push_back(std::move(line));
}

}  // namespace ingestor::extract
