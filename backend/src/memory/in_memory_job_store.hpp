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

namespace ingestor::memory {

/// A JobStore that forgets with the process. Every call yields to the executor once before it
/// acts, as an adapter that does I/O would, and then acts as a whole.
class InMemoryJobStore final : public ports::JobStore,
                               public ports::JobDeletions,
                               public ports::UsageLedger {
public:
    template <class T>
    using Answer = ports::JobStore::Answer<T>;

    /// Events go to `log`; it and `monotonic` outlive the store. A lease of any owner but `owner`
    /// is dead, as this process is the only one that has the store.
    InMemoryJobStore(InMemoryEventLog& log, const async::MonotonicClock& monotonic,
                     std::string owner);

    /// As if another process had opened the store, after the one before has ended or died.
    void reopen(std::string owner) {
        owner_ = std::move(owner);
        leases_.clear();
    }

    Answer<ports::CreatedJob> create(domain::Job job, std::optional<ports::IdempotencyKey> key,
                                     eventbridge::Event event) override;
    Answer<std::optional<ports::CreatedJob>> find_repeated(domain::UserId user_id,
                                                           ports::IdempotencyKey key,
                                                           TimePoint now) override;
    Answer<domain::Job> get(domain::JobId job_id) override;
    Answer<ports::JobPage> list(ports::JobQuery query) override;
    Answer<std::vector<domain::Job>> list_named(domain::UserId user_id,
                                                std::vector<domain::JobId> job_ids) override;
    Answer<std::vector<ports::FoundDocument>> find_documents(domain::UserId user_id,
                                                             std::string sha256,
                                                             std::uint32_t limit) override;
    Answer<std::map<domain::JobStatus, std::uint64_t>> count(domain::UserId user_id) override;
    Answer<std::uint64_t> queue_position(domain::JobId job_id, std::uint64_t max) override;
    Answer<ports::ClaimOutcome> claim(domain::ClaimRequest request) override;
    Answer<std::monostate> renew(domain::Lease lease, TimePoint now,
                                 TimePoint lease_until) override;
    Answer<std::monostate> note_at_work(domain::Lease lease,
                                        std::vector<std::uint32_t> documents) override;
    Answer<std::monostate> record_file(domain::Lease lease, std::uint32_t index,
                                       domain::JobFile file, TimePoint now) override;
    Answer<std::monostate> finish(domain::Lease lease, ports::JobEnd end, eventbridge::Event event,
                                  TimePoint now) override;
    Answer<std::monostate> release(domain::Lease lease, domain::AttemptEnd end,
                                   TimePoint now) override;
    Answer<domain::Job> cancel(domain::JobId job_id, TimePoint now) override;
    Answer<domain::Job> retry(domain::JobId job_id, eventbridge::Event event,
                              TimePoint now) override;
    Answer<std::vector<domain::JobId>> find_orphaned(TimePoint now, TimePoint queued_before,
                                                     std::uint32_t limit) override;
    Answer<std::vector<domain::JobId>> find_waiting(TimePoint now, std::uint32_t limit) override;
    Answer<std::monostate> republish(domain::JobId job_id, eventbridge::Event event,
                                     TimePoint now) override;

    Answer<std::vector<ports::Removal>> remove_job(domain::JobId job_id,
                                                   std::vector<domain::ObjectKey> outputs,
                                                   TimePoint now) override;
    Answer<std::vector<ports::Removal>> remove_unused(std::vector<domain::ObjectKey> uploads,
                                                      TimePoint now) override;
    Answer<std::vector<ports::Removal>> pending(std::uint32_t limit) override;
    Answer<std::monostate> forget(std::string removal_id) override;
    Answer<std::vector<domain::JobId>> find_ended(TimePoint ended_before,
                                                  std::uint32_t limit) override;
    Answer<std::vector<domain::JobId>> find_missing(std::vector<domain::JobId> job_ids) override;
    Answer<ports::Usage> usage(domain::UserId user_id) override;

private:
    struct Record {
        domain::JobRecord record;
        std::vector<std::int64_t> deliveries = {};
    };
    struct KeyUse {
        std::string request_hash;
        domain::JobId job_id;
        TimePoint used_at;
    };

    [[nodiscard]] bool lease_is_live(const domain::JobRecord& record) const;
    Result<std::optional<ports::CreatedJob>> repeated_now(const domain::UserId& user_id,
                                                          const ports::IdempotencyKey& key,
                                                          TimePoint now);
    Result<Record*> find(const domain::JobId& job_id);
    Result<Record*> find_held(const domain::Lease& lease);
    /// An event of the job, and the deliveries that drive it from now on.
    void publish(Record& record, eventbridge::Event event);
    [[nodiscard]] bool is_used(const domain::ObjectKey& upload) const;
    [[nodiscard]] Result<std::monostate> check_uploads_stay(const domain::Job& job) const;
    std::vector<ports::Removal> list_removal(std::vector<domain::ObjectKey> keys, TimePoint now);

    InMemoryEventLog& log_;
    const async::MonotonicClock& monotonic_;
    std::string owner_;
    domain::HeldLeases leases_;
    std::map<domain::JobId, Record> records_;
    std::map<std::pair<domain::UserId, std::string>, KeyUse> keys_;
    std::map<std::string, std::vector<domain::ObjectKey>> removals_;
};

}  // namespace ingestor::memory
