#include "aws/job_changes.hpp"

#include <utility>

namespace ingestor::aws {

bool lease_is_live(const JobRecord& record, TimePoint now, std::chrono::milliseconds skew) {
    return record.job.status == domain::JobStatus::processing && record.lease_until + skew > now;
}

domain::ClaimDecision claim(JobRecord& record, const domain::ClaimRequest& request, bool is_live) {
    const auto decision = ingestor::domain::claim(record, request, is_live);
    if (decision == domain::ClaimDecision::claimed) record.lease_until = request.lease_until;
    return decision;
}

Result<std::monostate> release(JobRecord& record, const domain::Lease& lease,
                               domain::AttemptEnd end, TimePoint now) {
    auto released = ingestor::domain::release(record, lease, std::move(end), now);
    // Whoever releases a job has had an event of it, which comes again, or publishes a further one.
    if (released) record.published_at = now;
    return released;
}

Result<std::monostate> finish(JobRecord& record, const domain::Lease& lease, JobEnd end,
                              TimePoint now) {
    auto finished = ingestor::domain::finish(record, lease, end.status, std::move(end.error), now);
    if (finished) record.outbox = std::move(end.event);
    return finished;
}

Result<std::monostate> retry(JobRecord& record, TimePoint now) {
    auto retried = ingestor::domain::retry(record, now);
    if (!retried) return retried;
    record.retry_fence = record.fence;
    record.outbox.reset();
    record.published_at = now;
    return retried;
}

Result<std::monostate> republish(JobRecord& record, TimePoint now) {
    auto republished = ingestor::domain::republish(record, now);
    if (republished) record.published_at = now;
    return republished;
}

domain::CountChange count_change(const FileRecord& before, const FileRecord& after,
                                 const JobRecord& record) {
    const auto counted = [&record](const FileRecord& file) {
        return is_done(file, record) ? file.file.status : domain::FileStatus::queued;
    };
    return ingestor::domain::count_change(counted(before), counted(after));
}

}  // namespace ingestor::aws
