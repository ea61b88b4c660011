#pragma once

#include "extract/formats/pdf/page.hpp"

namespace ingestor::extract::pdf {

/// Makes words of letters that are set one by one with wide gaps between them ("W I D E"), which
/// Poppler takes for a word each. Where the page draws blanks, these are the breaks between words;
/// where it draws none, a gap that is wider than its neighbours is one.
void join_spaced_letters(Page& page);

}  // namespace ingestor::extract::pdf
