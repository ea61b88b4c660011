#pragma once

#include <string_view>

#include "base/result.hpp"
#include "extract/document.hpp"

namespace ingestor::extract::csv {

/// Reads delimited text (RFC 4180 and its looser kin) of any encoding as one table: the delimiter
/// (comma, semicolon, tab, bar) is the one that parts the records most evenly; rows may be ragged;
/// a quote that never closes is a plain character.
/// Errors: empty, too_large, unsupported (not text).
[[nodiscard]] Result<Document> parse_csv(std::string_view bytes, const ParseLimits& limits);

}  // namespace ingestor::extract::csv
