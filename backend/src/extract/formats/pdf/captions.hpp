#pragma once

#include <string_view>

namespace ingestor::extract::pdf {

/// Whether the text begins as a numbered caption does: "Figure 4.6.", "Tab. 3:", "Abbildung 2 ".
/// Captions stand apart and are often bold, but they head nothing.
[[nodiscard]] bool is_caption(std::u32string_view text);

}  // namespace ingestor::extract::pdf
