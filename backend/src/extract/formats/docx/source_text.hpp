#pragma once

#include <string>
#include <string_view>

namespace ingestor::extract::docx {

/// All text of one XML part of an Office package, in its order, from a scan of its bytes that knows
/// neither styles nor structure: what the ledger holds the output against. Deleted and hidden text
/// is in it; a fallback for programs that do not know a drawing is not, since it says the same
/// again.
[[nodiscard]] std::string part_text(std::string_view xml);

}  // namespace ingestor::extract::docx
