#pragma once

#include <cstdint>
#include <vector>

#include "documents/messages.hpp"
#include "ports/document_extractor.hpp"

namespace ingestor::documents {

/// A memory file of exactly `size_bytes`, sealed: the helper that writes into it can neither make
/// it larger nor smaller. It takes memory only where it has been written. Errors: unavailable.
[[nodiscard]] Result<FileDescriptor> make_output_file(std::uint64_t size_bytes);

[[nodiscard]] std::uint64_t total_bytes(const Done& done);

/// True where the outputs are those that were asked for and lie within a file of `size_bytes`,
/// whatever numbers the helper made up.
[[nodiscard]] bool fits(const Done& done, const std::vector<formats::OutputKind>& wanted,
                        std::uint64_t size_bytes);

/// Copies the outputs out of the file and checks the copy, which the helper cannot change any more:
/// all text is UTF-8, and what is JSON looks like an object. Blocks for as long as copying takes.
/// Errors: internal.
[[nodiscard]] Result<ports::Extraction> read_outputs(int output, Done done);

}  // namespace ingestor::documents
