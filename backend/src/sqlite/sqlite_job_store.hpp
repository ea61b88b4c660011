#pragma once

#include <string>

#include "async/monotonic_clock.hpp"
#include "domain/held_leases.hpp"
#include "ports/job_store.hpp"
#include "sqlite/database.hpp"
#include "sqlite/outbox.hpp"
#include "sqlite/work_register.hpp"

namespace ingestor {

/// The JobStore of the embedded engine. A job's row, its documents, its event and the deliveries of
/// that event are written in one transaction.
class SqliteJobStore final : public JobStore {
public:
    /// All references outlive this. `owner` names this process in leases: as the data directory is
    /// held by this process alone, a lease of any other owner is dead. Takes over what the former
    /// process noted to be at work when it died. Throws std::system_error.
    SqliteJobStore(sqlite::Database& database, sqlite::Outbox& outbox,
                   const MonotonicClock& monotonic, std::string owner);

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
    Answer<std::monostate> renew(Lease lease, TimePoint now, TimePoint lease_until) override;
    Answer<std::monostate> note_at_work(Lease lease, std::vector<std::uint32_t> documents) override;
    Answer<std::monostate> record_file(Lease lease, std::uint32_t index, JobFile file,
                                       TimePoint now) override;
    Answer<std::monostate> finish(Lease lease, JobStatus status, std::optional<std::string> error,
                                  Event event, TimePoint now) override;
    Answer<std::monostate> release(Lease lease, AttemptEnd end, TimePoint now) override;
    Answer<Job> cancel(JobId job_id, TimePoint now) override;
    Answer<Job> retry(JobId job_id, Event event, TimePoint now) override;
    Answer<std::vector<JobId>> find_orphaned(TimePoint now, TimePoint queued_before,
                                             std::uint32_t limit) override;
    Answer<std::vector<JobId>> find_waiting(TimePoint now, std::uint32_t limit) override;
    Answer<std::monostate> republish(JobId job_id, Event event, TimePoint now) override;

private:
    /// Blocks.
    void take_over_at_work();
    /// Safe from any thread.
    [[nodiscard]] bool is_live(const JobId& job_id, std::int64_t fence,
                               const std::string& owner) const;
    /// An event that drives the job from now on; returns the id of its first delivery. On the
    /// writer's thread.
    std::int64_t publish(sqlite::Connection& connection, sqlite::JobKey key,
                         const sqlite::RoutedEvent& routed);

    sqlite::Database& database_;
    sqlite::Outbox& outbox_;
    const MonotonicClock& monotonic_;
    std::string owner_;
    HeldLeases leases_;
    sqlite::WorkRegister at_work_;
};

}  // namespace ingestor
