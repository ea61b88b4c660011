#pragma once

#include <cstdint>

namespace ingestor::cli {

/// Raises how many descriptors this process may have open to the most that it is allowed
/// (RLIMIT_NOFILE), and returns that. The soft limit is low for the sake of programs that use
/// select(2), which this one is not.
std::uint64_t raise_descriptor_limit();

/// How many connections `descriptors` are enough for, beside the stores and `helpers`: each may
/// have an object open as well.
[[nodiscard]] std::uint64_t connections_for(std::uint64_t descriptors, std::uint64_t helpers);

}  // namespace ingestor::cli
