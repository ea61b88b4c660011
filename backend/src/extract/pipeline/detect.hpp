#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ingestor::extract::pipeline {

/// The formats that are read.
enum class Format { pdf, docx, html, markdown, csv, text };

/// As in `Output::format`.
[[nodiscard]] std::string_view to_string(Format format);
/// The media type to answer with.
[[nodiscard]] std::string_view content_type(Format format);

/// Tells a format by its content. The name decides only between kinds of text, which content
/// cannot tell apart for sure.
/// Errors: empty; corrupt (a package that is cut off); encrypted (a protected Office document);
/// unsupported, naming the format found and the formats that are read.
[[nodiscard]] Result<Format> detect(std::string_view bytes, std::string_view filename);

}  // namespace ingestor::extract::pipeline
