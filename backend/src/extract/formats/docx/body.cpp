#include "extract/formats/docx/body.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <utility>

#include "extract/formats/docx/heading_levels.hpp"
#include "extract/formats/docx/wordml.hpp"
#include "extract/model/cells.hpp"
#include "extract/model/lists.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::docx {
namespace {

/// Columns that a cell may span where the table does not say how many it has (Word's own bound).
constexpr std::size_t kColumnsOfWord = 63;

bool mark_was_deleted(const xmlNode* paragraph_properties) {
    const xmlNode* mark = child(paragraph_properties, "rPr");
    return child(mark, "del") != nullptr || child(mark, "moveFrom") != nullptr;
}

/// A large first letter stands in a frame of its own before the paragraph that it begins.
bool is_drop_cap(const xmlNode* paragraph_properties) {
    const std::string kind = attribute(child(paragraph_properties, "framePr"), "dropCap");
    return !kind.empty() && kind != "none";
}

bool was_deleted(const xmlNode* properties, std::string_view mark) {
    return child(properties, mark) != nullptr;
}

/// True where the first row is set as a header (ECMA-376, 17.4.56).
bool marks_first_row(const xmlNode* look) {
    const std::string named = attribute(look, "firstRow");
    if (!named.empty()) return named == "1" || named == "true" || named == "on";
    constexpr unsigned kFirstRow = 0x20;
    const std::string bits = attribute(look, "val");
    unsigned value = 0;
    (void)std::from_chars(bits.data(), bits.data() + bits.size(), value, 16);
    return (value & kFirstRow) != 0;
}

std::size_t span_of(const xmlNode* properties, std::string_view name, std::size_t most) {
    const int value = int_attribute(child(properties, name), "val").value_or(1);
    return std::clamp<std::size_t>(static_cast<std::size_t>(std::max(value, 1)), 1,
                                   std::max<std::size_t>(most, 1));
}

/// A paragraph of nothing else shows them as Word does, on lines of their own.
bool is_formulas(const model::Inlines& text) {
    return std::ranges::all_of(text, [](const model::Inline& item) {
        return item.kind == model::InlineKind::formula ||
               item.kind == model::InlineKind::line_break ||
               (item.kind == model::InlineKind::text && text::trim(item.text).empty());
    });
}

}  // namespace

void BodyReader::add(model::Block block) {
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
    } else if (vocabulary_of(node) == Vocabulary::math) {
        paragraph_.read_math(node);
        if (!paragraph_.blank()) end_paragraph(nullptr, context_.styles.paragraph({}), {});
    } else if (vocabulary_of(node) != Vocabulary::word) {
        return;
    } else if (name == "p") {
        read_paragraph(node);
    } else if (name == "tbl") {
        read_table(node);
    } else if (name == "sdt") {
        if (const xmlNode* content = child(node, "sdtContent")) read_children(content);
    } else if (name == "altChunk") {
        context_.embedded.push_back({EmbeddedPart::Kind::alternative, attribute(node, "id")});
    } else if (name == "del" || name == "moveFrom") {
        context_.leave_out(model::LeftOutReason::deleted_revision, spaced_text(node));
    } else if (name == "customXml" || name == "ins" || name == "moveTo" || name == "smartTag") {
        read_children(node);
    }
}

model::Blocks BodyReader::take() {
    if (!paragraph_.blank()) end_paragraph(nullptr, context_.styles.paragraph({}), {});
    if (!waiting_boxes_.empty()) settle_text_boxes();
    return std::exchange(blocks_, {});
}

void BodyReader::read_paragraph(const xmlNode* node) {
    const xmlNode* properties = child(node, "pPr");
    const std::string style_id = attribute(child(properties, "pStyle"), "val");
    ParagraphStyle style = context_.styles.paragraph(style_id);
    if (const auto outline = int_attribute(child(properties, "outlineLvl"), "val")) {
        style.heading = *outline >= 0 && *outline < 9 ? *outline + 1 : 0;
        style.title = false;
    }
    paragraph_.read(node, style);
    const std::vector<const xmlNode*> boxes = paragraph_.take_text_boxes();
    bool is_item = false;
    if (!mark_was_deleted(properties) && !is_drop_cap(properties))
        is_item = end_paragraph(properties, style, style_id);
    for (const xmlNode* box : boxes) {
        BodyReader inner(context_);
        inner.read_children(box);
        put_text_box(inner.take(), is_item);
    }
}

void BodyReader::put_text_box(model::Blocks box, bool anchored_in_item) {
    model::Blocks* into = &blocks_;
    if (anchored_in_item) {
        if (model::ListItem* const item = model::last_item(blocks_)) into = &item->blocks;
    } else if (!blocks_.empty() && (std::holds_alternative<model::Code>(blocks_.back().content) ||
                                    std::holds_alternative<model::Quote>(blocks_.back().content))) {
        if (waiting_from_ != blocks_.size()) settle_text_boxes();
        waiting_from_ = blocks_.size();
        into = &waiting_boxes_;
    }
    std::ranges::move(box, std::back_inserter(*into));
}

/// Behind what they were anchored in, once something else has begun.
void BodyReader::settle_text_boxes() {
    const std::size_t count = waiting_boxes_.size();
    const auto place =
        blocks_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_from_, blocks_.size()));
    blocks_.insert(place, std::make_move_iterator(waiting_boxes_.begin()),
                   std::make_move_iterator(waiting_boxes_.end()));
    waiting_boxes_.clear();
    if (listing_ && listing_->block >= waiting_from_) listing_->block += count;
}

bool BodyReader::end_paragraph(const xmlNode* properties, const ParagraphStyle& style,
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
        if (listing_) ++listing_->blank_lines;
        return false;
    }
    if (!label && add_listing(style)) return false;
    if (style.code && style.heading == 0 && !label) {
        const std::string line = paragraph_.raw();
        (void)paragraph_.take();
        auto* const code =
            blocks_.empty() ? nullptr : std::get_if<model::Code>(&blocks_.back().content);
        if (code != nullptr) {
            code->text.append("\n").append(line);
        } else {
            add({.content = model::Code{.text = line}});
        }
        return false;
    }
    model::Inlines text = paragraph_.take();
    const auto put_label = [&] { text.insert(text.begin(), {.text = label->label + " "}); };
    if (style.heading > 0) {
        if (label && !label->bullet) put_label();
        const int depth = style.title ? kTitleLevel : std::min(style.heading, kHeadingLevelMax);
        add({.content = model::Heading{.level = depth, .text = std::move(text)}});
    } else if (label) {
        // What a list's own numbers cannot say stays in the text.
        const bool numbered = !label->bullet && label->plain && label->number > 0;
        if (!label->bullet && !numbered) put_label();
        model::ListItem item{.number = numbered ? label->number : 0, .checked = label->checked};
        item.blocks.push_back({.content = model::Paragraph{.text = std::move(text)}});
        context_.count_block();
        if (context_.error) return false;
        model::add_item(blocks_, std::max(level, level == 0 ? style.list_depth : 0),
                        std::move(item));
        return true;
    } else if (style.quote) {
        auto* const open =
            blocks_.empty() ? nullptr : std::get_if<model::Quote>(&blocks_.back().content);
        model::Block paragraph{.content = model::Paragraph{.text = std::move(text)}};
        if (open != nullptr) {
            context_.count_block();
            if (!context_.error) open->blocks.push_back(std::move(paragraph));
        } else {
            model::Quote quote;
            quote.blocks.push_back(std::move(paragraph));
            add({.content = std::move(quote)});
        }
    } else if (is_formulas(text)) {
        for (model::Inline& item : text) {
            if (item.kind == model::InlineKind::formula)
                add({.content = model::Formula{.text = std::move(item.text)}});
        }
    } else {
        add({.content = model::Paragraph{.text = std::move(text)}});
    }
    return false;
}

bool BodyReader::add_listing(const ParagraphStyle& style) {
    const bool typewritten = context_.styles.paragraph({}).run.fixed_pitch.value_or(false);
    if (!paragraph_.fixed_pitch() || typewritten || style.code || style.quote ||
        style.heading > 0) {
        listing_.reset();
        return false;
    }
    std::string line = paragraph_.raw();
    const bool follows = listing_ && listing_->block + 1 == blocks_.size();
    if (!follows) {
        const bool has_lines = line.find('\n') != std::string::npos;
        listing_ = {.block = blocks_.size(), .first = line, .blank_lines = 0};
        if (!has_lines) return false;
        (void)paragraph_.take();
        listing_->first.clear();
        add({.content = model::Code{.text = std::move(line)}});
        return true;
    }
    (void)paragraph_.take();
    model::Block& block = blocks_[listing_->block];
    if (!listing_->first.empty())
        block.content = model::Code{.text = std::exchange(listing_->first, {})};
    auto& code = std::get<model::Code>(block.content);
    code.text.append(std::exchange(listing_->blank_lines, 0) + 1, '\n').append(line);
    return true;
}

void BodyReader::collect_rows(const xmlNode* parent, std::vector<const xmlNode*>& rows) const {
    for (const xmlNode* at = parent->children; at != nullptr; at = at->next) {
        if (is_word(at, "tr")) {
            if (was_deleted(child(at, "trPr"), "del")) {
                context_.leave_out(model::LeftOutReason::deleted_revision, spaced_text(at));
            } else {
                rows.push_back(at);
            }
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
            if (was_deleted(child(at, "tcPr"), "cellDel")) {
                context_.leave_out(model::LeftOutReason::deleted_revision, spaced_text(at));
            } else {
                cells.push_back(at);
            }
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
    model::Table read;
    read.header_rows = 0;
    MergedCells above;
    for (const xmlNode* row : row_nodes) {
        if (context_.error) return;
        read_row(row, grid_columns, above, read);
    }
    const xmlNode* look = child(child(table, "tblPr"), "tblLook");
    if (read.header_rows == 0 && marks_first_row(look)) read.header_rows = 1;
    if (!read.rows.empty()) add({.content = std::move(read)});
}

void BodyReader::read_row(const xmlNode* row, std::size_t grid_columns, MergedCells& above,
                          model::Table& table) {
    const std::size_t columns_max = grid_columns > 0 ? grid_columns : kColumnsOfWord;
    const xmlNode* row_properties = child(row, "trPr");
    std::vector<model::Cell> line;
    std::size_t column = 0;
    const auto put = [&](model::Cell cell, std::size_t columns) {
        cell.columns = static_cast<std::uint16_t>(columns);
        column += columns;
        line.push_back(std::move(cell));
    };
    if (child(row_properties, "gridBefore") != nullptr) {
        put({}, context_.affordable_span(span_of(row_properties, "gridBefore", columns_max)));
    }
    std::vector<const xmlNode*> cells;
    collect_cells(row, cells);
    bool has_text = false, merged = false;
    for (const xmlNode* node : cells) {
        const xmlNode* properties = child(node, "tcPr");
        const xmlNode* merge = child(properties, "vMerge");
        const bool continues = merge != nullptr && attribute(merge, "val") != "restart";
        if (column >= context_.limits.table_columns_max) {
            context_.fail_with("a table has more than table_columns_max columns");
            return;
        }
        const std::size_t columns_left = columns_max > column ? columns_max - column : 1;
        const std::size_t columns =
            context_.affordable_span(span_of(properties, "gridSpan", columns_left));
        if (above.size() <= column) above.resize(column + 1);
        merged = merged || merge != nullptr;
        if (continues && above[column]) {
            model::Cell& begun = table.rows[above[column]->row][above[column]->cell];
            // The cells of a merge are equally wide, but for damage.
            constexpr auto kRowsMax = std::numeric_limits<std::uint16_t>::max();
            if (begun.columns == columns && begun.rows < kRowsMax) {
                ++begun.rows;
                column += columns;
                // Word does not show what stands in the merged ones, and nothing says it is gone.
                BodyReader inner(context_);
                inner.read_children(node);
                for (model::Block& block : inner.take())
                    model::blocks_of(begun).push_back(std::move(block));
                continue;
            }
        }
        above[column].reset();
        if (merge != nullptr && !continues)
            above[column] = MergedCell{.row = table.rows.size(), .cell = line.size()};
        model::Cell cell{.header = false};
        BodyReader inner(context_);
        inner.read_children(node);
        cell.content = inner.take();
        has_text = has_text || !model::is_empty(cell);
        put(std::move(cell), columns);
    }
    context_.count_block();
    if (!has_text && !merged) return;
    const bool heads = on_off(row_properties, "tblHeader").value_or(false);
    if (heads && table.header_rows == table.rows.size()) ++table.header_rows;
    table.rows.push_back(std::move(line));
}

}  // namespace ingestor::extract::docx
