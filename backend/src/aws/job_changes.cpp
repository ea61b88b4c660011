#include "aws/job_changes.hpp"

#include <utility>

#include <fmt/format.h>

namespace ingestor::aws {

namespace {

constexpr std::string_view kCutShort = "the service stopped during this attempt";

std::unexpected<Error> refuse(const Job& job, std::string_view what) {
    return fail(Errc::conflict, fmt::format("job {} is {} and cannot be {}", job.job_id.value(),
                                            to_string(job.status), what));
}

/// Ends the attempt that is under way, if any.
void end_attempt(Job& job, TimePoint now, std::optional<std::string> error, bool interrupted) {
    if (job.attempts.empty() || job.attempts.back().ended_at) return;
    auto& attempt = job.attempts.back();
    attempt.ended_at = now;
    attempt.error = std::move(error);
    attempt.interrupted = interrupted;
}

void drop_lease(JobRecord& record) {
    record.lease_owner.clear();
    record.lease_until = TimePoint{};
}

void end_job(JobRecord& record, JobStatus status, std::optional<std::string> error, TimePoint now) {
    auto& job = record.job;
    job.status = status;
    job.error = std::move(error);
    job.finished_at = now;
    job.updated_at = now;
    drop_lease(record);
}

}  // namespace

bool lease_is_live(const JobRecord& record, TimePoint now, std::chrono::milliseconds skew) {
    return record.job.status == JobStatus::processing && record.lease_until + skew > now;
}

Result<std::monostate> check_held(const JobRecord& record, const Lease& lease) {
    if (record.job.status != JobStatus::processing || record.fence != lease.fence ||
        record.lease_owner != lease.owner) {
        return fail(Errc::conflict,
                    fmt::format("the lease on job {} is lost", lease.job_id.value()));
    }
    return std::monostate{};
}

bool start_attempt(JobRecord& record, const ClaimRequest& request) {
    auto& job = record.job;
    const bool takes_over = job.status == JobStatus::processing;
    const int interrupted = record.interrupted_attempts + (takes_over ? 1 : 0);
    if (record.failed_attempts >= kFailedAttemptsMax || interrupted >= kInterruptedAttemptsMax) {
        return false;
    }
    end_attempt(job, request.now, std::string(kCutShort), true);
    record.interrupted_attempts = interrupted;
    ++job.attempts_count;
    auto& attempt = job.attempts.emplace_back();
    attempt.number = static_cast<int>(job.attempts_count);
    attempt.started_at = request.now;
    job.status = JobStatus::processing;
    if (!job.started_at) job.started_at = request.now;
    job.updated_at = request.now;
    record.lease_owner = request.owner;
    record.lease_until = request.lease_until;
    ++record.fence;
    return true;
}

void release(JobRecord& record, const AttemptEnd& end, TimePoint now) {
    if (end.counts_as_failed()) ++record.failed_attempts;
    if (end.interrupted) ++record.interrupted_attempts;
    end_attempt(record.job, now, end.error, end.interrupted);
    record.job.status = JobStatus::queued;
    record.job.updated_at = now;
    // Whoever releases a job has had an event of it, which comes again, or publishes a further one.
    record.published_at = now;
    drop_lease(record);
}

Result<std::monostate> finish(JobRecord& record, JobEnd end, TimePoint now) {
    auto& job = record.job;
    const bool succeeded = end.status == JobStatus::completed;
    const auto next = next_status(job.status, succeeded ? JobEvent::succeeded : JobEvent::failed);
    if (next != end.status) return refuse(job, to_string(end.status));
    if (succeeded && record.documents_completed != job.total_documents) {
        return fail(Errc::internal,
                    fmt::format("job {} has documents that are not completed", job.job_id.value()));
    }
    job.documents_processed = job.total_documents;
    end_attempt(job, now, end.error, false);
    end_job(record, end.status, std::move(end.error), now);
    record.outbox = std::move(end.event);
    return std::monostate{};
}

Result<std::monostate> fail_exhausted(JobRecord& record, JobEnd end, TimePoint now) {
    auto& job = record.job;
    const auto next = next_status(job.status, JobEvent::failed);
    if (!next) return refuse(job, "failed");
    job.documents_processed = job.total_documents;
    end_attempt(job, now, std::string(kCutShort), true);
    end_job(record, *next, std::move(end.error), now);
    record.outbox = std::move(end.event);
    return std::monostate{};
}

Result<std::monostate> cancel(JobRecord& record, TimePoint now) {
    auto& job = record.job;
    const auto next = next_status(job.status, JobEvent::cancel_requested);
    if (!next) return refuse(job, "cancelled");
    end_attempt(job, now, "cancelled by the user", false);
    end_job(record, *next, std::nullopt, now);
    return std::monostate{};
}

Result<std::monostate> retry(JobRecord& record, TimePoint now) {
    auto& job = record.job;
    const auto next = next_status(job.status, JobEvent::retry_requested);
    if (!next) return refuse(job, "retried");
    job.status = *next;
    job.documents_processed = record.documents_completed;
    job.error.reset();
    job.started_at.reset();
    job.finished_at.reset();
    job.updated_at = now;
    record.failed_attempts = 0;
    record.interrupted_attempts = 0;
    record.retry_fence = record.fence;
    record.outbox.reset();
    record.published_at = now;
    return std::monostate{};
}

Result<std::monostate> redrive(JobRecord& record, TimePoint now) {
    if (is_terminal(record.job.status)) return refuse(record.job, "published again");
    record.published_at = now;
    return std::monostate{};
}

CountChange count_change(const FileRecord& before, const FileRecord& after,
                         const JobRecord& record) {
    const auto completed = [](const FileRecord& file) {
        return file.file.status == FileStatus::completed ? 1 : 0;
    };
    const auto done = [&](const FileRecord& file) { return is_done(file, record) ? 1 : 0; };
    return {.processed = done(after) - done(before),
            .completed = completed(after) - completed(before)};
}

}  // namespace ingestor::aws
