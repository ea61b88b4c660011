#pragma once

#include <map>
#include <string>
#include <utility>

#include "async/monotonic_clock.hpp"
#include "domain/held_leases.hpp"
#include "memory/in_memory_event_log.hpp"
#include "ports/job_deletions.hpp"
#include "ports/job_store.hpp"
#include "ports/usage_ledger.hpp"

namespace ingestor {

/// A JobStore that forgets with the process. Every call yields to the executor once before it
/// acts, as an adapter that does I/O would, and then acts as a whole.
class InMemoryJobStore final : public JobStore, public JobDeletions, public UsageLedger {
public:
    template <class T>
    using Answer = JobStore::Answer<T>;

    /// Events go to `log`; it and `monotonic` outlive the store. A lease of any owner but `owner`
    /// is dead, as this process is the only one that has the store.
    InMemoryJobStore(InMemoryEventLog& log, const MonotonicClock& monotonic, std::string owner);

    /// As if another process had opened the store, after the one before has ended or died.
    void reopen(std::string owner) {
        owner_ = std::move(owner);
        leases_.clear();
    }

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

    Answer<std::vector<Removal>> remove_job(JobId job_id, std::vector<ObjectKey> outputs,
                                            TimePoint now) override;
    Answer<std::vector<Removal>> remove_unused(std::vector<ObjectKey> uploads,
                                               TimePoint now) override;
    Answer<std::vector<Removal>> pending(std::uint32_t limit) override;
    Answer<std::monostate> forget(std::string removal_id) override;
    Answer<std::vector<JobId>> find_ended(TimePoint ended_before, std::uint32_t limit) override;
    Answer<std::vector<JobId>> find_missing(std::vector<JobId> job_ids) override;
    Answer<Usage> usage(UserId user_id) override;

private:
    struct Record {
        JobRecord record;
        std::vector<std::int64_t> deliveries = {};
    };
    struct KeyUse {
        std::string request_hash;
        JobId job_id;
        TimePoint used_at;
    };

    [[nodiscard]] bool lease_is_live(const JobRecord& record) const;
    Result<std::optional<CreatedJob>> repeated_now(const UserId& user_id, const IdempotencyKey& key,
                                                   TimePoint now);
    Result<Record*> find(const JobId& job_id);
    Result<Record*> find_held(const Lease& lease);
    /// An event of the job, and the deliveries that drive it from now on.
    void publish(Record& record, Event event);
    [[nodiscard]] bool is_used(const ObjectKey& upload) const;
    [[nodiscard]] Result<std::monostate> check_uploads_stay(const Job& job) const;
    std::vector<Removal> list_removal(std::vector<ObjectKey> keys, TimePoint now);

    InMemoryEventLog& log_;
    const MonotonicClock& monotonic_;
    std::string owner_;
    HeldLeases leases_;
    std::map<JobId, Record> records_;
    std::map<std::pair<UserId, std::string>, KeyUse> keys_;
    std::map<std::string, std::vector<ObjectKey>> removals_;
};

}  // namespace ingestor
