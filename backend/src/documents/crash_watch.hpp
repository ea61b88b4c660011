#pragma once

#include <cstddef>

namespace ingestor::documents {

/// True where an allocation, of whichever library, has been refused since the last reset. Parsers
/// answer that in many ways: with an exception, an abort, a wild pointer, or by calling the
/// document damaged. Only here is it known what it was. Always false in a build with a sanitizer.
[[nodiscard]] bool allocation_failed();
void reset_allocation_failed();

/// The document's bytes, mapped from a file: a fault within says that the machine could not read
/// it, and ends the process with kExitInputUnreadable.
void watch_mapping(const void* start, std::size_t size_bytes);

/// Where a parser crashes after a refused allocation, the process ends with kExitOutOfMemory;
/// without one, it ends by the signal as ever.
void watch_for_crashes();

}  // namespace ingestor::documents
