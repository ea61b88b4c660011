#pragma once

#include <chrono>
#include <cstddef>
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
    std::string version;          ///< Of the program.
    std::string chunks_key = {};  ///< Where the chunks stand; empty: nowhere that has a key.
    ChunkerSettings chunker = {};
};

/// A document's facts as one JSON object, schema `agent2-ingestor.sidecar/2` (see the design's
/// section "Sidecar"). Facts that a document does not tell are null. The text of the chunks stands
/// in their own output alone.
[[nodiscard]] std::string write_sidecar(const SidecarFacts& facts, const Document& document,
                                        std::size_t chunks);

/// The chunks as JSON Lines. A record loads as it is into LangChain (`Document(**record)`) and
/// LlamaIndex (`TextNode.from_dict(record)`), which read different members of it.
[[nodiscard]] std::string write_chunks(const SidecarFacts& facts, const std::vector<Chunk>& chunks);

}  // namespace ingestor::extract::pipeline
