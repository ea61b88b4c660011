#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/outputs.hpp"

namespace ingestor::formats {

/// One thing made of a document.
struct Output {
    OutputKind kind = OutputKind::markdown;
    std::string bytes = {};  ///< UTF-8.

    [[nodiscard]] std::string_view content_type() const { return row_of(kind).content_type; }
};

/// What an extraction gives: facts of the document, and the outputs that were asked for.
struct Extraction {
    std::string format = {};           ///< The name of a row of the table of formats.
    std::string content_type = {};     ///< By content, e.g. application/pdf.
    std::string sha256 = {};           ///< Of the document: 64 lower-case hexadecimal digits.
    std::vector<Output> outputs = {};  ///< In the order they were asked for.
    std::optional<std::uint32_t> pages = {};
    std::uint64_t words = 0;
    std::vector<std::string> warnings = {};

    /// The bytes of an output; empty where it was not asked for.
    [[nodiscard]] std::string_view of(OutputKind kind) const {
        for (const Output& output : outputs) {
            if (output.kind == kind) return output.bytes;
        }
        return {};
    }
};

}  // namespace ingestor::formats
