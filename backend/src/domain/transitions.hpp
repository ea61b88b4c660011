#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "domain/job.hpp"

namespace ingestor::domain {

// Every change of a job, as a function of what is stored and what is asked for: no I/O, no clock.
// The stores load a record, call one of these and write what it changed, all or nothing; so the
// rules stand once, here.

/// Proof of holding a job's lease. A later claim has a greater fence, and ends all that an earlier
/// holder may still try: every write is refused as `conflict` for a fence that is not the job's
/// current one.
struct Lease {
    JobId job_id;
    std::string owner;  ///< Names the process (a new name at each start).
    std::int64_t fence = 0;
};

/// A job with what decides who may change it.
struct JobRecord {
    /// A store may leave out documents that are completed: no change touches them. One that works
    /// out the states of documents when it reads them (by requeue(), fail_open() and cancel_open())
    /// leaves out all.
    Job job;
    std::uint32_t documents_completed = 0;
    std::int64_t fence = 0;
    std::string lease_owner;  ///< Empty: no attempt is on it.
};

struct ClaimRequest {
    JobId job_id;
    std::string owner;
    TimePoint now;
    TimePoint lease_until;
};

/// How an attempt ends that does not end its job.
struct AttemptEnd {
    /// Why; nullopt: it did its share in the time that it had, and the next one goes on.
    std::optional<std::string> error;
    /// The service stopped.
    bool interrupted = false;
    /// Trouble of the service ended it: the job waits, with `error` as the reason, and no attempt
    /// is made before this.
    std::optional<TimePoint> next_attempt_at = {};
    /// How many waits in a row that makes; see wait_before_attempt().
    std::uint32_t waits = 0;
    /// Documents whose work ended in a fault of ours: as if the service had died of them.
    std::vector<std::uint32_t> suspects = {};
};

/// True for completed and failed.
[[nodiscard]] bool is_done(FileStatus status);

/// A link to upload with lives on after the submit; what is stored through it then is no document
/// of the job. Errors: conflict (the object with `found` is not the one that was submitted).
[[nodiscard]] Result<std::monostate> check_same_upload(const JobFile& file, const ETag& found);

// What becomes of a document that is not done when its job is queued again or ends. A document that
// is done stays as it is.
void requeue(JobFile& file);
void fail_open(JobFile& file, const std::string& error);
void cancel_open(JobFile& file);

/// Before the next attempt, after `waits` in a row that ended in trouble of the service.
[[nodiscard]] std::chrono::milliseconds wait_before_attempt(std::uint32_t waits);
/// False while the job waits. No wait is longer than kWaitMax: one that seems so was set by a clock
/// that ran ahead, and is over.
[[nodiscard]] bool is_due(const std::optional<TimePoint>& next_attempt_at, TimePoint now);

enum class ClaimDecision { claimed, held, ended, not_due };
/// Starts an attempt, unless the job has ended, waits, or is held by a lease that is live (which
/// the store knows). An attempt that another process left behind died with it: what it was at work
/// on becomes suspect. Nothing but `claimed` changes the record.
[[nodiscard]] ClaimDecision claim(JobRecord& record, const ClaimRequest& request,
                                  bool lease_is_live);

/// Errors: conflict (the lease is not the job's current one).
[[nodiscard]] Result<std::monostate> check_held(const JobRecord& record, const Lease& lease);

/// What recording a document adds to the counts of its job.
struct CountChange {
    int processed = 0;
    int completed = 0;
};
[[nodiscard]] CountChange count_change(FileStatus before, FileStatus after);

/// Replaces what is on record of a document by `file`, but for its key, its name and the ETag of
/// its upload.
/// Errors: conflict (lease lost).
[[nodiscard]] Result<std::monostate> record_file(JobRecord& record, const Lease& lease,
                                                 JobFile& kept, JobFile file, TimePoint now);

/// Ends the attempt and the job. Documents that are not done fail with the job.
/// Errors: conflict (lease lost, or `status` is not the end of an attempt), internal (completed,
/// with documents that are not).
[[nodiscard]] Result<std::monostate> finish(JobRecord& record, const Lease& lease, JobStatus status,
                                            std::optional<std::string> error, TimePoint now);

/// Ends the attempt and queues the job. Nothing that was at work becomes suspect, other than
/// `end.suspects`. Errors: conflict (lease lost).
[[nodiscard]] Result<std::monostate> release(JobRecord& record, const Lease& lease, AttemptEnd end,
                                             TimePoint now);

/// Ends the job for its user. Errors: conflict (it has ended).
[[nodiscard]] Result<std::monostate> cancel(JobRecord& record, TimePoint now);

/// Queues an ended job again, with all that is not completed, and nobody suspect.
/// Errors: conflict (it has not ended, or is completed).
[[nodiscard]] Result<std::monostate> retry(JobRecord& record, TimePoint now);

/// A further event is published for the job: it does not wait any more.
/// Errors: conflict (it has ended).
[[nodiscard]] Result<std::monostate> republish(JobRecord& record, TimePoint now);

}  // namespace ingestor::domain
