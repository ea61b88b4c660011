#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "domain/job.hpp"
#include "domain/names.hpp"
#include "eventbridge/event.hpp"

namespace ingestor::jobs {

/// `detail.files` of an event takes at most so many bytes, so that an event of a job of a thousand
/// files stays well below what a bus takes. Where it is cut, `files_truncated` is true; the handler
/// reads the job itself.
inline constexpr std::size_t kEventFilesBytesMax = std::size_t{192} << 10;

/// "Document Processing Required": detail has job_id, user_id, job_name, files_count and files.
[[nodiscard]] eventbridge::Event processing_required(const domain::Job& job,
                                                     const domain::Names& names, TimePoint now);

/// "Document Processing Completed" or "… Failed", for further stages: detail has job_id, user_id,
/// job_name, status, total_documents, error (of a failed job) and
/// manifest_key.
[[nodiscard]] eventbridge::Event processing_ended(const domain::Job& job, domain::JobStatus status,
                                                  const std::optional<std::string>& error,
                                                  const domain::Names& names, TimePoint now);

/// Errors: invalid_argument (the detail names no job).
[[nodiscard]] Result<domain::JobId> job_of(const eventbridge::Event& event);

}  // namespace ingestor::jobs
