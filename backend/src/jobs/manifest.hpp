#pragma once

#include <optional>
#include <string>

#include "domain/job.hpp"
#include "ports/object_store.hpp"

namespace ingestor::jobs {

/// `documents/{job_id}/manifest.json`, schema agent2-ingestor.manifest/1: what became of each
/// document of a job, and where its outputs stand. Only depends on the job, whose documents are
/// done.
[[nodiscard]] ports::NewObject manifest_of(const domain::Job& job);

/// How a job with these documents, which are done, ends.
[[nodiscard]] domain::JobStatus status_at_end(const domain::Job& job);

/// Why a job with these documents failed: how many did, and the first one's reason.
/// nullopt: none failed.
[[nodiscard]] std::optional<std::string> failure_of(const domain::Job& job);

}  // namespace ingestor::jobs
