#pragma once

#include <string>

#include "ports/job_store.hpp"
#include "sqlite/database.hpp"
#include "sqlite/outbox.hpp"

namespace ingestor {

/// The JobStore of the embedded engine. A job's row, its documents, its event and the deliveries of
/// that event are written in one transaction.
class SqliteJobStore final : public JobStore {
public:
    /// Both references outlive this. `owner` names this process in leases: as the data directory is
    /// held by this process alone, a lease of any other owner is dead.
    SqliteJobStore(sqlite::Database& database, sqlite::Outbox& outbox, std::string owner)
        : database_(database), outbox_(outbox), owner_(std::move(owner)) {}

    Answer<CreatedJob> create(Job job, std::optional<IdempotencyKey> key, Event event) override;
    Answer<std::optional<CreatedJob>> find_repeated(UserId user_id, IdempotencyKey key,
                                                    TimePoint now) override;
    Answer<Job> get(JobId job_id) override;
    Answer<JobPage> list(JobQuery query) override;
    Answer<std::vector<Job>> list_named(UserId user_id, std::vector<JobId> job_ids) override;
    Answer<std::vector<FoundDocument>> find_documents(UserId user_id, std::string sha256,
                                                      std::uint32_t limit) override;
    Answer<std::map<JobStatus, std::uint64_t>> count(UserId user_id) override;
    Answer<std::uint64_t> queue_position(JobId job_id, std::uint64_t max) override;
    Answer<ClaimOutcome> claim(ClaimRequest request) override;
    Answer<std::monostate> renew(Lease lease, TimePoint lease_until) override;
    Answer<std::monostate> record_file(Lease lease, std::uint32_t index, JobFile file,
                                       TimePoint now) override;
    Answer<std::monostate> finish(Lease lease, JobStatus status, std::optional<std::string> error,
                                  Event event, TimePoint now) override;
    Answer<std::monostate> release(Lease lease, AttemptEnd end, TimePoint now) override;
    Answer<std::monostate> fail_exhausted(JobId job_id, std::string error, Event event,
                                          TimePoint now) override;
    Answer<Job> cancel(JobId job_id, TimePoint now) override;
    Answer<Job> retry(JobId job_id, Event event, TimePoint now) override;
    Answer<std::vector<JobId>> find_stranded(TimePoint now, TimePoint queued_before,
                                             std::uint32_t limit) override;
    Answer<std::monostate> redrive(JobId job_id, Event event, TimePoint now) override;

private:
    sqlite::Database& database_;
    sqlite::Outbox& outbox_;
    std::string owner_;
};

}  // namespace ingestor
