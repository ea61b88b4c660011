#pragma once

#include <cstdint>
#include <string>

#include "ports/document_extractor.hpp"

namespace ingestor::documents {

/// Why the server ended a helper; `none`: it ended by itself.
enum class KillCause {
    none,
    recycled,      ///< It has grown, or worked on many documents.
    user_changed,  ///< Another user's document is next.
    cancelled,
    wall_time,       ///< The document took its time and did nothing with it.
    processor_time,  ///< The document used up its processor time.
    held_up,         ///< The machine did not let the helper work.
    protocol,
    stopping,
    slow_start,
};

/// How a helper ended, as wait(2) tells it.
struct ProcessEnd {
    int status = 0;                         ///< As from waitpid().
    std::uint64_t resident_bytes_peak = 0;  ///< The most that was ever in memory.
};

/// `exit 71`, `signal 11 (Segmentation fault)`.
[[nodiscard]] std::string describe(const ProcessEnd& end);

/// What the end of a helper means for the document that it was at work on.
[[nodiscard]] ports::ExtractionError classify_exit(const ProcessEnd& end, KillCause cause,
                                                   const ports::ExtractionLimits& limits);

/// A label for the counter of restarts.
[[nodiscard]] std::string restart_reason(const ProcessEnd& end, KillCause cause);

}  // namespace ingestor::documents
