#pragma once

namespace ingestor::documents {

/// True where an allocation, of whichever library, has been refused since the last reset. Parsers
/// answer that in many ways: with an exception, an abort, a wild pointer, or by calling the
/// document damaged. Only here is it known what it was. Always false in a build with a sanitizer.
[[nodiscard]] bool allocation_failed();
void reset_allocation_failed();

/// Where a parser crashes after a refused allocation, the process ends with kExitOutOfMemory;
/// without one, it ends by the signal as ever.
void watch_for_crashes();

}  // namespace ingestor::documents
