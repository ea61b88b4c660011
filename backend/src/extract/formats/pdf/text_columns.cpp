#include "extract/formats/pdf/text_columns.hpp"

#include <algorithm>

namespace ingestor::extract::pdf {
namespace {

constexpr double kNarrowest = 3;  // White too narrow to be seen is none.

}  // namespace

void TextColumns::add(double left, double right) {
    edges_.emplace_back(left, 1);
    edges_.emplace_back(right, -1);
}

std::vector<TextColumn> TextColumns::find(std::size_t lines) {
    std::sort(edges_.begin(), edges_.end());
    const int tolerated = lines >= 4 ? std::max(1, static_cast<int>(lines / 10)) : 0;
    std::vector<TextColumn> columns;
    int open = 0;
    for (const auto& [at, change] : edges_) {
        const bool was_white = open <= tolerated;
        open += change;
        const bool is_white = open <= tolerated;
        if (was_white && !is_white) {
            if (columns.empty() || at - columns.back().right > kNarrowest)
                columns.push_back({at, at});
        } else if (!was_white && is_white) {
            columns.back().right = at;
        }
    }
    return columns;
}

}  // namespace ingestor::extract::pdf
