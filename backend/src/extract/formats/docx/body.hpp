#pragma once

#include <optional>
#include <string>
#include <vector>

#include <libxml/tree.h>

#include "extract/document.hpp"
#include "extract/formats/docx/context.hpp"
#include "extract/formats/docx/paragraph.hpp"

namespace ingestor::extract::docx {

/// Reads block-level content: paragraphs, tables, and what wraps them.
class BodyReader {
public:
    explicit BodyReader(DocxContext& context) : context_(context), paragraph_(context) {}

    /// One child of a body, cell, note or text box.
    void read(const xmlNode* node);
    void read_children(const xmlNode* node);
    /// Everything read; ends a paragraph that waits for its continuation.
    [[nodiscard]] model::Blocks take();

private:
    void read_paragraph(const xmlNode* node);
    /// True where the paragraph became an item of a list.
    bool end_paragraph(const xmlNode* properties, const ParagraphStyle& style,
                       const std::string& style_id);
    /// A box stands behind the paragraph that it is anchored in: within its item of a list, and
    /// behind the whole of a listing or quote.
    void put_text_box(model::Blocks box, bool anchored_in_item);
    void settle_text_boxes();
    /// True where the paragraph became part of a listing: a paragraph all in a font of fixed pitch,
    /// with another before it or lines within it, in a document whose text is in another font.
    bool add_listing(const ParagraphStyle& style);
    void read_table(const xmlNode* table);
    void collect_rows(const xmlNode* parent, std::vector<const xmlNode*>& rows) const;
    void collect_cells(const xmlNode* parent, std::vector<const xmlNode*>& cells) const;
    /// The cell that a column's merged cells go on from: its row and its place in it.
    struct MergedCell {
        std::size_t row = 0, cell = 0;
    };
    using MergedCells = std::vector<std::optional<MergedCell>>;
    void read_row(const xmlNode* row, std::size_t grid_columns, MergedCells& above,
                  model::Table& table);
    void add(model::Block block);

    DocxContext& context_;
    ParagraphReader paragraph_;
    model::Blocks blocks_;
    /// The block that the next line of a listing joins: a listing, or a paragraph that may begin
    /// one.
    struct Listing {
        std::size_t block = 0;
        std::string first = {};  ///< The line of a paragraph that is no listing yet.
        std::size_t blank_lines = 0;
    };
    std::optional<Listing> listing_;
    model::Blocks waiting_boxes_;
    std::size_t waiting_from_ = 0;  ///< The block that they stand before.
};

}  // namespace ingestor::extract::docx
