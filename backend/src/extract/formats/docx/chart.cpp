#include "extract/formats/docx/chart.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "extract/formats/docx/wordml.hpp"
#include "extract/model/cells.hpp"
#include "extract/model/inline_builder.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::docx {
namespace {

/// Points of a series that are shown; a chart with more is a picture of data, not a table.
constexpr std::size_t kPointsMax = 1'000;

model::Cell cell_of(std::string_view text, bool header) {
    model::Cell cell{.header = header};
    model::set_text(cell, model::plain(text));
    return cell;
}

/// Calls `visit` with each element inside the node, in order.
void each_element(const xmlNode* node, auto visit) {
    const xmlNode* at = node == nullptr ? nullptr : node->children;
    while (at != nullptr && at != node) {
        if (at->type == XML_ELEMENT_NODE) visit(at);
        if (at->type == XML_ELEMENT_NODE && at->children != nullptr) {
            at = at->children;
            continue;
        }
        while (at != node && at->next == nullptr) at = at->parent;
        if (at != node) at = at->next;
    }
}

/// The text runs of a title.
std::string title_text(const xmlNode* title) {
    std::string out;
    each_element(title, [&](const xmlNode* at) {
        if (local_name(at) == "t") out += text_of(at);
    });
    return out;
}

/// The cached values below a reference.
std::vector<std::string> values_of(const xmlNode* reference) {
    std::vector<std::string> values;
    each_element(reference, [&](const xmlNode* at) {
        if (local_name(at) == "v" && values.size() < kPointsMax) values.push_back(text_of(at));
    });
    return values;
}

}  // namespace

model::Blocks chart_blocks(const xmlNode* chart_space, std::string& repeated) {
    model::Blocks blocks;
    std::vector<std::string> categories;
    std::vector<std::pair<std::string, std::vector<std::string>>> series;
    each_element(chart_space, [&](const xmlNode* at) {
        const std::string_view name = local_name(at);
        if (name == "title") {
            if (model::Inlines text = model::plain(title_text(at)); !text.empty())
                blocks.push_back({.content = model::Paragraph{.text = std::move(text)}});
        } else if (name == "ser") {
            const std::vector<std::string> names = values_of(child(at, "tx"));
            std::vector<std::string> labels = values_of(child(at, "cat"));
            if (labels == categories) {
                for (const std::string& label : labels) repeated.append(label).append("\n");
            }
            if (labels.size() > categories.size()) categories = std::move(labels);
            series.emplace_back(names.empty() ? "" : names.front(), values_of(child(at, "val")));
        }
    });
    if (series.empty()) return blocks;
    model::Table table;
    std::size_t points = categories.size();
    auto& header = table.rows.emplace_back();
    header.push_back(cell_of({}, true));
    for (const auto& [name, values] : series) {
        header.push_back(cell_of(name, true));
        points = std::max(points, values.size());
    }
    for (std::size_t i = 0; i < points; ++i) {
        auto& row = table.rows.emplace_back();
        row.push_back(cell_of(i < categories.size() ? categories[i] : "", true));
        for (const auto& [name, values] : series) {
            row.push_back(cell_of(i < values.size() ? values[i] : "", false));
            row.back().type = model::CellType::number;
        }
    }
    blocks.push_back({.content = std::move(table)});
    return blocks;
}

}  // namespace ingestor::extract::docx
