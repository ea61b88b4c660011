#pragma once

#include <string>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"

namespace ingestor::aws {

/// A file without a name, gone when it is closed: in `directory`, or in memory where that cannot be
/// written. Errors: unavailable.
[[nodiscard]] Result<FileDescriptor> open_scratch_file(const std::string& directory);

}  // namespace ingestor::aws
