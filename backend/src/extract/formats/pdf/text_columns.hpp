#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace ingestor::extract::pdf {

/// Where a column of texts begins and ends along x.
struct TextColumn {
    double left = 0, right = 0;
};

/// Finds the columns of lines of text by the white between them, where hardly any line has text.
class TextColumns {
public:
    /// A text of some line.
    void add(double left, double right);
    void clear() { edges_.clear(); }
    /// The columns of all texts, which stand on so many lines; between two of them are more than
    /// three points of white. A tenth of the lines may have text in it, and one of four or more.
    [[nodiscard]] std::vector<TextColumn> find(std::size_t lines);

private:
    std::vector<std::pair<double, int>> edges_;  // A text begins (1) or ends (-1).
};

}  // namespace ingestor::extract::pdf
