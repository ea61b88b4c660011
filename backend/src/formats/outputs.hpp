#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

/// The one table of what is made of a document. The command line, the API, the stores and the
/// helper's protocol take kinds, names and media types from it.
namespace ingestor::formats {

enum class OutputKind : std::uint8_t { markdown, sidecar, chunks, html, text, docling };

struct OutputRow {
    OutputKind kind;
    std::string_view name;          ///< Of `--format`, and in paths of the API.
    std::string_view content_type;  ///< With its charset, where it is text.
    std::string_view extension;     ///< With its dot.
    /// One JSON object.
    bool is_json = false;
    /// Made of every document of a job and kept with it; the others are made on demand by
    /// `extract`.
    bool stored = false;

    /// The content type without parameters.
    [[nodiscard]] std::string_view media_type() const {
        return content_type.substr(0, content_type.find(';'));
    }
};

[[nodiscard]] std::span<const OutputRow> outputs();
[[nodiscard]] const OutputRow& row_of(OutputKind kind);
/// The kinds that are kept with a job.
[[nodiscard]] std::vector<OutputKind> stored_outputs();

}  // namespace ingestor::formats
