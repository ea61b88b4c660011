#pragma once

#include <optional>
#include <string>

#include "aws/job_items.hpp"
#include "base/result.hpp"
#include "ports/job_store.hpp"

namespace ingestor::aws {

// What each change of a job makes of its record: the transitions of domain/, and what the table
// keeps beside. Pure; none touches the documents: see as_job().

/// True while the lease holds the job, for holders whose clocks are up to `skew` apart.
[[nodiscard]] bool lease_is_live(const JobRecord& record, TimePoint now,
                                 std::chrono::milliseconds skew);

[[nodiscard]] domain::ClaimDecision claim(JobRecord& record, const domain::ClaimRequest& request,
                                          bool is_live);
/// Errors: conflict (lease lost).
[[nodiscard]] Result<std::monostate> release(JobRecord& record, const domain::Lease& lease,
                                             domain::AttemptEnd end, TimePoint now);

/// How a job ends that an attempt was on.
struct JobEnd {
    domain::JobStatus status = domain::JobStatus::failed;  ///< completed or failed.
    std::optional<std::string> error;
    eventbridge::Event event;  ///< Kept with the job until the bus has it.
};
/// Errors: conflict (lease lost, or no end of an attempt), internal (completed, with documents that
/// are not).
[[nodiscard]] Result<std::monostate> finish(JobRecord& record, const domain::Lease& lease,
                                            JobEnd end, TimePoint now);
/// The event of the job's end, if one is kept, is dropped: publish it before. Errors: conflict.
[[nodiscard]] Result<std::monostate> retry(JobRecord& record, TimePoint now);
/// Errors: conflict (it has ended).
[[nodiscard]] Result<std::monostate> republish(JobRecord& record, TimePoint now);

/// What recording a document adds to the counts of its job.
[[nodiscard]] domain::CountChange count_change(const FileRecord& before, const FileRecord& after,
                                               const JobRecord& record);

}  // namespace ingestor::aws
