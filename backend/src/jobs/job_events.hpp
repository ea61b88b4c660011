#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "domain/job.hpp"
#include "domain/names.hpp"
#include "eventbridge/event.hpp"

namespace ingestor {

/// `detail.files` of an event takes at most so many bytes, so that an event of a job of a thousand
/// files stays well below what a bus takes. Where it is cut, `files_truncated` is true; the handler
/// reads the job itself.
inline constexpr std::size_t kEventFilesBytesMax = std::size_t{192} << 10;

/// "Document Processing Required": detail has job_id, user_id, job_name, files_count and files.
[[nodiscard]] Event processing_required(const Job& job, const Names& names, TimePoint now);

/// "Document Processing Completed" or "… Failed", for further stages: detail has job_id, user_id,
/// job_name, status, total_documents, error (of a failed job) and
/// manifest_key.
[[nodiscard]] Event processing_ended(const Job& job, JobStatus status,
                                     const std::optional<std::string>& error, const Names& names,
                                     TimePoint now);

/// Errors: invalid_argument (the detail names no job).
[[nodiscard]] Result<JobId> job_of(const Event& event);

}  // namespace ingestor
