#pragma once

#include "extract/formats/pdf/page.hpp"

namespace ingestor::extract::pdf {

/// True where pictures fill the page and its text is no more than a stamp, a running head or a
/// page's number: most likely a scan, whose own text cannot be read without OCR.
[[nodiscard]] bool is_scan_with_stamp(const Page& page);

}  // namespace ingestor::extract::pdf
