#pragma once

#include "extract/formats/html/part_features.hpp"

namespace ingestor::extract::html {

/// The log-odds that a part stands around the text of its page, by rules that were learned from
/// pages (docs/adr/0042-parts-of-pages-by-rules-that-were-learned.md): 0 is even, 1 is 73 in 100.
[[nodiscard]] float boilerplate_log_odds(const PartFeatures& features);

}  // namespace ingestor::extract::html
