#pragma once

#include <string>
#include <string_view>

namespace ingestor::eventbridge::patterns {

/// Puts `text` (UTF-8) into `folded` with the simple case folding of Unicode, one character for
/// one, whatever the language ("CaseFolding.txt", status C and S). Bytes that are no UTF-8 stay.
void fold_case(std::string_view text, std::string& folded);

}  // namespace ingestor::eventbridge::patterns
