#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "extract/model/document.hpp"
#include "extract/render/markdown.hpp"
#include "extract/render/markdown_inline.hpp"

namespace ingestor::extract {

enum class BlockKind {
    heading,
    paragraph,
    list_item,
    table,
    code,
    quote,
    picture,
    formula,
    footnote,
    rule
};

/// A block as tests compare it: with its text as inline Markdown, lists and quotes spread out.
struct FlatBlock {
    BlockKind kind = BlockKind::paragraph;
    int level = 0;   ///< Of a heading; the depth of an item.
    int number = 0;  ///< Of an item.
    std::string text = {};
    std::vector<std::vector<std::string>> rows = {};  ///< Of a table: the text of its cells.
    std::uint32_t page = 0;
    std::uint32_t last_page = 0;
    std::optional<model::Box> box = {};
};

/// Blocks in order; of an item or a quote each paragraph is one.
[[nodiscard]] inline std::vector<FlatBlock> flat(const model::Blocks& blocks);

namespace detail {

class Flattener {
public:
    std::vector<FlatBlock> take() { return std::move(out_); }

    void add(const model::Blocks& blocks) {
        for (const model::Block& block : blocks) {
            place_ = block.place;
            std::visit([this](const auto& content) { put(content); }, block.content);
        }
    }

private:
    FlatBlock& push(BlockKind kind, std::string text) {
        out_.push_back({.kind = kind,
                        .text = std::move(text),
                        .page = place_.page,
                        .last_page = place_.last_page,
                        .box = place_.box});
        return out_.back();
    }
    void put(const model::Heading& heading) {
        push(BlockKind::heading, render::inline_markdown(heading.text)).level = heading.level;
    }
    void put(const model::Paragraph& paragraph) {
        FlatBlock& block = push(kind_, render::inline_markdown(paragraph.text));
        block.level = kind_ == BlockKind::list_item ? depth_ - 1 : 0;
        block.number = number_;
    }
    void put(const model::List& list) {
        const BlockKind kind = kind_;
        const int number = number_;
        kind_ = BlockKind::list_item;
        ++depth_;
        for (const model::ListItem& item : list.items) {
            number_ = item.number;
            add(item.blocks);
        }
        --depth_;
        kind_ = kind;
        number_ = number;
    }
    void put(const model::Table& table) {
        push(BlockKind::table, {});
        const std::size_t at = out_.size() - 1;
        for (const auto& row : table.rows) {
            auto& cells = out_[at].rows.emplace_back();
            for (const model::Cell& cell : row) {
                if (const auto* const plain = std::get_if<std::string>(&cell.content)) {
                    cells.push_back(render::escape_inline(*plain));
                    continue;
                }
                std::string text;
                for (const FlatBlock& inner : flat(std::get<model::Blocks>(cell.content))) {
                    if (!text.empty()) text += '\n';
                    text += inner.text;
                }
                cells.push_back(std::move(text));
            }
        }
    }
    void put(const model::Code& code) { push(BlockKind::code, code.text); }
    void put(const model::Quote& quote) {
        const BlockKind kind = kind_;
        kind_ = BlockKind::quote;
        add(quote.blocks);
        kind_ = kind;
    }
    void put(const model::Picture& picture) { push(BlockKind::picture, picture.words); }
    void put(const model::Formula& formula) { push(BlockKind::formula, formula.text); }
    void put(const model::Footnote& note) {
        const BlockKind kind = kind_;
        kind_ = BlockKind::footnote;
        add(note.blocks);
        kind_ = kind;
    }
    void put(const model::Rule&) { push(BlockKind::rule, {}); }

    std::vector<FlatBlock> out_;
    model::Provenance place_;
    BlockKind kind_ = BlockKind::paragraph;
    int depth_ = 0;
    int number_ = 0;
};

}  // namespace detail

std::vector<FlatBlock> flat(const model::Blocks& blocks) {
    detail::Flattener flattener;
    flattener.add(blocks);
    return flattener.take();
}

}  // namespace ingestor::extract
