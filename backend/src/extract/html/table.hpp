#pragma once

#include <functional>
#include <string>
#include <vector>

#include <libxml/tree.h>

#include "base/result.hpp"
#include "extract/document.hpp"
#include "extract/html/budget.hpp"

namespace ingestor::extract {

/// A `table` element: its rows and cells, those of tables within its cells apart.
class HtmlTable {
public:
    explicit HtmlTable(const xmlNode* table);

    [[nodiscard]] const xmlNode* caption() const { return caption_; }
    [[nodiscard]] const std::vector<std::vector<const xmlNode*>>& rows() const { return rows_; }
    /// True where the table only arranges a page: it says so, has one column, or holds headings.
    [[nodiscard]] bool is_layout() const;

    /// The cells in their places: a cell over several rows is repeated in each, so that every row
    /// can be read alone; over several columns it stands in the first. Rows without text go. Beyond
    /// the budget, cells span nothing. Errors: too_large.
    [[nodiscard]] Result<std::vector<std::vector<std::string>>> cells(
        const std::function<std::string(const xmlNode*)>& read_cell, const ParseLimits& limits,
        HtmlBudget& budget) const;

private:
    void collect(const xmlNode* parent);

    std::vector<std::vector<const xmlNode*>> rows_;
    const xmlNode* caption_ = nullptr;
    const xmlNode* table_;
};

}  // namespace ingestor::extract
