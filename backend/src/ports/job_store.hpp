#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "domain/job.hpp"
#include "domain/transitions.hpp"
#include "eventbridge/event.hpp"

namespace ingestor::ports {

/// A caller's promise that two submits with this key are one. Kept for kIdempotencyKeyLifetime.
struct IdempotencyKey {
    std::string key;           ///< 1..255 printable ASCII characters.
    std::string request_hash;  ///< SHA-256 of what was asked, to tell a repeat from a misuse.
};
inline constexpr auto kIdempotencyKeyLifetime = std::chrono::hours{24};

/// The job is ours: its files that are not completed are `queued` again, and a new attempt is on
/// it. The attempt that was left behind, if any, has been ended as interrupted, and what it was at
/// work on is suspect if its process died.
struct Claimed {
    domain::Job job;
    domain::Lease lease;
};
/// Another live lease holds the job (a duplicate event): nothing to do.
struct HeldElsewhere {};
/// The job has ended (a late or duplicate event): nothing to do.
struct AlreadyEnded {
    domain::JobStatus status = domain::JobStatus::completed;
};
/// The job waits for trouble of the service to pass: nothing to do before it is published again.
struct NotDue {
    TimePoint until;
};
using ClaimOutcome = std::variant<Claimed, HeldElsewhere, AlreadyEnded, NotDue>;

struct JobQuery {
    domain::UserId user_id;
    std::vector<domain::JobStatus> statuses =
        {};  ///< Jobs of any of these; none named: of every status.
    /// Jobs whose name holds this, whatever the case of ASCII letters, or whose id begins with it.
    /// Empty: all.
    std::string text = {};
    std::uint32_t limit = 50;
    /// Only jobs created before this one; nullopt: from the newest on.
    std::optional<domain::JobId> before = {};
};

/// What a list shows: the job without its files and attempts.
struct JobPage {
    std::vector<domain::Job> jobs;
    bool more = false;
};

/// The state of the document at `index` of a job.
struct FileRecord {
    std::uint32_t index = 0;
    domain::JobFile file;
};

/// How an attempt ends its job.
struct JobEnd {
    domain::JobStatus status = domain::JobStatus::failed;  ///< completed or failed.
    std::optional<std::string> error = {};
    /// What is not on record yet: recorded first, as by record_file().
    std::optional<FileRecord> last = {};
};

struct CreatedJob {
    domain::JobId job_id;
    std::uint32_t files_count = 0;
    domain::JobStatus status = domain::JobStatus::queued;
    bool existed = false;  ///< The idempotency key had been used: this is the job of then.
};

/// A completed document of a user.
struct FoundDocument {
    domain::JobId job_id;
    std::uint32_t index = 0;  ///< Its place among the job's files.
    std::string filename;
    std::string job_name;
    domain::FileStatus status = domain::FileStatus::completed;
    TimePoint created_at;  ///< Of the job.
};

/// The jobs and their documents. Every write that returns success is on disk (or in the service
/// that keeps it). Calls may overlap; call from the I/O executor only.
/// Any call may fail as `unavailable`.
class JobStore {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    virtual ~JobStore() = default;

    /// Stores a new job (`queued`, its files `queued`) and hands `event` to the bus, both or
    /// neither. Errors: conflict (the idempotency key was used for another request).
    virtual Answer<CreatedJob> create(domain::Job job, std::optional<IdempotencyKey> key,
                                      eventbridge::Event event) = 0;

    /// The job that create() would find for the key; nullopt: none, the key is new.
    /// Errors: conflict (the key was used for another request).
    virtual Answer<std::optional<CreatedJob>> find_repeated(domain::UserId user_id,
                                                            IdempotencyKey key, TimePoint now) = 0;

    /// The whole job. Errors: not_found.
    virtual Answer<domain::Job> get(domain::JobId job_id) = 0;

    /// Newest first, in time that depends on the page and not on the table; with a `text`, on how
    /// many of the user's jobs have to be looked at until the page is full.
    virtual Answer<JobPage> list(JobQuery query) = 0;

    /// Those of `job_ids` that are the user's jobs, as list() shows them, in the same order.
    virtual Answer<std::vector<domain::Job>> list_named(domain::UserId user_id,
                                                        std::vector<domain::JobId> job_ids) = 0;

    /// The user's completed documents of that content (JobFile::sha256), newest first, at most
    /// `limit`.
    virtual Answer<std::vector<FoundDocument>> find_documents(domain::UserId user_id,
                                                              std::string sha256,
                                                              std::uint32_t limit) = 0;

    /// How many jobs a user has of each status (statuses without jobs may be absent).
    virtual Answer<std::map<domain::JobStatus, std::uint64_t>> count(domain::UserId user_id) = 0;

    /// How many queued jobs stand before this one, of all users, counted up to `max`.
    virtual Answer<std::uint64_t> queue_position(domain::JobId job_id, std::uint64_t max) = 0;

    /// Queued and due, or processing with a lease that ran out or belongs to a dead process: ours
    /// now. Errors: not_found.
    virtual Answer<ClaimOutcome> claim(domain::ClaimRequest request) = 0;

    /// Errors: conflict (lease lost, or the job was cancelled: stop working).
    virtual Answer<std::monostate> renew(domain::Lease lease, TimePoint now,
                                         TimePoint lease_until) = 0;

    /// Notes that these documents of the job, and no others, are at work from now on. The note
    /// outlives the process, though not always the machine, and is void once the attempt ends.
    /// Errors: conflict (lease lost), where the store has to look.
    virtual Answer<std::monostate> note_at_work(domain::Lease lease,
                                                std::vector<std::uint32_t> documents) = 0;

    /// Records the state of the document at `index`, and counts it in `documents_processed` when it
    /// is completed or failed. Errors: conflict (lease lost).
    virtual Answer<std::monostate> record_file(domain::Lease lease, std::uint32_t index,
                                               domain::JobFile file, TimePoint now) = 0;

    /// Ends the attempt and the job, and hands `event` to the bus, all or nothing.
    /// Errors: conflict (lease lost).
    virtual Answer<std::monostate> finish(domain::Lease lease, JobEnd end, eventbridge::Event event,
                                          TimePoint now) = 0;

    /// Ends the attempt and puts the job back to `queued`, for another that an event will bring, or
    /// the sweep once it is due. Errors: conflict (lease lost).
    virtual Answer<std::monostate> release(domain::Lease lease, domain::AttemptEnd end,
                                           TimePoint now) = 0;

    /// Queued or processing becomes cancelled; documents not yet done become cancelled. The lease,
    /// if any, is void. Returns the job. Errors: not_found, conflict (already ended).
    virtual Answer<domain::Job> cancel(domain::JobId job_id, TimePoint now) = 0;

    /// Failed or cancelled becomes queued again, with documents that are not completed queued and
    /// fresh attempts to spend (the old ones stay on record), and hands `event` to the bus.
    /// Returns the job. Errors: not_found, conflict.
    virtual Answer<domain::Job> retry(domain::JobId job_id, eventbridge::Event event,
                                      TimePoint now) = 0;

    /// Orphaned jobs: queued since before `queued_before` without a delivery under way and without
    /// waiting, or processing with a lease that ran out before `now`. At most `limit`.
    virtual Answer<std::vector<domain::JobId>> find_orphaned(TimePoint now, TimePoint queued_before,
                                                             std::uint32_t limit) = 0;

    /// Jobs that have waited long enough (see is_due()). Those that were due first come first; at
    /// most `limit`.
    virtual Answer<std::vector<domain::JobId>> find_waiting(TimePoint now, std::uint32_t limit) = 0;

    /// Publishes `event` again for a job that no event drives; it does not wait any more.
    /// Errors: not_found, conflict (it has ended).
    virtual Answer<std::monostate> republish(domain::JobId job_id, eventbridge::Event event,
                                             TimePoint now) = 0;
};

}  // namespace ingestor::ports
