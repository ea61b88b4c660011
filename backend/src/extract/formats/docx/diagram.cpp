#include "extract/formats/docx/diagram.hpp"

#include <utility>

#include "extract/formats/docx/wordml.hpp"
#include "extract/model/inline_builder.hpp"

namespace ingestor::extract::docx {

model::Blocks diagram_blocks(const xmlNode* data_model) {
    model::List list;
    const xmlNode* points = child(data_model, "ptLst");
    for (const xmlNode* point = points == nullptr ? nullptr : points->children; point != nullptr;
         point = point->next) {
        if (local_name(point) != "pt") continue;
        const xmlNode* text = child(point, "t");
        model::ListItem item;
        for (const xmlNode* at = text == nullptr ? nullptr : text->children; at != nullptr;
             at = at->next) {
            if (local_name(at) != "p") continue;
            model::InlineBuilder line;
            for (const xmlNode* run = at->children; run != nullptr; run = run->next) {
                if (local_name(run) == "br") line.line_break();
                if (const xmlNode* words = child(run, "t")) line.text(text_of(words), {});
            }
            if (!line.blank())
                item.blocks.push_back({.content = model::Paragraph{.text = line.take()}});
        }
        if (!item.blocks.empty()) list.items.push_back(std::move(item));
    }
    model::Blocks blocks;
    if (!list.items.empty()) blocks.push_back({.content = std::move(list)});
    return blocks;
}

}  // namespace ingestor::extract::docx
