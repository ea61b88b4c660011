#include "extract/html/table.hpp"

#include <algorithm>
#include <charconv>

#include "extract/html/boilerplate.hpp"
#include "extract/utf8.hpp"
#include "extract/xml.hpp"

namespace ingestor::extract {
namespace {

/// HTML's own bounds of spans (section "tables").
constexpr std::size_t kColumnSpanMax = 1'000;
constexpr std::size_t kRowSpanMax = 65'534;

std::size_t span(const xmlNode* cell, std::string_view name, std::size_t most) {
    const std::string text = attribute(cell, name);
    std::size_t value = 1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) return most;
    return error == std::errc() ? std::clamp<std::size_t>(value, 1, most) : 1;
}

bool holds_heading(const xmlNode* cell) {
    const xmlNode* at = cell->children;
    while (at != nullptr && at != cell) {
        const std::string_view tag = local_name(at);
        const bool heading = tag.size() == 2 && tag[0] == 'h' && tag[1] >= '1' && tag[1] <= '3';
        if (heading || tag == "article" || tag == "main") return true;
        if (at->type == XML_ELEMENT_NODE && at->children != nullptr) {
            at = at->children;
            continue;
        }
        while (at != cell && at->next == nullptr) at = at->parent;
        if (at != cell) at = at->next;
    }
    return false;
}

/// What a cell above leaves in a column.
struct Hanging {
    std::size_t rows = 0;
    std::string text;
};

}  // namespace

HtmlTable::HtmlTable(const xmlNode* table) : table_(table) {
    collect(table);
}

void HtmlTable::collect(const xmlNode* parent) {
    for (const xmlNode* at = parent->children; at != nullptr; at = at->next) {
        const std::string_view tag = local_name(at);
        if (tag.empty() || Boilerplate::is_hidden(at)) continue;
        if (tag == "caption") {
            caption_ = at;
        } else if (tag == "tr") {
            rows_.emplace_back();
            for (const xmlNode* cell = at->children; cell != nullptr; cell = cell->next) {
                const std::string_view kind = local_name(cell);
                if ((kind == "td" || kind == "th") && !Boilerplate::is_hidden(cell)) {
                    rows_.back().push_back(cell);
                }
            }
        } else if (tag == "thead" || tag == "tbody" || tag == "tfoot") {
            if (parent == table_) collect(at);
        }
    }
}

bool HtmlTable::is_layout() const {
    const std::string role = attribute(table_, "role");
    if (role == "presentation" || role == "none") return true;
    const bool one_column =
        std::ranges::all_of(rows_, [](const auto& row) { return row.size() <= 1; });
    const bool has_header = std::ranges::any_of(rows_, [](const auto& row) {
        return std::ranges::any_of(row,
                                   [](const xmlNode* cell) { return local_name(cell) == "th"; });
    });
    if (one_column) return !has_header || rows_.size() <= 1;
    return std::ranges::any_of(
        rows_, [](const auto& row) { return std::ranges::any_of(row, holds_heading); });
}

Result<std::vector<std::vector<std::string>>> HtmlTable::cells(
    const std::function<std::string(const xmlNode*)>& read_cell, const ParseLimits& limits,
    HtmlBudget& budget) const {
    std::vector<std::vector<std::string>> out;
    std::vector<Hanging> hanging;
    for (const auto& row : rows_) {
        std::vector<std::string> line;
        const auto take_hanging = [&] {
            while (line.size() < hanging.size() && hanging[line.size()].rows > 0) {
                if (!budget.spend_cells(1)) {
                    hanging.clear();
                    return;
                }
                Hanging& above = hanging[line.size()];
                --above.rows;
                const bool repeats = above.text.size() <= budget.repeated_bytes;
                if (repeats) budget.repeated_bytes -= above.text.size();
                line.push_back(repeats ? above.text : std::string());
            }
        };
        for (const xmlNode* cell : row) {
            take_hanging();
            std::string text = read_cell(cell);
            std::size_t columns = span(cell, "colspan", kColumnSpanMax);
            const std::size_t rows = span(cell, "rowspan", kRowSpanMax);
            if (!budget.spend_cells(columns - 1)) columns = 1;
            if (line.size() + columns > limits.table_columns_max) {
                return fail(Errc::too_large, "a table has more than table_columns_max columns");
            }
            for (std::size_t c = 0; c < columns; ++c) {
                if (rows > 1) {
                    if (hanging.size() <= line.size()) hanging.resize(line.size() + 1);
                    hanging[line.size()] = {.rows = rows - 1,
                                            .text = c == 0 ? text : std::string()};
                }
                line.push_back(c == 0 ? text : std::string());
            }
        }
        take_hanging();
        const bool has_text =
            std::ranges::any_of(line, [](const auto& cell) { return !cell.empty(); });
        if (has_text) out.push_back(std::move(line));
    }
    return out;
}

}  // namespace ingestor::extract
