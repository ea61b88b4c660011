#pragma once

#include <optional>
#include <string>

#include "domain/job.hpp"

namespace ingestor::jobs {

/// `documents/{job_id}/manifest.json`, schema agent2-ingestor.manifest/1: what became of each
/// document of a job, and where its outputs stand. Only depends on the job.
[[nodiscard]] std::string manifest_of(const domain::Job& job, domain::JobStatus status);

/// Why a job with these documents failed: how many did, and the first one's reason.
/// nullopt: none failed.
[[nodiscard]] std::optional<std::string> failure_of(const domain::Job& job);

}  // namespace ingestor::jobs
