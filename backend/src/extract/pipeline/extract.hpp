#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "extract/document.hpp"

namespace ingestor::extract::pipeline {

struct Input {
    std::string_view bytes;
    std::string filename;    ///< A weak hint of the format; goes into the sidecar.
    std::string source_uri;  ///< `s3://bucket/key`.
    /// Absent: those of the format's row in the table of formats.
    std::optional<ParseLimits> limits = {};
};

/// The three outputs of a document (see "Sidecar" in the design), each UTF-8.
struct Output {
    std::string format;  ///< pdf, docx, html, markdown, csv, text.
    std::string content_type;
    std::string sha256;  ///< Of the document: 64 lower-case hexadecimal digits.
    std::string markdown;
    std::string sidecar;
    std::string chunks;
    std::optional<std::uint32_t> pages;
    std::uint64_t words = 0;
    std::vector<std::string> warnings;
};

/// Tells the format by content (the name only decides between kinds of text), parses, renders,
/// chunks. Deterministic but for `processing.duration_ms`.
/// Errors: empty, corrupt, encrypted, too_large, unsupported. Never throws.
[[nodiscard]] Result<Output> extract(const Input& input, const Progress& progress);

/// Loads the tables of the libraries, so that it is done before the sandbox closes.
void warm_up();

}  // namespace ingestor::extract::pipeline
