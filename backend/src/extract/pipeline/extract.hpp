#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "extract/document.hpp"
#include "formats/extraction.hpp"

namespace ingestor::extract::pipeline {

struct Input {
    std::string_view bytes;
    std::string filename;    ///< A weak hint of the format; goes into the sidecar.
    std::string source_uri;  ///< `s3://bucket/key`.
    /// What is to be made of it, and nothing else.
    std::vector<formats::OutputKind> outputs;
    std::string chunks_key = {};  ///< Where the chunks will stand, for the sidecar; may be empty.
    /// Absent: those of the format's row in the table of formats.
    std::optional<ParseLimits> limits = {};
};

/// Tells the format by content (the name only decides between kinds of text), parses, and renders
/// what is asked for. Deterministic but for `processing.duration_ms`.
/// Errors: empty, corrupt, encrypted, too_large, unsupported. Never throws.
[[nodiscard]] Result<formats::Extraction> extract(const Input& input, const Progress& progress);

/// Loads the tables of the libraries, so that it is done before the sandbox closes.
void warm_up();

}  // namespace ingestor::extract::pipeline
