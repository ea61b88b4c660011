#pragma once

#include "extract/formats/pdf/page.hpp"

namespace ingestor::extract::pdf {

/// Puts initials that are set over several lines before the words that they begin. Poppler gives
/// such a letter to the line that its baseline is on, which is the second or the third.
void join_drop_caps(Page& page);

}  // namespace ingestor::extract::pdf
