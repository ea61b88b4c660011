#pragma once

#include <optional>
#include <string>

#include "aws/job_items.hpp"
#include "base/result.hpp"
#include "ports/job_store.hpp"

namespace ingestor::aws {

// What each change of a job makes of its record. Pure; none touches the documents: see as_job().

/// True while the lease holds the job, for holders whose clocks are up to `skew` apart.
[[nodiscard]] bool lease_is_live(const JobRecord& record, TimePoint now,
                                 std::chrono::milliseconds skew);
/// Errors: conflict (the lease is not the job's current one).
[[nodiscard]] Result<std::monostate> check_held(const JobRecord& record, const Lease& lease);

/// False: no attempt may take up the job any more; nothing is changed. `record` is queued, or
/// processing with a lease that ran out.
[[nodiscard]] bool start_attempt(JobRecord& record, const ClaimRequest& request);
void release(JobRecord& record, const AttemptEnd& end, TimePoint now);

/// How a job ends that an attempt was on.
struct JobEnd {
    JobStatus status = JobStatus::failed;  ///< completed or failed.
    std::optional<std::string> error;
    Event event;  ///< Kept with the job until the bus has it.
};
/// Errors: conflict (the job is in no state for it), internal (completed, with documents that are
/// not).
[[nodiscard]] Result<std::monostate> finish(JobRecord& record, JobEnd end, TimePoint now);
/// Errors: conflict.
[[nodiscard]] Result<std::monostate> fail_exhausted(JobRecord& record, JobEnd end, TimePoint now);
/// Errors: conflict.
[[nodiscard]] Result<std::monostate> cancel(JobRecord& record, TimePoint now);
/// The event of the job's end, if one is kept, is dropped: publish it before. Errors: conflict.
[[nodiscard]] Result<std::monostate> retry(JobRecord& record, TimePoint now);
/// Errors: conflict (it has ended).
[[nodiscard]] Result<std::monostate> redrive(JobRecord& record, TimePoint now);

/// What recording a document adds to the counts of its job.
struct CountChange {
    int processed = 0;
    int completed = 0;
};
[[nodiscard]] CountChange count_change(const FileRecord& before, const FileRecord& after,
                                       const JobRecord& record);

}  // namespace ingestor::aws
