#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"

namespace ingestor::cli {

/// A document that `extract` is to read.
struct ExtractInput {
    std::filesystem::path path;  ///< Its bytes are the system's, in whatever encoding; "-": stdin.
    /// Where its output goes below the directory of outputs, without the extension of the format.
    std::filesystem::path output;
};

struct ExtractInputs {
    std::vector<ExtractInput> documents;  ///< In the order named, a folder's by their names.
    std::vector<Error> unreadable;        ///< Folders that could not be read to the end.
};

/// What the arguments name: files, "-", and for a folder every file in it and below, but hidden
/// ones, links to folders, and `output_directory`.
[[nodiscard]] ExtractInputs expand_inputs(const std::vector<std::string>& arguments,
                                          const std::filesystem::path& output_directory);

/// A document that can be mapped into memory.
struct OpenDocument {
    FileDescriptor file;
    std::uint64_t size_bytes = 0;
};

/// Opens a file; what comes through a pipe, stdin among them, is read to its end first.
/// Errors: invalid_argument (it cannot be read), too_large (more than `bytes_max` in a pipe).
[[nodiscard]] Result<OpenDocument> open_document(const std::filesystem::path& path,
                                                 std::uint64_t bytes_max);

}  // namespace ingestor::cli
