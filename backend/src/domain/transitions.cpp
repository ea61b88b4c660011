#include "domain/transitions.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace ingestor::domain {

namespace {

constexpr std::string_view kInterrupted = "the service stopped during this attempt";

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

void start_attempt(Job& job, TimePoint now) {
    auto& attempt = job.attempts.emplace_back();
    attempt.number = static_cast<int>(++job.attempts_count);
    attempt.started_at = now;
    if (job.attempts.size() > kAttemptsKeptMax) job.attempts.erase(job.attempts.begin());
}

void stop_waiting(Job& job) {
    job.waiting_reason.reset();
    job.next_attempt_at.reset();
}

void drop_lease(JobRecord& record) {
    record.lease_owner.clear();
    record.job.at_work.clear();
}

void suspect(Job& job, const std::vector<std::uint32_t>& documents) {
    for (const auto index : documents) ++job.suspects[index];
}

void end_job(JobRecord& record, JobStatus status, std::optional<std::string> error, TimePoint now) {
    auto& job = record.job;
    job.status = status;
    job.error = std::move(error);
    job.finished_at = now;
    job.updated_at = now;
    job.waits = 0;
    job.suspects.clear();
    stop_waiting(job);
    drop_lease(record);
}

}  // namespace

bool is_done(FileStatus status) {
    return status == FileStatus::completed || status == FileStatus::failed;
}

Result<std::monostate> check_same_upload(const JobFile& file, const ETag& found) {
    if (!file.upload_etag || *file.upload_etag == found) return std::monostate{};
    return fail(Errc::conflict,
                fmt::format("the upload of {} was replaced after it had been submitted: submit it "
                            "again",
                            file.filename));
}

void requeue(JobFile& file) {
    if (is_done(file.status)) return;
    file.status = FileStatus::queued;
    file.error.reset();
    file.pages_done = 0;
}

void fail_open(JobFile& file, const std::string& error) {
    if (is_done(file.status)) return;
    file.status = FileStatus::failed;
    file.error = FileError{std::string(to_string(Errc::unavailable)), error};
}

void cancel_open(JobFile& file) {
    if (!is_done(file.status)) file.status = FileStatus::cancelled;
}

std::chrono::milliseconds wait_before_attempt(std::uint32_t waits) {
    auto wait = kFirstWait;
    for (std::uint32_t n = 1; n < waits && wait < kWaitMax; ++n) wait *= 2;
    return std::min(wait, kWaitMax);
}

bool is_due(const std::optional<TimePoint>& next_attempt_at, TimePoint now) {
    return !next_attempt_at || *next_attempt_at <= now || *next_attempt_at > now + kWaitMax;
}

ClaimDecision claim(JobRecord& record, const ClaimRequest& request, bool lease_is_live) {
    auto& job = record.job;
    const auto next = next_status(job.status, JobEvent::claimed);
    if (!next) return ClaimDecision::ended;
    const bool takes_over = job.status == JobStatus::processing;
    if (takes_over && lease_is_live) return ClaimDecision::held;
    if (!is_due(job.next_attempt_at, request.now)) return ClaimDecision::not_due;

    // A process that takes over from itself has lost a lease, but nobody died.
    if (takes_over && record.lease_owner != request.owner) suspect(job, job.at_work);
    job.at_work.clear();
    end_attempt(job, request.now, std::string(kInterrupted), true);
    start_attempt(job, request.now);
    for (auto& file : job.files) requeue(file);
    job.status = *next;
    if (!job.started_at) job.started_at = request.now;
    job.updated_at = request.now;
    stop_waiting(job);
    record.lease_owner = request.owner;
    ++record.fence;
    return ClaimDecision::claimed;
}

Result<std::monostate> check_held(const JobRecord& record, const Lease& lease) {
    if (record.job.status != JobStatus::processing || record.fence != lease.fence ||
        record.lease_owner != lease.owner) {
        return fail(Errc::conflict,
                    fmt::format("the lease on job {} is lost", lease.job_id.value()));
    }
    return std::monostate{};
}

CountChange count_change(FileStatus before, FileStatus after) {
    const auto one_if = [](bool holds) { return holds ? 1 : 0; };
    return {.processed = one_if(is_done(after)) - one_if(is_done(before)),
            .completed =
                one_if(after == FileStatus::completed) - one_if(before == FileStatus::completed)};
}

Result<std::monostate> record_file(JobRecord& record, const Lease& lease, JobFile& kept,
                                   JobFile file, TimePoint now) {
    if (auto held = check_held(record, lease); !held) return held;
    const auto change = count_change(kept.status, file.status);
    file.file_key = kept.file_key;
    file.filename = kept.filename;
    file.upload_etag = kept.upload_etag;
    kept = std::move(file);
    auto& job = record.job;
    job.documents_processed += static_cast<std::uint32_t>(change.processed);
    record.documents_completed += static_cast<std::uint32_t>(change.completed);
    job.updated_at = now;
    return std::monostate{};
}

Result<std::monostate> finish(JobRecord& record, const Lease& lease, JobStatus status,
                              std::optional<std::string> error, TimePoint now) {
    if (auto held = check_held(record, lease); !held) return held;
    auto& job = record.job;
    const bool succeeded = status == JobStatus::completed;
    const auto next = next_status(job.status, succeeded ? JobEvent::succeeded : JobEvent::failed);
    if (next != status) return refuse(job, to_string(status));
    if (succeeded && record.documents_completed != job.total_documents) {
        return fail(Errc::internal,
                    fmt::format("job {} has documents that are not completed", job.job_id.value()));
    }
    for (auto& file : job.files) fail_open(file, error.value_or("the job failed"));
    job.documents_processed = job.total_documents;
    end_attempt(job, now, error, false);
    end_job(record, status, std::move(error), now);
    return std::monostate{};
}

Result<std::monostate> release(JobRecord& record, const Lease& lease, AttemptEnd end,
                               TimePoint now) {
    if (auto held = check_held(record, lease); !held) return held;
    auto& job = record.job;
    const auto next = next_status(job.status, JobEvent::released);
    if (!next) return refuse(job, "released");
    for (auto& file : job.files) requeue(file);
    suspect(job, end.suspects);
    job.waits = end.waits;
    job.next_attempt_at = end.next_attempt_at;
    if (end.next_attempt_at) job.waiting_reason = end.error;
    end_attempt(job, now, std::move(end.error), end.interrupted);
    job.status = *next;
    job.updated_at = now;
    drop_lease(record);
    return std::monostate{};
}

Result<std::monostate> cancel(JobRecord& record, TimePoint now) {
    auto& job = record.job;
    const auto next = next_status(job.status, JobEvent::cancel_requested);
    if (!next) return refuse(job, "cancelled");
    for (auto& file : job.files) cancel_open(file);
    end_attempt(job, now, "cancelled by the user", false);
    end_job(record, *next, std::nullopt, now);
    return std::monostate{};
}

Result<std::monostate> retry(JobRecord& record, TimePoint now) {
    auto& job = record.job;
    const auto next = next_status(job.status, JobEvent::retry_requested);
    if (!next) return refuse(job, "retried");
    for (auto& file : job.files) {
        if (file.status == FileStatus::failed) file.status = FileStatus::queued;
        requeue(file);
    }
    job.status = *next;
    job.documents_processed = record.documents_completed;
    job.error.reset();
    job.started_at.reset();
    job.finished_at.reset();
    job.updated_at = now;
    return std::monostate{};
}

Result<std::monostate> republish(JobRecord& record, TimePoint now) {
    auto& job = record.job;
    if (is_terminal(job.status)) return refuse(job, "published again");
    job.next_attempt_at.reset();
    job.updated_at = now;
    return std::monostate{};
}

}  // namespace ingestor::domain
