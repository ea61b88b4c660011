#pragma once

#include <string_view>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"

namespace ingestor {

/// A file that holds the bytes and lives in memory, as long as a descriptor of it is open. It is
/// sealed: nobody can change it (memfd_create(2)).
/// Errors: unavailable.
[[nodiscard]] Result<FileDescriptor> memory_file(std::string_view bytes);

/// Whether it is a file in memory that nobody can change any more.
[[nodiscard]] bool is_sealed(const FileDescriptor& file);

}  // namespace ingestor
