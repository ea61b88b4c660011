#pragma once

#include <string_view>

#include "base/result.hpp"
#include "formats/formats.hpp"

namespace ingestor::extract::pipeline {

using formats::Format;

/// Tells a format by its content. The name decides only between kinds of text, which content
/// cannot tell apart for sure.
/// Errors: empty; corrupt (a package that is cut off); encrypted (a protected Office document);
/// unsupported, naming the format found and the formats that are read.
[[nodiscard]] Result<Format> detect(std::string_view bytes, std::string_view filename);

}  // namespace ingestor::extract::pipeline
