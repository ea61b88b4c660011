#include "extract/formats/html/table.hpp"

#include <algorithm>
#include <charconv>

#include "extract/formats/html/visibility.hpp"
#include "extract/model/cells.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::html {
namespace {

/// HTML's own bounds of spans (section "tables").
constexpr std::size_t kColumnSpanMax = 1'000;
constexpr std::size_t kRowSpanMax = 65'534;

std::size_t span(const Node* cell, std::string_view name, std::size_t most) {
    const std::string_view text = attribute(cell, name);
    std::size_t value = 1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) return most;
    return error == std::errc() ? std::clamp<std::size_t>(value, 1, most) : 1;
}

/// Parts of a page, which only stand in a cell where the table arranges them.
bool holds_sections(const Node* cell) {
    bool found = false;
    walk(cell, [&](const Node* at) {
        found = found || at->is(Tag::article) || at->is(Tag::main);
        return !found;
    });
    return found;
}

}  // namespace

HtmlTable::HtmlTable(const Node* table) : table_(table) {
    collect(table);
}

void HtmlTable::collect(const Node* parent) {
    for (const Node* at = parent->first; at != nullptr; at = at->next) {
        if (!at->is_element()) continue;
        if (is_hidden(at)) {
            hidden_.push_back(at);
        } else if (at->is(Tag::caption)) {
            captions_.push_back(at);
        } else if (at->is(Tag::tr)) {
            rows_.emplace_back();
            for (const Node* cell = at->first; cell != nullptr; cell = cell->next) {
                const bool shown = (cell->is(Tag::td) || cell->is(Tag::th)) && !is_hidden(cell);
                (shown ? rows_.back() : hidden_).push_back(cell);
            }
        } else if (parent == table_ && at->space == Namespace::html &&
                   is_any(at->tag, Tag::thead, Tag::tbody, Tag::tfoot)) {
            collect(at);
            if (at->is(Tag::thead) && head_rows_ == 0)
                head_rows_ = static_cast<std::uint32_t>(rows_.size());
        } else {
            hidden_.push_back(at);
        }
    }
}

bool HtmlTable::is_layout() const {
    const std::string_view role = attribute(table_, "role");
    if (role == "presentation" || role == "none") return true;
    const bool one_column =
        std::ranges::all_of(rows_, [](const auto& row) { return row.size() <= 1; });
    const bool has_header = std::ranges::any_of(rows_, [](const auto& row) {
        return std::ranges::any_of(row, [](const Node* cell) { return cell->is(Tag::th); });
    });
    if (one_column) return !has_header || rows_.size() <= 1;
    return std::ranges::any_of(
        rows_, [](const auto& row) { return std::ranges::any_of(row, holds_sections); });
}

Result<model::Table> HtmlTable::read(const std::function<model::Blocks(const Node*)>& read_cell,
                                     const ParseLimits& limits, HtmlBudget& budget) const {
    model::Table table;
    table.header_rows = 0;
    // How many more rows the cells above reach into each column.
    std::vector<std::size_t> hanging;
    for (std::size_t r = 0; r < rows_.size(); ++r) {
        std::vector<model::Cell> line;
        std::size_t column = 0;
        bool spanned = false, has_text = false, only_headers = !rows_[r].empty();
        const auto skip_hanging = [&] {
            while (column < hanging.size() && hanging[column] > 0) {
                --hanging[column++];
                spanned = true;
            }
        };
        for (const Node* node : rows_[r]) {
            skip_hanging();
            std::size_t columns = span(node, "colspan", kColumnSpanMax);
            std::size_t rows = std::min(span(node, "rowspan", kRowSpanMax), rows_.size() - r);
            if (!budget.spend_cells(columns * rows - 1)) columns = rows = 1;
            if (column + columns > limits.table_columns_max) {
                return fail(Errc::too_large, "a table has more than table_columns_max columns");
            }
            model::Cell cell{.columns = static_cast<std::uint16_t>(columns),
                             .rows = static_cast<std::uint16_t>(rows),
                             .header = node->is(Tag::th)};
            cell.content = read_cell(node);
            has_text = has_text || !model::is_empty(cell);
            only_headers = only_headers && cell.header;
            if (rows > 1) {
                spanned = true;
                hanging.resize(std::max(hanging.size(), column + columns));
                std::fill_n(hanging.begin() + static_cast<std::ptrdiff_t>(column), columns,
                            rows - 1);
            }
            column += columns;
            line.push_back(std::move(cell));
        }
        skip_hanging();
        if (!has_text && !spanned) continue;
        const bool heads = r < head_rows_ || only_headers;
        if (heads && table.header_rows == table.rows.size()) ++table.header_rows;
        table.rows.push_back(std::move(line));
    }
    return table;
}

}  // namespace ingestor::extract::html
