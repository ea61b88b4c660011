#include "extract/formats/docx/heading_levels.hpp"

#include <algorithm>
#include <variant>

namespace ingestor::extract::docx {
namespace {

void each_heading(model::Blocks& blocks, const auto& visit) {
    for (model::Block& block : blocks) {
        if (auto* const heading = std::get_if<model::Heading>(&block.content)) {
            visit(*heading);
        } else if (auto* const list = std::get_if<model::List>(&block.content)) {
            for (model::ListItem& item : list->items) each_heading(item.blocks, visit);
        } else if (auto* const quote = std::get_if<model::Quote>(&block.content)) {
            each_heading(quote->blocks, visit);
        } else if (auto* const note = std::get_if<model::Footnote>(&block.content)) {
            each_heading(note->blocks, visit);
        } else if (auto* const table = std::get_if<model::Table>(&block.content)) {
            for (auto& row : table->rows) {
                for (model::Cell& cell : row) {
                    if (auto* const held = std::get_if<model::Blocks>(&cell.content))
                        each_heading(*held, visit);
                }
            }
        }
    }
}

}  // namespace

void settle_heading_levels(model::Blocks& blocks) {
    bool titled = false, first_level = false;
    each_heading(blocks, [&](const model::Heading& heading) {
        titled = titled || heading.level == kTitleLevel;
        first_level = first_level || heading.level == 1;
    });
    if (!titled) return;
    each_heading(blocks, [&](model::Heading& heading) {
        if (heading.level == kTitleLevel || first_level)
            heading.level = std::min(heading.level + 1, kHeadingLevelMax);
    });
}

}  // namespace ingestor::extract::docx
