#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formats/formats.hpp"

namespace ingestor::extract {

/// A document that was made of chance, and what it says.
struct GeneratedDocument {
    std::string filename;
    std::string bytes;
    /// Each word of its text, shown and hidden alike, as often as it stands there: once, but in a
    /// running head, so that none can stand for another. None is a word of markup.
    std::vector<std::string> words;
};

/// The same seed gives the same document. It holds no text but its words, and has of each format
/// what loses text most easily: hidden parts beside a word without a blank between, spans, nesting,
/// notes, formulas, running heads.
[[nodiscard]] GeneratedDocument generated_document(formats::Format format, std::uint32_t seed);

}  // namespace ingestor::extract
