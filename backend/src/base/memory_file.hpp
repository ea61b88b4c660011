#pragma once

#include <string_view>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"

namespace ingestor {

/// A file that holds the bytes and lives in memory, as long as a descriptor of it is open.
/// Errors: unavailable.
[[nodiscard]] Result<FileDescriptor> memory_file(std::string_view bytes);

}  // namespace ingestor
