#include "extract/model/cells.hpp"

#include <utility>

namespace ingestor::extract::model {
namespace {

bool is_plain(const Inlines& text) {
    return text.size() == 1 && text.front().kind == InlineKind::text &&
           text.front().style == Style{};
}

}  // namespace

bool is_empty(const Cell& cell) {
    return std::visit([](const auto& content) { return content.empty(); }, cell.content);
}

void set_text(Cell& cell, Inlines text) {
    if (text.empty()) {
        cell.content = std::string();
    } else if (is_plain(text)) {
        cell.content = std::move(text.front().text);
    } else {
        Blocks blocks;
        blocks.push_back({.content = Paragraph{.text = std::move(text)}});
        cell.content = std::move(blocks);
    }
}

Blocks& blocks_of(Cell& cell) {
    if (auto* const text = std::get_if<std::string>(&cell.content)) {
        Blocks blocks;
        if (!text->empty())
            blocks.push_back({.content = Paragraph{.text = {{.text = std::move(*text)}}}});
        cell.content = std::move(blocks);
    }
    return std::get<Blocks>(cell.content);
}

}  // namespace ingestor::extract::model
