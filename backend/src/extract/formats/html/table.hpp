#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "extract/document.hpp"
#include "extract/formats/html/budget.hpp"
#include "extract/formats/html/dom.hpp"

namespace ingestor::extract::html {

/// A `table` element: its rows and cells, those of tables within its cells apart.
class HtmlTable {
public:
    explicit HtmlTable(const Node* table);

    [[nodiscard]] const std::vector<const Node*>& captions() const { return captions_; }
    [[nodiscard]] const std::vector<std::vector<const Node*>>& rows() const { return rows_; }
    /// Rows and cells that the page hides, and what is none of either.
    [[nodiscard]] const std::vector<const Node*>& hidden() const { return hidden_; }
    /// True where the table only arranges a page: it says so, has one column, or holds headings.
    [[nodiscard]] bool is_layout() const;

    /// The cells with what they span. Rows without text go where no cell spans over them. Beyond
    /// the budget, cells span nothing. Errors: too_large.
    [[nodiscard]] Result<model::Table> read(
        const std::function<model::Blocks(const Node*)>& read_cell, const ParseLimits& limits,
        HtmlBudget& budget) const;

private:
    void collect(const Node* parent);

    std::vector<std::vector<const Node*>> rows_;
    std::uint32_t head_rows_ = 0;  ///< Of a `thead` at the beginning.
    std::vector<const Node*> hidden_;
    std::vector<const Node*> captions_;
    const Node* table_;
};

}  // namespace ingestor::extract::html
