#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "extract/document.hpp"
#include "extract/pipeline/chunker.hpp"
#include "extract/pipeline/ledger/ledger.hpp"

namespace ingestor::extract::pipeline {

/// What the sidecar says of a document besides its chunks.
struct SidecarFacts {
    std::string filename;
    std::string source_uri;
    std::string content_type;
    std::uint64_t size_bytes = 0;
    std::string sha256;  ///< 64 lower-case hexadecimal digits.
    std::uint64_t words = 0;
    ledger::Account account;
    std::chrono::milliseconds duration{0};
    std::string version;  ///< Of the program.
    ChunkerSettings chunker;
};

/// The sidecar's JSON and its chunks as JSON Lines, as the design's section "Sidecar" has them.
/// Facts that a document does not tell are null.
struct Sidecar {
    std::string json;
    std::string chunk_lines;
};

[[nodiscard]] Sidecar write_sidecar(const SidecarFacts& facts, const Document& document,
                                    const std::vector<Chunk>& chunks);

}  // namespace ingestor::extract::pipeline
