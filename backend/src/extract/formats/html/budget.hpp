#pragma once

#include <cstddef>

namespace ingestor::extract::html {

/// What a page may make more of than it holds: short marks that stand for much. Beyond it they are
/// taken for what they are, and no text is lost.
struct HtmlBudget {
    std::size_t span_cells = 200'000;               ///< Cells that spans reach over.
    std::size_t link_bytes = std::size_t{4} << 20;  ///< Of addresses, once for each piece of
                                                    ///< text that they are put around.
    bool spans_cut = false;
    bool links_cut = false;

    /// False where the cell may not span; takes it off the budget otherwise.
    bool spend_cells(std::size_t cells) {
        if (cells > span_cells) {
            spans_cut = true;
            return false;
        }
        span_cells -= cells;
        return true;
    }
};

}  // namespace ingestor::extract::html
